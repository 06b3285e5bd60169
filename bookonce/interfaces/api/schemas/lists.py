"""Query parameters of lists and slots: limit, cursor, spans."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from pydantic import BeforeValidator, Field, WithJsonSchema

from bookonce.domain.schemas import types
from bookonce.domain.schemas.parsing import InputFault, RequestBody
from bookonce.domain.schemas.types import Zone
from bookonce.foundation.errors import Invalid, Sentence


def whole_number(low: int, high: int) -> Callable[[Any], int]:
    """A parser of whole numbers in a query."""

    def read(text: Any) -> int:
        if isinstance(text, int):
            return text
        # int() accepts digits of other scripts, and raises beyond 4,300 digits.
        if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
            raise InputFault(Sentence("Choose a number from {low} to {high}.", low=low, high=high))
        return int(text)

    return read


def _after(cursor: Any) -> uuid.UUID:
    try:
        # urlsafe_b64decode skips unknown characters: a mistyped cursor would be some other position.
        return uuid.UUID(bytes=base64.b64decode(cursor.encode() + b"==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise InputFault("Send next_cursor of the page before, as it was.") from None


def cursor_of(key: uuid.UUID) -> str:
    """The cursor of the page after this key."""
    # Without padding: “=” would have to be escaped in an address.
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def _moment(text: Any) -> date | datetime:
    if isinstance(text, str) and len(text) == 10:
        return types.parse_date(text)
    # A plus sign in a query is read as a space where it was not escaped.
    return types.parse_instant(
        text.replace(" ", "+") if isinstance(text, str) and text[10:11] in "Tt" else text
    )


Moment = Annotated[
    Any,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-11-24", "2026-11-24T00:00:00Z"]}),
]
"""A date or an instant."""


class Page(RequestBody):
    """A page of a list, newest first."""

    limit: Annotated[
        int,
        BeforeValidator(whole_number(1, 200)),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    ] = 50
    cursor: Annotated[uuid.UUID | None, BeforeValidator(_after), WithJsonSchema({"type": "string"})] = None

    def of(self, found: QuerySet[Any], *, oldest_first: bool = False) -> tuple[list[Any], str | None]:
        """The rows of this page, and the cursor of the next, if there is one."""
        # Ids are ordered by time, so an id is a position that rows added meanwhile do not shift.
        if self.cursor is not None:
            found = found.filter(**{"pk__gt" if oldest_first else "pk__lt": self.cursor})
        # One row more than is shown tells whether there is a next page, without counting.
        rows = list(found.order_by("pk" if oldest_first else "-pk")[: self.limit + 1])
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        return rows, cursor_of(rows[-1].pk) if more else None


class Span(RequestBody):
    """Slots that start in [from, to)."""

    first: Moment = Field(None, alias="from")
    last: Moment = Field(None, alias="to")
    zone: Zone | None = None

    def seconds(self, *, zone: str, now: datetime) -> tuple[int, int]:
        """[from, to) in epoch seconds; dates are read in ``zone`` unless the query names another."""
        where = ZoneInfo(self.zone or zone)
        start = _begin(self.first, where) if self.first is not None else now
        end = _begin(self.last, where) if self.last is not None else start + types.SOON
        if end < start:
            raise Invalid(("/to", "Let the span end after it starts."))
        # 62 days can be an hour or two longer where clocks go back.
        if end - start > types.SPAN + timedelta(hours=2):
            raise Invalid(("/to", Sentence("Ask for at most {most} days at a time.", most=types.SPAN.days)))
        return int(start.timestamp()), int(end.timestamp())


def _begin(at: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime):
        return at
    # Near the limits of datetime a conversion between zones overflows.
    if not types.FIRST.year < at.year < types.LAST.year:
        return types.FIRST if at.year <= types.FIRST.year else types.LAST
    return datetime.combine(at, time(), zone)


def range_start(at: date | datetime | None) -> datetime | None:
    """The instant; a date is its midnight in UTC."""
    return None if at is None else _begin(at, ZoneInfo("UTC"))


class CalendarSpan(Span):
    """A span, and for which of the calendar's lengths its slots are asked."""

    minutes: Annotated[
        int | None,
        BeforeValidator(whole_number(1, 1440)),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1440}),
    ] = None
