"""The addresses of sharing, of links and of who asks for a new one."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.links import link_requests, share, views

urlpatterns = [
    path("asks/<str:name>", link_requests.one),
    path("asks/<str:name>/answer", link_requests.answer),
    path("asks/<str:name>/dismiss", link_requests.dismiss),
    path("asks/<str:name>/mute", link_requests.mute),
    path("asks/<str:name>/unmute", link_requests.unmute),
    path("settings/calendars/<str:name>/share", share.one_time),
    path("settings/calendars/<str:name>/share/scheduling", share.scheduling),
    path("settings/calendars/<str:name>/share/qr", share.qr),
    path("settings/calendars/<str:name>/share/embed", share.embed),
    path("settings/calendars/<str:name>/code.<str:kind>", share.code),
    path("settings/calendars/<str:name>/links", views.every),
    path("links/<str:name>", views.one),
    path("links/<str:name>/edit", views.edit),
    path("links/<str:name>/revoke", views.revoke),
    path("links/<str:name>/extend", views.extend),
    path("links/<str:name>/reopen", views.reopen),
    path("links/<str:name>/copy", views.copy),
    path("links/<str:name>/code.<str:kind>", views.code),
]
