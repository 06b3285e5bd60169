"""Every address of the program."""

from django.urls import URLPattern, URLResolver

from bookonce.api import urls as api

urlpatterns: list[URLPattern | URLResolver] = [*api.urlpatterns]
