"""Schemas of requests about one-time links."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from bookonce.domain.schemas.locations import Location, Window
from bookonce.domain.schemas.parsing import InputFault, RequestBody
from bookonce.domain.schemas.types import Email, Id, Line, Minutes, Paragraph, Phone, Settable, Text

METADATA = 8 * 1024


def _metadata(value: Any) -> Any:
    if not isinstance(value, dict):
        raise InputFault("Send an object.")
    # Without escapes, which would count six bytes for a letter beyond ASCII.
    if len(json.dumps(value, ensure_ascii=False).encode()) > METADATA:
        raise InputFault("Shorten the metadata to 8 kB.")
    return value


Metadata = Annotated[
    dict[str, Any],
    BeforeValidator(_metadata),
    WithJsonSchema({"type": "object", "additionalProperties": True}),
]
Policy = Literal["stay_used", "reopen"]


class Recipient(RequestBody):
    """For whom a link is."""

    name: Line | None = None
    email: Email = None
    phone: Phone = None


class Shared(RequestBody):
    """Options that links of a batch can share."""

    # Null takes an option away (``link_options.EMPTY``); one that is not sent stays as it is.
    label: Line | None = None
    note: Text | None = None
    message: Paragraph | None = None
    expires_at: Settable = None
    opens_at: Settable = None
    prefill: dict[str, Any] | None = None
    locked: Annotated[list[str], Field(max_length=100)] | None = None
    minutes: Minutes | None = None
    location: Location | None = None
    window: Window | None = None
    metadata: Metadata | None = None
    on_cancel: Policy | None = None


class LinkFields(Shared):
    """The options of a link."""

    contact: Id | None = None
    recipient: Recipient | None = None


class Row(Recipient):
    """For whom one link of a batch is, and what is its own; what is not said is as for all."""

    label: Line | None = None
    note: Text | None = None
    metadata: Metadata | None = None
