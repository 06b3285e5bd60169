"""Dispatch of API requests to views, and of results to responses.

Checks come in one order for every view: method, key, rate, scope, an earlier call with the same
Idempotency-Key; then the view finds the object, and only then reads the body. So refusals have the order of
docs/api.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from bookonce.domain.accounts.access import authenticate_key
from bookonce.foundation import clock
from bookonce.foundation.errors import DatabaseUnavailable, InFlight, NotFound
from bookonce.interfaces.api import idempotency, key_limits, key_usage, problems, responses
from bookonce.interfaces.api.endpoints import Endpoint, Endpoints
from bookonce.interfaces.api.idempotency import ConcurrentDuplicate, IdempotentCall
from bookonce.interfaces.api.problems import InternalFault, MethodUnknown
from bookonce.interfaces.api.request_context import ApiRequest

log = logging.getLogger("bookonce.api")

Served = Callable[..., HttpResponse]


def url_patterns(api: Endpoints) -> list[URLPattern]:
    """A URL pattern for each address."""
    return [
        re_path(_pattern(path), dispatch({name: _answering(one) for name, one in methods.items()}))
        for path, methods in api.known.items()
    ]


def _pattern(path: str) -> str:
    named = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))
    # \Z, not $, which would accept an address that ends in a line break (%0A).
    return rf"^api/v1{named}\Z"


def unknown_address(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """The 404 of an unknown address."""
    return _finished(problems.problem_response(NotFound()))


def dispatch(methods: Mapping[str, Served]) -> Served:
    """The view of an address with these methods, and with HEAD and OPTIONS; others are refused."""
    allowed = ", ".join(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    def serve(request: HttpRequest, **names: str) -> HttpResponse:
        # The middleware drops the body after measuring it.
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method == "OPTIONS":
            return _finished(HttpResponse(status=204, headers={"Allow": allowed}))
        if method not in methods:
            response = problems.problem_response(MethodUnknown())
            response["Allow"] = allowed
            return _finished(response)
        return _finished(methods[method](request, **names))

    return serve


def _answering(endpoint: Endpoint) -> Served:
    def answer(request: HttpRequest, **names: str) -> HttpResponse:
        call = ApiRequest(request, clock.now(), largest=endpoint.largest)
        response = _answered(endpoint, call, names)
        # On refusals too, so that a client sees what is left of its rate.
        for name, value in call.headers.items():
            response[name] = value
        return response

    return answer


def _answered(endpoint: Endpoint, call: ApiRequest, names: dict[str, str]) -> HttpResponse:
    try:
        return _acted(endpoint, call, names)
    except Exception as exception:
        refusal = problems.refusal_of(exception)
        if isinstance(refusal, InternalFault):
            # The address may hold a token: only its pattern is logged.
            log.error("%s %s failed", endpoint.method, endpoint.path, exc_info=exception)
        elif isinstance(refusal, DatabaseUnavailable):
            log.warning("%s %s had to wait: %s", endpoint.method, endpoint.path, exception)
        return problems.problem_response(refusal)


def _acted(endpoint: Endpoint, call: ApiRequest, names: dict[str, str]) -> HttpResponse:
    if not endpoint.open:
        call.visitor = authenticate_key(call.http.headers.get("Authorization", ""), now=call.now)
        # Counted before the scope is checked, or a key without it could be tried without limit.
        if not endpoint.counts_itself:
            key_limits.count_key_call(call)
        if endpoint.scope:
            call.visitor.need(endpoint.scope)
        # Only calls that pass both checks are a use of the key.
        key_usage.note_use_if_free(call.visitor.key, now=call.now)
    # Bookings have no `again`: their row itself keeps the key.
    if endpoint.again is None or not call.key:
        return endpoint.view(call, **names)
    return _repeatable(endpoint, call, names)


def _repeatable(endpoint: Endpoint, call: ApiRequest, names: dict[str, str]) -> HttpResponse:
    """Act once for each Idempotency-Key; a repeated call gets the first answer, whatever changed since."""
    assert endpoint.again is not None
    # Clients choose their keys, so two workspaces may use the same one.
    owner = f"workspace:{call.visitor.workspace_id}" if call.visitor else "guest"
    call.repeat = IdempotentCall(owner, f"{call.http.method} {call.http.path}", call.key, call.body_hash)
    # A concurrent duplicate that has just committed is found in the next round.
    for _ in range(3):
        earlier = idempotency.find_earlier_call(call.repeat)
        if earlier is not None:
            first = idempotency.first_answer(earlier)
            return responses.object_response(endpoint.again(call, earlier.made, first), earlier.status)
        try:
            return endpoint.view(call, **names)
        except ConcurrentDuplicate:
            continue
    raise InFlight


def _finished(response: HttpResponse) -> HttpResponse:
    # Answers contain personal data and addresses with tokens.
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
