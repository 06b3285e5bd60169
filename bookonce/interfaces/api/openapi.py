"""The OpenAPI 3.1 document, generated from the endpoints."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

import bookonce
from bookonce.foundation.base_path import with_base_path
from bookonce.interfaces.api.endpoints import Endpoint, api
from bookonce.interfaces.api.request_context import CSV, KEY, LONGEST_KEY
from bookonce.interfaces.api.response_schemas import component_schemas, schema_of_list

PREFIX = "/api/v1"
HEADERS: dict[str, Any] = {
    KEY: {"type": "string", "maxLength": LONGEST_KEY},
    "If-Match": {"type": "string"},
}
REFUSED = {
    400: "The server does not go by the name in Host.",
    401: "No key, or none that is good.",
    403: "The key lacks the scope, or the thing is not open to it.",
    404: "There is no such thing, or not for you.",
    409: "The state does not allow it, the time has gone, or the same call is still running.",
    410: "The link was good once; `contact` says whom to ask.",
    412: "It has changed since the ETag in If-Match.",
    413: "The body is too large.",
    415: "The body is of a kind that is not read here.",
    422: "Some of the input needs another look; `errors` says what.",
    429: "Too many requests; Retry-After says when to come back.",
}


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bookonce",
            "version": bookonce.__version__,
            "summary": "One-time booking links: mint, book once, and know what happened.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": with_base_path("/")}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in sorted({tag_of(path) for path in api.known})],
        "paths": {
            PREFIX + path: {
                method.lower(): describe_endpoint(endpoint) for method, endpoint in methods.items()
            }
            for path, methods in api.known.items()
        },
        "components": {
            "schemas": component_schemas() | _bodies(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: bko_…"}
            },
        },
    }


def tag_of(path: str) -> str:
    """The tag of an address: its first segment."""
    return path.split("/")[1].split(".", maxsplit=1)[0]


def describe_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """The OpenAPI operation of an endpoint."""
    told: dict[str, Any] = {
        "operationId": endpoint.operation_id,
        "summary": endpoint.title,
        "tags": [tag_of(endpoint.path)],
        "parameters": [*_in_path(endpoint), *_in_query(endpoint), *_in_headers(endpoint)],
        "responses": _responses(endpoint),
    }
    if endpoint.open:
        # An empty list removes the document's own requirement; leaving it out would keep it.
        told["security"] = []
    if endpoint.scope:
        told["description"] = f"Needs a key with the scope `{endpoint.scope}`."
    if endpoint.body is not None:
        content: dict[str, Any] = {"application/json": {"schema": _ref(endpoint.body.__name__)}}
        if endpoint.takes_csv:
            content[CSV] = {"schema": {"type": "string"}}
        told["requestBody"] = {"required": not endpoint.optional_body, "content": content}
    return told


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _in_path(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ]


def _in_query(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    fields = _schema(endpoint.query)["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _not_null(field)}
        for name, field in fields.items()
    ]


def _not_null(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a query parameter without null, which a query cannot send."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"]
    rest = {name: value for name, value in field.items() if name not in ("anyOf", "title", "default")}
    return rest | kinds[0] if kinds else rest


def _in_headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = {"POST": [KEY], "PATCH": ["If-Match"], "DELETE": ["If-Match"]}.get(endpoint.method, [])
    return [{"name": name, "in": "header", "required": False, "schema": HEADERS[name]} for name in names]


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    # At every address Host is checked and the rate is counted.
    refusals = {400, 429, *endpoint.refusals}
    if not endpoint.open:
        refusals |= {401, 403}
    if endpoint.body is not None:
        refusals |= {413, 415, 422}
    if endpoint.method == "POST":
        # An Idempotency-Key may be in flight (409), or have come with another body (422).
        refusals |= {409, 422}
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(endpoint.status): _success(endpoint)} | {
        str(status): {"description": REFUSED[status], "content": problem} for status in sorted(refusals)
    }


def _success(endpoint: Endpoint) -> dict[str, Any]:
    if not endpoint.answer:
        return {"description": "Done."}
    if endpoint.answer == "ics":
        return {
            "description": "An iCalendar file.",
            "content": {"text/calendar": {"schema": {"type": "string"}}},
        }
    name = endpoint.answer.removesuffix("[]")
    schema = _ref(name)
    if endpoint.answer != name:
        schema = schema_of_list(name, schema)
    return {"description": endpoint.title + ".", "content": {"application/json": {"schema": schema}}}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")


def _bodies() -> dict[str, Any]:
    """The schemas of all request bodies and of their parts."""
    found: dict[str, Any] = {}
    for methods in api.known.values():
        for endpoint in methods.values():
            if endpoint.body is not None:
                schema = _schema(endpoint.body)
                found |= schema.pop("$defs", {})
                found[endpoint.body.__name__] = schema
    for name, schema in found.items():
        # Fields left out of a change stay as they are; generated clients would send a published default.
        if name.endswith("Change"):
            for field in schema["properties"].values():
                field.pop("default", None)
    return found
