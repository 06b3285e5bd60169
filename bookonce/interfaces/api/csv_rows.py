"""A batch as CSV: recipients are the rows of the body, shared options stand in the query."""

from __future__ import annotations

from typing import Any

from bookonce.domain.schemas.recipient_csv import parse_recipient_csv
from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.interfaces.api.request_context import ApiRequest
from bookonce.interfaces.api.schemas.links import MOST_RECIPIENTS

SHARED = ("calendar", "label", "note", "message", "expires_at", "opens_at", "minutes", "on_cancel")


def batch_from_csv(request: ApiRequest) -> dict[str, Any]:
    """Body and query as the JSON of a batch."""
    # One more than is taken, so that a longer table is refused by the schema and not cut.
    table = parse_recipient_csv(request.raw, most=MOST_RECIPIENTS + 1)
    tree: dict[str, Any] = {"recipients": table.recipients()}
    for name, value in request.query_values().items():
        if name not in SHARED:
            raise Invalid(
                (
                    json_pointer("", name),
                    Sentence("With CSV, the query may name {names}.", names=", ".join(SHARED)),
                )
            )
        tree[name] = _whole_number(value) if name == "minutes" else value
    return tree


def _whole_number(text: str) -> int | str:
    """A query contains only text, and the schema converts no types; what is no number is refused there."""
    # ASCII, because int() raises at “²”, which counts as a digit.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text
