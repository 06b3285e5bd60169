"""The database backend that Django finds by its name (``ENGINE``)."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError, _queries, errors
from psycopg._conninfo_attempts import conninfo_attempts

from bookonce.foundation.database import patience

# The rows of a booking are one statement with 74 places. psycopg takes a statement with more than 50 apart
# anew each time, for an ORM hardly ever says one twice; this one is said at every booking.
WAKES = 0.1
"""Seconds after which a wait looks whether somebody pressed Ctrl-C, as psycopg has it."""

_queries.MAX_CACHED_STATEMENT_PARAMS = 100


BEYOND = 1.0
"""Seconds more than the server's own limits: what it ends itself leaves a connection that can be used."""


class BoundedConnection(Connection[Any]):
    """psycopg's own, whose waits end though the server says nothing: it is frozen, or cut off."""

    def wait(self, gen: Any, interval: float = WAKES, timeout: float | None = None) -> Any:
        left, limit = patience.seconds_left(), patience.current_limit()
        if left is None or limit is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds = left + BEYOND
        try:
            return super().wait(gen, interval, seconds)
        except errors._WaitTimeout:
            # Its answer may still come, and would be taken for that to the next question.
            self.close()
            # Its own limits have not ended it: it does nothing at all.
            patience.note_stall(stops_looking=seconds > limit)
            raise OperationalError(f"the server did not answer within {seconds:.1f} s") from None


def _seconds_for_each_address(params: dict[str, Any]) -> int:
    """So that all addresses of the server's name together take no longer than what is left."""
    name = {part: str(params[part]) for part in ("host", "hostaddr", "port") if params.get(part)}
    # psycopg itself waits two seconds at least.
    return max(2, round((patience.seconds_left() or 0.0) / len(conninfo_attempts(name))))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a cheaper test of whether a kept connection still lives.

    Before its first use in a request Django sends ``SELECT 1`` over a kept connection: one round trip of the
    nine of a booking. A server that ends a connection sends a message first. Where none waits to be read the
    connection is good; where one does, or anything has failed since, Django's own test is made.
    """

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with limits for what the server can end by itself, where this process waits briefly."""
        params: dict[str, Any] = super().get_connection_params()
        # By this name a restore sees that somebody is still at work.
        params.setdefault("application_name", "bookonce")
        limit = patience.current_limit()
        if limit is None:
            return params
        if "connect_timeout" not in params:
            params["connect_timeout"] = _seconds_for_each_address(params)
        # A pooler knows no such options, and was given none (foundation/environment.py).
        if "options" in params:
            milliseconds = round(limit * 1000)
            params["options"] += f" -c lock_timeout={milliseconds} -c statement_timeout={milliseconds}"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        if patience.is_used_up():
            raise OperationalError("no time is left to connect")
        try:
            connection: Connection[Any] = super().get_new_connection(conn_params)
        except OperationalError:
            patience.note_stall(stops_looking=True)
            raise
        connection.__class__ = BoundedConnection
        return connection

    def is_usable(self) -> bool:
        if self.errors_occurred or self.connection is None or self._has_news():
            return bool(super().is_usable())
        return True

    def _has_news(self) -> bool:
        """Whether a message waits that no query asked for: most often, that the connection is closed."""
        if self.connection.closed or self.connection.broken:
            return True
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
