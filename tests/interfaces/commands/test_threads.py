"""A web server whose threads come and go holds no more connections than it has threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from bookonce.domain.accounts.models import Workspace
from bookonce.foundation.database.transactions import transaction
from bookonce.interfaces.commands.web import close_what_threads_left


@pytest.fixture
def served(transactional_db: None) -> Iterator[list[Any]]:
    """As in a process that serves; the connections that were made, all closed in the end."""
    made: list[Any] = []
    connection_created.connect(close_what_threads_left)
    try:
        yield made
    finally:
        connection_created.disconnect(close_what_threads_left)
        for each in made:
            each.close()


def is_open(of: Any) -> bool:
    try:
        of.execute("SELECT 1")
    except Exception as refused:
        if "closed" not in str(refused):
            raise
        return False
    return True


def queues() -> int:
    return sum(file.path.endswith("-queue") for file in psutil.Process().open_files())


def test_what_threads_leave_is_closed_as_soon_as_another_one_connects(served: list[Any]) -> None:
    def serve() -> None:
        with transaction():
            Workspace.objects.exists()
        served.append(connection.connection)

    before = queues()
    for _ in range(5):
        thread = threading.Thread(target=serve)
        thread.start()
        thread.join()
    assert [is_open(each) for each in served] == [False, False, False, False, True]
    assert queues() <= before + 1
