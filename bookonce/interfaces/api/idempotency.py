"""What HTTP asks of the API itself: Idempotency-Key (calls that may be repeated) and If-Match."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model

from bookonce.domain.bookings.errors import KeyMismatch
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.idempotency import in_flight
from bookonce.foundation.idempotency.models import RepeatableCall
from bookonce.interfaces.api.problems import PreconditionFailed
from bookonce.interfaces.api.responses import encode_json, etag_of

T = TypeVar("T")

LARGEST_KEPT = 256 * 1024
"""The most bytes of an answer that is kept; a replay of a longer one (a large batch) is built anew."""

SHORTEST_LINK = 500
"""Fewer bytes than any link has in an answer: so many links are too large before they are rendered."""

CARRIES_TOKEN = ("url", "manage_url")


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """An Idempotency-Key at one address, and the hash of the body sent with it."""

    scope: str
    place: str
    key: str
    body_hash: bytes

    @property
    def key_hash(self) -> bytes:
        # Hashed, because the address of a guest's call contains the link's token (promise 21).
        return hashlib.sha256(f"{self.place}\n{self.key}".encode()).digest()

    @property
    def lock(self) -> bytes:
        """The key of the lock that a call holds while it is in flight."""
        return hashlib.sha256(self.scope.encode() + self.key_hash).digest()


class ConcurrentDuplicate(Exception):
    """Another request with this key has just committed; its answer is to be given again."""


def find_earlier_call(repeat: IdempotentCall) -> RepeatableCall | None:
    """The committed call with this key, or None; ``KeyMismatch`` where its body was another."""
    call = RepeatableCall.objects.filter(scope=repeat.scope, key_hash=repeat.key_hash).first()
    if call is not None and bytes(call.body_hash) != repeat.body_hash:
        raise KeyMismatch
    return call


@dataclass(frozen=True, slots=True)
class RepeatableAction(Generic[T]):
    """What a call does, the public id of the result, and its description for the answer."""

    do: Callable[[], T]
    name: Callable[[T], str]
    look: Callable[[T], Mapping[str, Any]]
    hide: Sequence[str] = CARRIES_TOKEN
    """Fields of the answer that are not kept, because they carry a token: they are derived again."""
    large: bool = False
    """Whether the answer is certainly too large to keep: then it is built after the transaction."""


def run_once(
    repeat: IdempotentCall, act: RepeatableAction[T], *, status: int, now: datetime
) -> Mapping[str, Any]:
    """Act, and record what was made and answered, in one commit: of concurrent duplicates one acts.

    The others raise ``InFlight`` while it is in flight, and ``ConcurrentDuplicate`` where it has just
    committed, so that the caller can replay its answer. A refused act rolls its record back: the key can be
    used again.
    """
    call = RepeatableCall(
        scope=repeat.scope, key_hash=repeat.key_hash, body_hash=repeat.body_hash, status=status, at=now
    )
    with in_flight.exclusive_transaction(repeat.lock):
        # The unique key is written first: an act that has to be undone must not have been begun.
        if not all(guarded_rows.insert_unless_conflict(call)):
            raise ConcurrentDuplicate
        failpoints.failpoint("once.begun")
        thing = act.do()
        answer = None if act.large else act.look(thing)
        # In the same transaction, so that no crash leaves an act without its answer (promise 9).
        known = RepeatableCall.objects.filter(scope=repeat.scope, key_hash=repeat.key_hash)
        known.update(made=act.name(thing), answer=_kept(answer, act.hide) if answer is not None else "")
    return act.look(thing) if answer is None else answer


def _kept(answer: Mapping[str, Any], hide: Sequence[str]) -> str:
    """The answer as stored, without tokens; empty where it is too large."""
    told = _hidden(answer, hide)
    if isinstance(told.get("data"), list):
        told["data"] = [_hidden(one, hide) for one in told["data"]]
    text = encode_json(told)
    return text.decode() if len(text) <= LARGEST_KEPT else ""


def _hidden(thing: Mapping[str, Any], hide: Sequence[str]) -> dict[str, Any]:
    return {name: None if name in hide else value for name, value in thing.items()}


def first_answer(call: RepeatableCall) -> dict[str, Any] | None:
    """The first answer, without tokens; None where it was too large to keep."""
    found: dict[str, Any] | None = json.loads(call.answer) if call.answer else None
    return found


def run_if_unchanged(
    etag: str, thing: Model, look: Callable[[], Mapping[str, Any]], act: Callable[[], T]
) -> T:
    """Act if the thing is still as the ``If-Match`` header says, else ``PreconditionFailed``.

    The row is locked meanwhile. ``look`` describes it as it is under the lock. Without a header: act.
    """
    if not etag:
        return act()
    # The lock keeps everybody else's change out between the comparison and the act.
    with transaction():
        # SQLite has no FOR UPDATE: there the transaction itself is the only writer.
        type(thing)._default_manager.select_for_update(no_key=True).filter(pk=thing.pk).first()
        known = {part.strip() for part in etag.split(",")}
        # “*” only asks that the object exists (RFC 9110, section 13.1.1).
        if "*" not in known and etag_of(look()) not in known:
            raise PreconditionFailed
        return act()
