"""The database backend that Django finds by its name (``ENGINE``)."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg import _queries

# The rows of a booking are one statement with 74 places. psycopg takes a statement with more than 50 apart
# anew each time, for an ORM hardly ever says one twice; this one is said at every booking.
_queries.MAX_CACHED_STATEMENT_PARAMS = 100


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a cheaper test of whether a kept connection still lives.

    Before its first use in a request Django sends ``SELECT 1`` over a kept connection: one round trip of the
    nine of a booking. A server that ends a connection sends a message first. Where none waits to be read the
    connection is good; where one does, or anything has failed since, Django's own test is made.
    """

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
