"""A table of people as a body: the recipients are its rows, what they share stands in the query."""

from __future__ import annotations

import csv
import io
from typing import Any

from bookonce.domain.schemas.parsing import storable
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.api.request_context import Call

COLUMNS = ("name", "email", "phone", "label", "note")
SHARED = ("calendar", "label", "note", "message", "expires_at", "opens_at", "minutes", "on_cancel")


def tree_of(request: Call) -> dict[str, Any]:
    """The table and the query as the JSON that says the same."""
    tree: dict[str, Any] = {"recipients": _rows(request.raw)}
    for name, value in request.http.GET.dict().items():
        if name not in SHARED:
            raise Invalid((f"/{name}", f"With CSV, the query may name {', '.join(SHARED)}."))
        tree[name] = int(value) if name == "minutes" and value.isdigit() and len(value) < 9 else value
    return tree


def _rows(raw: bytes) -> list[dict[str, str]]:
    try:
        text = raw.decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = [name.strip() for name in table.fieldnames or ()]
        table.fieldnames = columns
        rows = list(table)
    except UnicodeDecodeError:
        raise Invalid(("", "This is not text in UTF-8. Save it as “CSV UTF-8”.")) from None
    except csv.Error as fault:
        raise Invalid(("", f"This is no CSV: {fault}.")) from None
    if not storable(text):
        raise Invalid(("", "Leave out the character U+0000."))
    if not set(columns) & set(COLUMNS[:3]) or set(columns) - set(COLUMNS):
        raise Invalid(("", f"Let the first line name the columns: of {', '.join(COLUMNS)}."))
    if len(set(columns)) < len(columns):
        raise Invalid(("", "Name each column once."))
    for number, row in enumerate(rows):
        if len(row) != len(columns) or None in row.values():
            raise Invalid((f"/recipients/{number}", "Give as many values as there are columns."))
    return [{name: cell for name, cell in row.items() if cell} for row in rows]
