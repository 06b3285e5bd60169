"""The HTTP methods of an address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

View = Callable[..., HttpResponse]


def allow_methods(*methods: str) -> Callable[[View], View]:
    """Decorate a view to take these methods, and HEAD with GET; OPTIONS lists them, others get 405."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            return method_refusal(request, methods) or view(request, *args, **named)

        return checked

    return decorate


def method_refusal(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    """The response to a request of another method (OPTIONS or 405); None where it is one of these."""
    asked = {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}
    allowed = [name for name in ("GET", "HEAD", "POST", "OPTIONS") if name in asked]
    # Answered before the view runs: asking for the methods must not count as a look (promise 4).
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
    return None if request.method in allowed else HttpResponseNotAllowed(allowed)
