"""The addresses of mails."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.mails import views

urlpatterns = [
    path("outbox", views.every),
    path("outbox/resend", views.resend_all),
    path("outbox/<str:name>", views.one),
    path("outbox/<str:name>/letter", views.html),
    path("outbox/<str:name>/invite.ics", views.invitation),
    path("outbox/<str:name>/resend", views.resend),
]
