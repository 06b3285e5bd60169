"""What the programs' door writes by itself: calls that may be repeated, and changes under If-Match."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from bookonce import rows
from bookonce.api.answers import etag_of
from bookonce.api.models import RepeatableCall
from bookonce.api.problems import Changed
from bookonce.bookings.errors import KeyMismatch
from bookonce.doors import door

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Repeat:
    """An Idempotency-Key at one address, and what was sent with it."""

    scope: str
    place: str
    key: str
    body_hash: bytes

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(f"{self.place}\n{self.key}".encode()).digest()


class Raced(Exception):
    """The same call, at the same time, was faster: it has committed."""


def earlier(repeat: Repeat) -> RepeatableCall | None:
    """The same call that was made before; ``KeyMismatch`` where another body came with its key."""
    call = RepeatableCall.objects.filter(scope=repeat.scope, key_hash=repeat.key_hash).first()
    if call is not None and bytes(call.body_hash) != repeat.body_hash:
        raise KeyMismatch
    return call


def once(repeat: Repeat, act: Callable[[], T], made: Callable[[T], str], *, status: int, now: datetime) -> T:
    """Act and remember what was made, in one commit: of the same calls at once, one acts.

    The others wait for it and leave by ``Raced``, so that they answer as it did. An act that is refused
    leaves nothing, and its key is as good as new.
    """
    call = RepeatableCall(
        scope=repeat.scope, key_hash=repeat.key_hash, body_hash=repeat.body_hash, status=status, at=now
    )
    with door():
        if not all(rows.insert(call)):
            raise Raced
        thing = act()
        RepeatableCall.objects.filter(scope=repeat.scope, key_hash=repeat.key_hash).update(made=made(thing))
    return thing


def unchanged(etag: str, thing: Model, look: Callable[[], Mapping[str, Any]], act: Callable[[], T]) -> T:
    """Act if the thing is still as the ``If-Match`` header says, else ``Changed``; it is locked meanwhile.

    ``look`` describes it as it is under the lock. Without a header: act.
    """
    if not etag:
        return act()
    with door():
        type(thing)._default_manager.select_for_update().filter(pk=thing.pk).first()
        known = {part.strip() for part in etag.split(",")}
        if "*" not in known and etag_of(look()) not in known:
            raise Changed
        return act()
