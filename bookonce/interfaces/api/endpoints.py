"""The registry of /api/v1: address and method → view, scope and schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from bookonce.domain.schemas.parsing import RequestBody
from bookonce.interfaces.api.request_context import SMALL, ApiRequest

View = Callable[..., HttpResponse]
First = dict[str, Any] | None
Again = Callable[[ApiRequest, str, First], Mapping[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """One method of one address, with all that OpenAPI publishes of it."""

    method: str
    path: str
    view: View
    title: str
    operation_id: str
    """What clients made from the document call it, and its anchor on the page; it outlives the view."""
    scope: str | None = None
    open: bool = False
    """Whether it needs no API key."""
    body: type[RequestBody] | None = None
    optional_body: bool = False
    query: type[RequestBody] | None = None
    answer: str = "object"
    status: int = 200
    refusals: Sequence[int] = ()
    again: Again | None = None
    """Replays an earlier call: from the public id of what it made, and its first answer where kept."""
    largest: int = SMALL
    takes_csv: bool = False
    counts_itself: bool = False
    """Whether the view counts its rates itself, after it has looked at the link."""


@dataclass
class Endpoints:
    """The endpoints by address and method."""

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
            # Published as the summary: changing this line of a docstring changes the document.
            title = (view.__doc__ or "").strip().split("\n")[0].rstrip(".")
            self.known.setdefault(path, {})[method] = Endpoint(method, path, view, title, **told)
            return view

        return keep


api = Endpoints()
