"""The contract itself: as OpenAPI, and as a page to read. Both need no key and load nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bookonce.interfaces.api import openapi
from bookonce.interfaces.api.endpoints import Endpoint, api
from bookonce.interfaces.api.problems import CODES
from bookonce.interfaces.api.responses import encode_json


def openapi_document(request: HttpRequest) -> HttpResponse:
    """``/api/v1/openapi.json``"""
    return HttpResponse(encode_json(openapi.openapi_document()), content_type="application/json")


def reference_page(request: HttpRequest) -> HttpResponse:
    """``/api/v1/docs``"""
    told = {
        "document": openapi.openapi_document(),
        "groups": endpoint_groups(),
        "codes": CODES,
        # Not format, because the example is full of JSON's braces.
        "example": EXAMPLE.replace("{base}", settings.BASE_URL),
        "fields_of": fields_of,
    }
    return render(request, "api/reference.html", told)


@dataclass(frozen=True, slots=True)
class ShownEndpoint:
    """A call as the page shows it."""

    id: str
    title: str
    method: str
    path: str
    scope: str | None
    open: bool
    operation: dict[str, Any]

    @classmethod
    def of(cls, endpoint: Endpoint) -> ShownEndpoint:
        told = openapi.describe_endpoint(endpoint)
        path = openapi.PREFIX + endpoint.path
        return cls(
            told["operationId"],
            endpoint.title,
            endpoint.method,
            path,
            endpoint.scope,
            endpoint.open,
            told,
        )

    @property
    def short(self) -> str:
        """The address without what all have in common."""
        return self.path.removeprefix(openapi.PREFIX)

    @property
    def body(self) -> str | None:
        """Where the schema of the JSON body is."""
        content = self.operation.get("requestBody", {}).get("content", {})
        return content["application/json"]["schema"]["$ref"] if content else None


@dataclass(frozen=True, slots=True)
class EndpointGroup:
    """Calls about one thing."""

    tag: str
    title: str
    about: str
    calls: list[ShownEndpoint]


@cache
def endpoint_groups() -> list[EndpointGroup]:
    """All calls, in the order in which somebody meets them."""
    every = [endpoint for methods in api.known.values() for endpoint in methods.values()]
    return [
        EndpointGroup(
            tag, title, about, [ShownEndpoint.of(one) for one in every if openapi.tag_of(one.path) == tag]
        )
        for tag, title, about in TITLES
    ]


Schema = dict[str, Any]


def fields_of(schema: Schema) -> list[tuple[str, Schema, bool, Schema | None]]:
    """Name, schema, whether it must be sent (these come first), and the object that it holds, if any.

    What we answer has all of its fields: there "required" would say nothing.
    """
    is_body = "title" in schema
    must = schema.get("required", []) if is_body else []
    fields = [(name, field, name in must, _inner(field)) for name, field in schema["properties"].items()]
    return sorted(fields, key=lambda field: not field[2])


def _inner(field: Schema) -> Schema | None:
    """The object that the field holds, or a list of, with its own fields."""
    if "properties" in field:
        return field
    parts = [*field.get("anyOf", ()), *([field["items"]] if "items" in field else ())]
    return next(filter(None, map(_inner, parts)), None)


TITLES = [
    ("links", "One-time links", "A link with which one person books one appointment, once."),
    ("public", "The guest’s side", "What whoever holds the address of a link may do, without a key."),
    ("bookings", "Bookings", "What was agreed: with a link, or on a public calendar."),
    ("calendars", "Calendars", "What can be booked, with whom, and when."),
    ("me", "The key", "Whose key it is, and what it may do."),
]

EXAMPLE = """\
curl {base}/api/v1/links -H "Authorization: Bearer $KEY" \\
     -H "Content-Type: application/json" \\
     -d '{"calendar": "intro-call", "label": "Gil"}'
# 201 {"id": "lnk_…", "url": "{base}/o/TOKEN", "state": "active", …}

curl {base}/api/v1/public/links/TOKEN/slots
# 200 {"data": [{"starts_at": "2026-11-24T08:00:00Z", …}, …]}

curl {base}/api/v1/public/links/TOKEN/bookings \\
     -H "Content-Type: application/json" \\
     -d '{"starts_at": "2026-11-24T08:00:00Z",
          "guest": {"name": "Gil Guest", "email": "gil@example.net"}}'
# 201 {"id": "bkg_…", "state": "confirmed", "manage_url": "…", …}
# and once more: 410 {"code": "link_used", "contact": {…}, …}"""
