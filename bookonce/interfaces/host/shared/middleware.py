"""Django's session, user and CSRF middleware, for signed-in people alone: guests and programs pass by them.

Their pages carry no login, and their forms are guarded by form tokens (docs/pages.md).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from bookonce.foundation.guest_paths import is_guest_path
from bookonce.interfaces.host.shared import known_browsers

PROGRAMS = "/api/"
UNANSWERED = ("PUT", "PATCH", "DELETE")
"""Methods that no page of the desk answers: it is the view that says so, with 405."""


def is_without_session(path: str) -> bool:
    """Whether this address is for guests or programs."""
    return is_guest_path(path) or path.startswith(PROGRAMS)


class _ForHosts(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        return (
            self.get_response(request) if is_without_session(request.path_info) else super().__call__(request)
        )


class Sessions(_ForHosts, SessionMiddleware):
    """``request.session``, and the cookie of known browsers."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        known_browsers.set_known_browser_cookie(request, response)
        return super().process_response(request, response)


class People(_ForHosts, AuthenticationMiddleware):
    """``request.user``."""


class Csrf(_ForHosts, CsrfViewMiddleware):
    """CSRF protection of forms of signed-in people."""

    def process_view(self, request: HttpRequest, *view: Any) -> Any:
        if is_without_session(request.path_info) or request.method in UNANSWERED:
            return None
        return super().process_view(request, *view)
