"""The addresses of mails."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.mails import views

urlpatterns = [
    path("outbox", views.list_mails),
    path("outbox/resend", views.resend_failed),
    path("outbox/<str:name>", views.show_mail),
    path("outbox/<str:name>/letter", views.mail_html),
    path("outbox/<str:name>/invite.ics", views.mail_invitation),
    path("outbox/<str:name>/resend", views.resend_mail),
]
