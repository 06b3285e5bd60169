"""Sessions of people who signed in: Django's, kept so that a stolen database opens none (promise 21).

The cookie holds a random key, the row its hash. A session ends by itself when it was not used for a month.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from bookonce import clock, tokens
from bookonce.accounts.models import Session
from bookonce.doors import door

UNUSED_FOR = timedelta(days=30)
"""After so long without a visit a session has ended."""

AGENT, PLACE = "agent", "place"
"""What a session knows of the browser: its name for itself, and its network."""


class SessionStore(SessionBase):
    """Django's doors to one session."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key either, where it has ended or never was."""
        found = self._row().filter(expires_at__gt=clock.now()).first() if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_hash=tokens.hash_of(session_key)).exists()

    def create(self) -> None:
        """Take a new key and keep the session under it."""
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Keep what the session holds. ``UpdateError`` where it was ended in the meantime."""
        if self.session_key is None:
            self.create()
            return
        data, now = self._get_session(no_load=must_create), clock.now()  # type: ignore[attr-defined]
        kept = {
            "person_id": data.get(SESSION_KEY),
            "agent": data.get(AGENT, "")[:200],
            "place": data.get(PLACE, "")[:64],
            "data": self.encode(data),
            "expires_at": now + UNUSED_FOR,
        }
        with door():
            if must_create:
                key_hash = tokens.hash_of(self.session_key)
                made = Session(key_hash=key_hash, created_at=now, seen_at=now, **kept)
                if self.exists(self.session_key):
                    raise CreateError
                made.save(force_insert=True)
            elif not self._row().update(**kept):
                raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key is not None:
            with door():
                Session.objects.filter(key_hash=tokens.hash_of(key)).delete()

    def _row(self) -> Any:
        return Session.objects.filter(key_hash=tokens.hash_of(self.session_key or ""))
