"""The addresses of signed-in people."""

from __future__ import annotations

from django.urls import path

from bookonce.host import (
    account_urls,
    booking,
    bookings,
    calendar_edit,
    calendars,
    changing,
    links,
    outbox,
    share,
    sign_in,
    style,
)

urlpatterns = [
    path("", sign_in.front),
    *account_urls.urlpatterns,
    path("style", style.style),
    path("settings/calendars", calendars.every),
    path("bookings", bookings.every),
    path("bookings/<str:name>.ics", booking.calendar_file),
    path("bookings/<str:name>", booking.one),
    path("bookings/<str:name>/move", changing.move),
    path("bookings/<str:name>/cancel", changing.cancel),
    path("bookings/<str:name>/reopen", changing.reopen),
    path("outbox", outbox.every),
    path("outbox/resend", outbox.resend_all),
    path("outbox/<str:name>", outbox.one),
    path("outbox/<str:name>/letter", outbox.html),
    path("outbox/<str:name>/invite.ics", outbox.invitation),
    path("outbox/<str:name>/resend", outbox.resend),
    path("settings/calendars/new", calendar_edit.new),
    path("settings/calendars/new/preview", calendar_edit.preview_new),
    path("settings/calendars/<str:name>", calendar_edit.edit),
    path("settings/calendars/<str:name>/preview", calendar_edit.preview),
    path("settings/calendars/<str:name>/duplicate", calendars.duplicate),
    path("settings/calendars/<str:name>/archive", calendars.archive),
    path("settings/calendars/<str:name>/restore", calendars.restore),
    path("settings/calendars/<str:name>/share", share.one_time),
    path("settings/calendars/<str:name>/share/scheduling", share.scheduling),
    path("settings/calendars/<str:name>/share/qr", share.qr),
    path("settings/calendars/<str:name>/share/embed", share.embed),
    path("settings/calendars/<str:name>/code.<str:kind>", share.code),
    path("settings/calendars/<str:name>/links", links.every),
    path("links/<str:name>", links.one),
    path("links/<str:name>/edit", links.edit),
    path("links/<str:name>/revoke", links.revoke),
    path("links/<str:name>/extend", links.extend),
    path("links/<str:name>/reopen", links.reopen),
    path("links/<str:name>/copy", links.copy),
    path("links/<str:name>/code.<str:kind>", links.code),
]
