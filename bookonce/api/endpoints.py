"""The addresses of /api/v1: which view answers which method, for which scope, with which schemas.

Every view is called in the same order: method, key, rate, scope, an earlier call with the same
Idempotency-Key; then the view finds the thing, and only then reads what was sent. So refusals come in
the order of docs/api.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from bookonce import clock
from bookonce.accounts.access import with_key
from bookonce.api import answers, operations, problems, use
from bookonce.api.calls import SMALL, Call
from bookonce.api.operations import Raced, Repeat
from bookonce.api.problems import Broken, InFlight, MethodUnknown
from bookonce.api.reading import Said
from bookonce.errors import NotFound, Refused

log = logging.getLogger("bookonce.api")

View = Callable[..., HttpResponse]
Again = Callable[..., Any]

KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Endpoint:
    """One method of one address, and all that OpenAPI tells about it."""

    method: str
    path: str
    view: View
    title: str
    scope: str | None = None
    open: bool = False
    """Whether it is answered without a key."""
    body: type[Said] | None = None
    optional_body: bool = False
    query: type[Said] | None = None
    answer: str = "object"
    status: int = 200
    refusals: Sequence[int] = ()
    again: Again | None = None
    """Builds the answer of an earlier call from the public id of what it made."""
    largest: int = SMALL


@dataclass
class Endpoints:
    """All endpoints, by address and method."""

    known: dict[str, dict[str, Endpoint]] = field(default_factory=dict)

    def get(self, path: str, **told: Any) -> Callable[[View], View]:
        return self._on("GET", path, told)

    def post(self, path: str, **told: Any) -> Callable[[View], View]:
        return self._on("POST", path, told)

    def patch(self, path: str, **told: Any) -> Callable[[View], View]:
        return self._on("PATCH", path, told)

    def delete(self, path: str, **told: Any) -> Callable[[View], View]:
        return self._on("DELETE", path, told)

    def _on(self, method: str, path: str, told: dict[str, Any]) -> Callable[[View], View]:
        def keep(view: View) -> View:
            title = (view.__doc__ or "").strip().split("\n")[0].rstrip(".")
            self.known.setdefault(path, {})[method] = Endpoint(method, path, view, title, **told)
            return view

        return keep

    def urls(self) -> list[URLPattern]:
        """An address each, and one refusal for all others."""
        found = [re_path(_pattern(path), _served(methods)) for path, methods in self.known.items()]
        return [*found, re_path(r"^api(/.*)?\Z", nowhere)]


api = Endpoints()


def _pattern(path: str) -> str:
    named = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))
    return rf"^api/v1{named}\Z"


def nowhere(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """There is nothing at this address."""
    return _finished(problems.answer(NotFound()))


def _served(methods: dict[str, Endpoint]) -> View:
    allowed = ", ".join(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    def serve(request: HttpRequest, **names: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method == "OPTIONS":
            return _finished(HttpResponse(status=204, headers={"Allow": allowed}))
        if method not in methods:
            response = problems.answer(MethodUnknown())
            response["Allow"] = allowed
            return _finished(response)
        return _finished(_answered(methods[method], request, names))

    return serve


def _answered(endpoint: Endpoint, http: HttpRequest, names: dict[str, str]) -> HttpResponse:
    call = Call(http, clock.now(), largest=endpoint.largest)
    try:
        return _acted(endpoint, call, names)
    except Refused as refusal:
        return problems.answer(refusal)
    except Exception as fault:
        log.error("%s %s failed: %s", endpoint.method, endpoint.path, type(fault).__name__, exc_info=fault)
        return problems.answer(Broken())


def _acted(endpoint: Endpoint, call: Call, names: dict[str, str]) -> HttpResponse:
    if not endpoint.open:
        call.visitor = with_key(call.http.headers.get("Authorization", ""), now=call.now)
        if endpoint.scope:
            call.visitor.need(endpoint.scope)
        use.note(call.visitor.key, now=call.now)
    if endpoint.again is None or not call.key:
        return endpoint.view(call, **names)
    owner = f"workspace:{call.visitor.workspace_id}" if call.visitor else "guest"
    call.repeat = Repeat(owner, f"{call.http.method} {call.http.path}", call.key, call.body_hash)
    for _ in range(3):
        earlier = operations.earlier(call.repeat)
        if earlier is not None:
            return answers.one(endpoint.again(call, earlier.made), earlier.status)
        try:
            return endpoint.view(call, **names)
        except Raced:
            continue
    raise InFlight


def _finished(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
