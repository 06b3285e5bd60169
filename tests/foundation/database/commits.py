"""What each commit writes: for tests of how long one holds the only writer of SQLite, which rows say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections


@contextmanager
def rows_of_each_commit(count: Callable[[], int]) -> Iterator[list[int]]:
    """By how much ``count``, a number of rows, grows with each commit of this thread that it grows with."""
    connection, grown, before = connections["default"], [], [count()]
    commit = connection._commit  # type: ignore[attr-defined]

    def counted() -> None:
        now = count()
        if now != before[0]:
            grown.append(now - before[0])
        before[0] = now
        commit()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_commit", counted)
        yield grown
