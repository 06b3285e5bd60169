"""The addresses of sharing, links and requests for a new link."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.links import held_links, link_requests, share, views

urlpatterns = [
    path("asks/<str:name>", link_requests.show_request),
    path("asks/<str:name>/answer", link_requests.answer_request),
    path("asks/<str:name>/dismiss", link_requests.dismiss_request),
    path("asks/<str:name>/mute", link_requests.mute_requests),
    path("asks/<str:name>/unmute", link_requests.unmute_requests),
    path("settings/calendars/<str:name>/share", share.share_one_time_link),
    path("settings/calendars/<str:name>/share/scheduling", share.share_scheduling_link),
    path("settings/calendars/<str:name>/share/qr", share.share_qr_code),
    path("settings/calendars/<str:name>/share/embed", share.share_embed),
    path("settings/calendars/<str:name>/code.<str:kind>", share.scheduling_qr_code),
    path("settings/calendars/<str:name>/links", views.list_links),
    path("links/release", held_links.release_links),
    path("links/<str:name>", views.show_link),
    path("links/<str:name>/edit", views.edit_link),
    path("links/<str:name>/revoke", views.revoke_link),
    path("links/<str:name>/extend", views.extend_link),
    path("links/<str:name>/reopen", views.reopen_link),
    path("links/<str:name>/release", views.release_link),
    path("links/<str:name>/copy", views.copy_address),
    path("links/<str:name>/code.<str:kind>", views.link_qr_code),
]
