"""Whether the secret key of this process is the one that the database was used with."""

from __future__ import annotations

import hmac
from datetime import datetime
from enum import Enum

from django.conf import settings

from bookonce.foundation.database.transactions import requires_transaction
from bookonce.foundation.key_check.models import ONLY, KeyCheck

TEXT = b"bookonce secret key check"
"""Fixed for ever: with another text every installation would seem to have another key."""


class KeyMatch(Enum):
    """How the keys of this process and the database's check value go together."""

    UNRECORDED = "no key is recorded yet"
    PRESENT = "the secret key is the recorded one"
    FORMER = "a fallback is the recorded one"
    UNKNOWN = "neither the key nor a fallback is"


def match_key() -> KeyMatch:
    """Compare the secret key, then its fallbacks, with what the database has recorded."""
    recorded = _recorded_mark()
    if recorded is None:
        return KeyMatch.UNRECORDED
    if hmac.compare_digest(recorded, _mark_of(settings.SECRET_KEY)):
        return KeyMatch.PRESENT
    former = [hmac.compare_digest(recorded, _mark_of(key)) for key in settings.SECRET_KEY_FALLBACKS]
    return KeyMatch.FORMER if any(former) else KeyMatch.UNKNOWN


@requires_transaction
def record_first_key(*, now: datetime) -> None:
    """Record the secret key where none is; of two processes that begin at once the first one's stays."""
    KeyCheck.objects.get_or_create(pk=ONLY, defaults={"mark": _mark_of(settings.SECRET_KEY), "noted_at": now})


@requires_transaction
def replace_recorded_key(*, now: datetime) -> None:
    """Record the secret key in place of whichever was."""
    KeyCheck.objects.update_or_create(
        pk=ONLY, defaults={"mark": _mark_of(settings.SECRET_KEY), "noted_at": now}
    )


def _recorded_mark() -> bytes | None:
    found = KeyCheck.objects.filter(pk=ONLY).values_list("mark", flat=True).first()
    # A memoryview on PostgreSQL.
    return None if found is None else bytes(found)


def _mark_of(secret: str) -> bytes:
    return hmac.digest(secret.encode(), TEXT, "sha256")
