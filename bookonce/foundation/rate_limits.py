"""Rate limits (docs/api.md, "Rates"), counted for all processes of this machine together.

A rate has a name in ``settings.RATES`` (so many in so many seconds); a *key* says whose count it is: an API
key's id, a client's network (``request.META["bookonce.client"]``), a link and a network. For example::

    verdict = count_attempt("guest", client, now=clock.now_precise())
    if not verdict.ok:
        raise verdict.refusal()                      # 429, code rate_limited, in ``errors``
    response.headers.update(verdict.headers())       # RateLimit, RateLimit-Policy, X-RateLimit-*

What counts only by its outcome (booking tries: 409 and 422 alone) is checked first and added afterwards::

    verdict = check_without_counting("booking_tries", f"{link_id} {client}", now=clock.now_precise())
    …
    add_attempt("booking_tries", f"{link_id} {client}", now=clock.now_precise())

Never counted: a try on a dead link, the winner's repeat, tries in flight.

In any interval of the rate's length no more than the limit gets through: time is cut into twelfths of it, and
attempts of a twelfth count until the last of them is as old as the rate is long. Refused attempts are not
counted, so that waiting helps. Counts are kept in a file of their own, never in the bookings' database:
losing them harms nobody, and where the file cannot be used nobody is refused. It holds hashes of the keys
alone.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

from django.conf import settings

from bookonce.foundation.database.sqlite import JOURNAL
from bookonce.foundation.errors import RateLimited

log = logging.getLogger("bookonce.rates")

PARTS = 12
WAIT = 0.05
"""Seconds to wait for another process that is counting; then the attempt goes uncounted."""

TIDY_EVERY = 300.0

_TABLE = """CREATE TABLE IF NOT EXISTS counted (
    key BLOB NOT NULL, part INTEGER NOT NULL, ends REAL NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (key, part)
) WITHOUT ROWID"""
# Asking and adding in one statement: between two, another process could use up what is left.
_ADD = """INSERT INTO counted SELECT ?1, ?2, ?3, 1
    WHERE (SELECT total(n) FROM counted WHERE key = ?1 AND part > ?4 AND ends > ?5) < ?6
    ON CONFLICT DO UPDATE SET n = n + 1, ends = max(ends, excluded.ends)"""
_SUM = "SELECT total(n), min(ends) FROM counted WHERE key = ? AND part > ? AND ends > ?"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one more attempt is allowed, and how many are left."""

    name: str
    limit: int
    seconds: int
    remaining: int
    reset: int
    """Seconds until the oldest counted attempts expire; never more than the rate is long."""
    ok: bool

    def refusal(self) -> RateLimited:
        """The exception for an attempt that is not ``ok``."""
        return RateLimited(retry_after=self.reset, headers=self.headers())

    def headers(self) -> dict[str, str]:
        """Headers for the answer: those of the IETF's draft, and the older ``X-RateLimit`` ones."""
        told = {
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.reset}',
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={self.seconds}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }
        return told if self.ok else told | {"Retry-After": str(self.reset)}


def count_attempt(name: str, key: str, *, now: float) -> Verdict:
    """Count one more attempt, if it is allowed."""
    return _asked(name, key, now=now, adding=True)


def check_without_counting(name: str, key: str, *, now: float) -> Verdict:
    """Whether one more attempt is allowed; nothing is counted."""
    return _asked(name, key, now=now, adding=False)


def add_attempt(name: str, key: str, *, now: float) -> None:
    """Count an attempt that was let through already, whatever the limit."""
    _asked(name, key, now=now, adding=True)


def limit_of(name: str) -> tuple[int, timedelta] | None:
    """(limit, length) of a rate, for callers who count committed rows; None where it is off."""
    many, seconds = settings.RATES[name]
    return (many, timedelta(seconds=seconds)) if settings.ENVIRONMENT.rate_limits else None


def _asked(name: str, key: str, *, now: float, adding: bool) -> Verdict:
    limit, seconds = settings.RATES[name]
    if not settings.ENVIRONMENT.rate_limits:
        return Verdict(name, limit, seconds, limit, 0, ok=True)
    length = seconds / PARTS
    part = int(now / length)
    # Hashed: the file holds neither addresses of networks nor anything of a key.
    hashed = hashlib.sha256(f"{name}\n{key}".encode()).digest()[:16]
    before = part - PARTS - 1
    got_in = True
    try:
        file = _file(now)
        if adding:
            got_in = file.execute(_ADD, (hashed, part, now + seconds, before, now, limit)).rowcount == 1
        counted, first_ends = file.execute(_SUM, (hashed, before, now)).fetchone()
    # Rates protect from floods; a broken file of counts must not keep guests from booking.
    except (sqlite3.Error, OSError) as trouble:
        _give_up(trouble)
        return Verdict(name, limit, seconds, limit, 0, ok=True)
    ok = got_in if adding else counted < limit
    reset = min(seconds, max(1, ceil(first_ends - now))) if first_ends else 0
    return Verdict(name, limit, seconds, max(0, limit - int(counted)), reset, ok=ok)


def forget_counts_ahead(*, now: float) -> None:
    """Forget attempts of a clock that has been turned back, which would be counted until its time comes."""
    longest = max(seconds for _, seconds in settings.RATES.values())
    try:
        _file(now).execute("DELETE FROM counted WHERE ends > ?", (now + longest,))
    except (sqlite3.Error, OSError) as trouble:
        _give_up(trouble)


def _give_up(trouble: Exception) -> None:
    """Let the attempt go uncounted; a file that cannot be read is replaced."""
    _here.file = None
    log.warning("not counted: %s", trouble)
    # A lock that was not had in time is no reason to throw the counts away; a damaged file is.
    if not isinstance(trouble, (sqlite3.OperationalError, OSError)):
        for end in ("", "-wal", "-shm"):
            Path(f"{_path()}{end}").unlink(missing_ok=True)


def _path() -> Path:
    folder: Path = settings.DATA
    return folder / "rates.sqlite3"


class _Here(threading.local):
    """This thread's connection to the file."""

    file: sqlite3.Connection | None = None
    path: Path | None = None


_here = _Here()
_tidied = 0.0


def _file(now: float) -> sqlite3.Connection:
    global _tidied
    path = _path()
    file = _here.file
    if file is None or _here.path != path:
        file = _here.file = _opened(path)
        _here.path = path
    if now - _tidied > TIDY_EVERY:
        _tidied = now
        file.execute("DELETE FROM counted WHERE ends < ?", (now,))
    return file


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    file.execute(f"PRAGMA journal_mode={'WAL' if JOURNAL == 'WAL' else 'MEMORY'}")
    # Counts may be lost by a power cut: no request waits for the disk because of them.
    file.execute("PRAGMA synchronous=OFF")
    file.execute(_TABLE)
    return file
