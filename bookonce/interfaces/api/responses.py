"""Responses: JSON with instants in UTC, and ETags for ``If-Match``."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.http import HttpResponse

from bookonce.foundation import clock

NOT_IN_ETAG = frozenset({"opened", "url", "paused_at"})
"""Fields that a visit or another key changes: nobody's change must fail because somebody looked.

``paused_at`` is told by ``state``, and ETags from before it was there stay good.
"""


def encode_json(body: Any, *, ordered: bool = False) -> bytes:
    """The body as JSON; instants as ``2026-11-24T13:30:00Z``. ``ordered``: with sorted names."""
    return json.dumps(
        body, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=ordered
    ).encode()


def _plain(value: Any) -> str:
    # On Linux strftime does not pad years below 1000.
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value.year >= 1000 else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def slots_response(found: Sequence[tuple[int, int]]) -> HttpResponse:
    """Slots as a response. A month has more than a thousand, so their JSON is written by hand."""
    told = ",".join(
        [f'{{"starts_at":"{_moment(start)}","ends_at":"{_moment(end)}"}}' for start, end in found]
    )
    return HttpResponse(f'{{"data":[{told}]}}', content_type="application/json")


# The same slots are requested again and again; open day and night, a month has 1,488 of them.
@lru_cache(maxsize=16_384)
def _moment(seconds: int) -> str:
    return _plain(clock.instant_of_seconds(seconds))


def etag_of(thing: Mapping[str, Any]) -> str:
    """The ETag of an object's description."""
    counted = {name: value for name, value in thing.items() if name not in NOT_IN_ETAG}
    # Sorted, because PostgreSQL returns the keys of metadata in an order of its own.
    digest = hashlib.sha256(encode_json(counted, ordered=True)).digest()[:16]
    return f'"{base64.urlsafe_b64encode(digest).decode().rstrip("=")}"'


def json_response(body: Any, status: int = 200) -> HttpResponse:
    """The body as a response."""
    return HttpResponse(encode_json(body), status=status, content_type="application/json")


def object_response(thing: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """One object as a response, with its ETag."""
    response = json_response(thing, status)
    response["ETag"] = etag_of(thing)
    return response
