"""The database backend that Django finds by its name (``ENGINE``)."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg import _queries

# The rows of a booking are one statement with 74 places. psycopg takes a statement with more than 50 apart
# anew each time, for an ORM hardly ever says one twice; this one is said at every booking.
_queries.MAX_CACHED_STATEMENT_PARAMS = 100


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but that a connection is looked at before it is asked.

    Before its first use in a request Django asks a kept connection ``SELECT 1``: one trip of the nine of
    a booking. A server that has ended a connection has said so, and what it said waits to be read. Where
    nothing waits the connection is as good as after an answer; where something does, or anything has
    failed since, it is asked.
    """

    def is_usable(self) -> bool:
        if self.errors_occurred or self.connection is None or self._has_news():
            return bool(super().is_usable())
        return True

    def _has_news(self) -> bool:
        """Whether the server has said something that nobody asked for: its good-bye, most often."""
        if self.connection.closed or self.connection.broken:
            return True
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
