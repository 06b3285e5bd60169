"""The addresses of calendars."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.calendars import edit, views

urlpatterns = [
    path("settings/calendars", views.every),
    path("settings/calendars/new", edit.new),
    path("settings/calendars/new/preview", edit.preview_new),
    path("settings/calendars/<str:name>", edit.edit),
    path("settings/calendars/<str:name>/preview", edit.preview),
    path("settings/calendars/<str:name>/duplicate", views.duplicate),
    path("settings/calendars/<str:name>/archive", views.archive),
    path("settings/calendars/<str:name>/restore", views.restore),
]
