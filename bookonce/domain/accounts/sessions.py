"""Sessions: Django's, stored so that a stolen database gives access to none (promise 21).

The cookie holds a random key, the row its hash. A session ends after a month without a visit; one in which
nobody has signed in yet, after an hour.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core import signing
from django.db.models import QuerySet

from bookonce.domain.accounts.models import Person, Session
from bookonce.foundation import clock, tokens
from bookonce.foundation.database.pieces import delete_few
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import DatabaseUnavailable

UNUSED_FOR = timedelta(days=30)
"""The longest time without a visit that a session survives."""

NOBODYS_FOR = timedelta(hours=1)
"""How long a session lives in which nobody has signed in yet."""

SEEN_EVERY = timedelta(minutes=5)
"""The least time between two writes of a session's last visit."""

AGENT, PLACE = "agent", "place"
"""Keys of a session: the browser's User-Agent, and its network."""


class SessionStore(SessionBase):
    """Django's interface to one session (``SESSION_ENGINE``)."""

    found: Session | None = None
    """The row as it was read."""

    def load(self) -> dict[str, Any]:
        """The data of the session; empty, and without a key, where it has ended or never existed."""
        # Compared here as well: the worker deletes what has ended some time later, and may be down.
        found = self._row().filter(expires_at__gt=clock.now()).first() if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        self.found = found
        return self.decode(found.data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_hash=tokens.hash_of(session_key)).exists()

    def create(self) -> None:
        """Save the session under a new key."""
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Save the data of the session. ``UpdateError`` where it was ended in the meantime."""
        if self.session_key is None:
            self.create()
            return
        data, now = self._get_session(no_load=must_create), clock.now()  # type: ignore[attr-defined]
        kept = {
            # Beside the encoded data, where a query can find and end all sessions of a person.
            "person_id": data.get(SESSION_KEY),
            "agent": data.get(AGENT, "")[:200],
            "place": data.get(PLACE, "")[:64],
            "data": self.encode(data),
            "expires_at": now + (UNUSED_FOR if data.get(SESSION_KEY) else NOBODYS_FOR),
        }
        with transaction():
            if must_create:
                key_hash = tokens.hash_of(self.session_key)
                made = Session(key_hash=key_hash, created_at=now, seen_at=now, **kept)
                if self.exists(self.session_key):
                    raise CreateError
                made.save(force_insert=True)
            # An update, never an insert: a session that was ended elsewhere must not come back to life.
            elif not self._row().update(**kept):
                raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key is not None:
            with transaction():
                Session.objects.filter(key_hash=tokens.hash_of(key)).delete()

    def note_visit(self, *, now: datetime) -> None:
        """Write the visit, at most every ``SEEN_EVERY``; the session's life counts from it."""
        if self.found is not None and now - self.found.seen_at >= SEEN_EVERY:
            self.found.seen_at = now
            # Looking goes on where nothing can be written; the next visit is noted instead.
            with suppress(DatabaseUnavailable), transaction():
                self._row().update(seen_at=now, expires_at=now + UNUSED_FOR)

    def _row(self) -> Any:
        return Session.objects.filter(key_hash=tokens.hash_of(self.session_key or ""))


def list_sessions(person: Person, *, now: datetime) -> QuerySet[Session]:
    """The valid sessions of this person, the latest visit first."""
    return Session.objects.filter(person=person, expires_at__gt=now).order_by("-seen_at", "-id")


def is_this(session: Session, key: str) -> bool:
    """Whether this row is the session with this key."""
    return bytes(session.key_hash) == tokens.hash_of(key)


def end_session(session: Session) -> None:
    """End this session."""
    with transaction():
        Session.objects.filter(pk=session.pk).delete()


def end_other_sessions(person: Person, *, but: str) -> None:
    """End all sessions of this person but the one with this key."""
    with transaction():
        Session.objects.filter(person=person).exclude(key_hash=tokens.hash_of(but)).delete()


def delete_ended_sessions(now: datetime) -> None:
    """Delete a few sessions that have ended."""
    delete_few(Session.objects.filter(expires_at__lte=now))


def key_of_data(data: str) -> int | None:
    """Which key signed a session's data: 0 for the secret key, 1 and on for its fallbacks; None: none did."""
    salt = SessionStore().key_salt
    for number, key in enumerate((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        try:
            signing.TimestampSigner(key=key, salt=salt, fallback_keys=[]).unsign(data)
        except signing.BadSignature:
            continue
        return number
    return None


@requires_transaction
def delete_unreadable_sessions() -> None:
    """Delete every session whose key is gone: nobody is signed in by it any more."""
    rows = Session.objects.values_list("pk", "data").iterator()
    unreadable = [pk for pk, data in rows if key_of_data(data) is None]
    # In parts: an IN of SQLite takes a limited number of values.
    for start in range(0, len(unreadable), 500):
        Session.objects.filter(pk__in=unreadable[start : start + 500]).delete()
