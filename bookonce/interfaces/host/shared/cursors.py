"""Pages of a long list by cursor: a page begins where the one before ended, not at a number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

SIZE = 50
AFTER, BEFORE = "after", "before"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: by a time and the key, or by the key alone, ascending or descending."""

    field: str = ""
    newest_first: bool = False

    def names(self, *, turned: bool) -> list[str]:
        sign = "-" if self.newest_first != turned else ""
        return [f"{sign}{name}" for name in (self.field, "pk") if name]

    def beyond(self, place: tuple[datetime | None, uuid.UUID], *, turned: bool) -> Q:
        """The condition for rows after this position; before it where the list is ``turned``."""
        to = "lt" if self.newest_first != turned else "gt"
        at, key = place
        if not self.field or at is None:
            return Q(**{f"pk__{to}": key})
        further = Q(**{f"{self.field}__{to}": at}) | Q(**{self.field: at, f"pk__{to}": key})
        # Redundant, but it lets the database begin in the index.
        return Q(**{f"{self.field}__{to}e": at}) & further

    def cursor(self, row: Model) -> str:
        """The cursor of this row."""
        at = getattr(row, self.field) if self.field else None
        # Instants are stored in whole seconds, so nothing is lost.
        return f"{at:%Y%m%dT%H%M%S}-{row.pk.hex}" if at else str(row.pk.hex)

    def read(self, text: str) -> tuple[datetime | None, uuid.UUID] | None:
        """The position of a cursor; None where it is none."""
        at, _, key = text.rpartition("-")
        try:
            moment = datetime.strptime(at, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if at else None
            place = moment, uuid.UUID(hex=key)
        except ValueError:
            return None
        return place if bool(at) == bool(self.field) else None


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows of a page, and the addresses of the neighbouring pages."""

    rows: list[Row]
    earlier: str | None
    later: str | None


def page_of(
    found: QuerySet[Row], order: Order, *, said: Mapping[str, str], address: str, size: int = SIZE
) -> ListPage[Row]:
    """The page of the query's cursor, else the first one. Other parameters are kept in addresses."""
    back = BEFORE in said
    place = order.read(said.get(BEFORE if back else AFTER, ""))
    back = back and place is not None
    if place is not None:
        found = found.filter(order.beyond(place, turned=back))
    # One row more than is shown tells whether there is a next page, without counting.
    rows = list(found.order_by(*order.names(turned=back))[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    kept = {name: text for name, text in said.items() if name not in (AFTER, BEFORE)}
    # Whoever pages back comes from a later page, so there is one.
    has_earlier, has_later = (more, True) if back else (place is not None, more)
    return ListPage(
        rows,
        earlier=_to(address, kept, {BEFORE: order.cursor(rows[0])}) if has_earlier and rows else None,
        later=_to(address, kept, {AFTER: order.cursor(rows[-1])}) if has_later and rows else None,
    )


def _to(address: str, *said: Mapping[str, Any]) -> str:
    return f"{address}?{urlencode({name: text for words in said for name, text in words.items()})}"
