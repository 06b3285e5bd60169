"""The secret key and the database belong together: no command that needs the key goes on with another one."""

from __future__ import annotations

import os
from datetime import datetime

from django.conf import settings

from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import Refused, Sentence
from bookonce.foundation.key_check import recorded_key
from bookonce.foundation.key_check.recorded_key import KeyMatch

OTHER_KEY = (
    "The secret key in {place} is not the one that this database was used with. Give the former key back "
    "there, or name it in BOOKONCE_SECRET_KEY_FALLBACKS to go on with the new one. If it is lost, "
    "`bookonce doctor --accept-new-key` says what is lost with it, and how to go on."
)


class SecretKeyUnknown(Refused):
    """Neither the secret key nor a fallback is the one that the database was used with."""

    title = "The secret key is another one"
    sentence = OTHER_KEY


def require_known_key(*, now: datetime) -> None:
    """Raise ``SecretKeyUnknown`` where the key is another one.

    Records it at the first start, and after a change. The database is migrated.
    """
    match = recorded_key.match_key()
    if match is KeyMatch.UNRECORDED:
        match = _record_first_key(now=now)
    if match is KeyMatch.UNKNOWN:
        raise SecretKeyUnknown(Sentence(OTHER_KEY, place=place_of_key()))
    if match is KeyMatch.FORMER:
        # From here on the new one counts: the fallback can go once nothing needs it any more.
        with transaction():
            recorded_key.replace_recorded_key(now=now)


def is_known_key() -> bool:
    """Whether a start would go on with these keys."""
    match = recorded_key.match_key()
    return _opens_what_is_there() if match is KeyMatch.UNRECORDED else match is not KeyMatch.UNKNOWN


def place_of_key() -> str:
    """Where the secret key comes from: the setting, or the file in the data folder."""
    return "BOOKONCE_SECRET_KEY" if os.environ.get("BOOKONCE_SECRET_KEY") else f"{settings.DATA}/secret_key"


def _record_first_key(*, now: datetime) -> KeyMatch:
    """Record the key of a new database, or of one of before; there it must open what was made with it."""
    if not _opens_what_is_there():
        return KeyMatch.UNKNOWN
    with transaction():
        recorded_key.record_first_key(now=now)
    # Another process may have recorded its own key in the meantime.
    return recorded_key.match_key()


def _opens_what_is_there() -> bool:
    # Imported here: it loads what most starts, which find the row, do not need.
    from bookonce.domain import secret_key_use

    return secret_key_use.is_key_of_what_is_there()
