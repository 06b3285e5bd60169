"""The addresses of calendars."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.calendars import edit, views

urlpatterns = [
    path("settings/calendars", views.list_calendars),
    path("settings/calendars/new", edit.new_calendar),
    path("settings/calendars/new/preview", edit.preview_new),
    path("settings/calendars/<str:name>", edit.edit_calendar),
    path("settings/calendars/<str:name>/preview", edit.preview_calendar),
    path("settings/calendars/<str:name>/duplicate", views.duplicate_calendar),
    path("settings/calendars/<str:name>/archive", views.archive_calendar),
    path("settings/calendars/<str:name>/restore", views.restore_calendar),
]
