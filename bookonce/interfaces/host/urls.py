"""The addresses of signed-in people."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host import style_guide
from bookonce.interfaces.host.account import sign_in, urls
from bookonce.interfaces.host.bookings import agenda, changes, detail
from bookonce.interfaces.host.calendars import edit, views
from bookonce.interfaces.host.links import link_requests, share
from bookonce.interfaces.host.links import views as links
from bookonce.interfaces.host.mails import views as outbox

urlpatterns = [
    path("", sign_in.front),
    *urls.urlpatterns,
    path("style", style_guide.style),
    path("settings/calendars", views.every),
    path("bookings", agenda.every),
    path("bookings/<str:name>.ics", detail.calendar_file),
    path("bookings/<str:name>", detail.one),
    path("bookings/<str:name>/move", changes.move),
    path("bookings/<str:name>/cancel", changes.cancel),
    path("bookings/<str:name>/reopen", changes.reopen),
    path("asks/<str:name>", link_requests.one),
    path("asks/<str:name>/answer", link_requests.answer),
    path("asks/<str:name>/dismiss", link_requests.dismiss),
    path("asks/<str:name>/mute", link_requests.mute),
    path("asks/<str:name>/unmute", link_requests.unmute),
    path("outbox", outbox.every),
    path("outbox/resend", outbox.resend_all),
    path("outbox/<str:name>", outbox.one),
    path("outbox/<str:name>/letter", outbox.html),
    path("outbox/<str:name>/invite.ics", outbox.invitation),
    path("outbox/<str:name>/resend", outbox.resend),
    path("settings/calendars/new", edit.new),
    path("settings/calendars/new/preview", edit.preview_new),
    path("settings/calendars/<str:name>", edit.edit),
    path("settings/calendars/<str:name>/preview", edit.preview),
    path("settings/calendars/<str:name>/duplicate", views.duplicate),
    path("settings/calendars/<str:name>/archive", views.archive),
    path("settings/calendars/<str:name>/restore", views.restore),
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
