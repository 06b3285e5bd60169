"""A turn to write comes in order, and a wait for one ends where waits are limited."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bookonce.foundation.database import patience, writer_queue
from bookonce.foundation.database.writer_queue import QueueStands, take_turn


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    return SimpleNamespace(settings_dict={"NAME": str(tmp_path / "database")})


@pytest.fixture
def held(connection: Any) -> Iterator[None]:
    """Another process, or what is the same for flock another descriptor, has its turn."""
    other = os.open(f"{connection.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    yield
    os.close(other)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "_process", 0.1)
    monkeypatch.setattr(writer_queue, "LOOKS", 0.02)
    before = signal.getsignal(signal.SIGURG)
    writer_queue.end_long_waits()
    yield
    signal.signal(signal.SIGURG, before)


def is_free(connection: Any) -> bool:
    """Whether somebody else could have the next turn."""
    other = os.open(f"{connection.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(other)
    return True


@pytest.mark.parametrize("wait", [True, False])
def test_a_turn_is_taken_and_given_back(connection: Any, wait: bool) -> None:
    with take_turn(connection, wait=wait):
        assert not is_free(connection)
    assert is_free(connection)


def test_a_turn_is_given_back_after_a_failure_too(connection: Any) -> None:
    with pytest.raises(ValueError, match="trouble"), take_turn(connection, wait=True):
        raise ValueError("trouble")
    assert is_free(connection)


@pytest.mark.usefixtures("held")
def test_who_does_not_wait_is_told_at_once(connection: Any) -> None:
    with pytest.raises(QueueStands), take_turn(connection, wait=False):
        pass


@pytest.mark.usefixtures("held", "brief")
def test_a_wait_ends_in_the_main_thread_and_in_another(connection: Any) -> None:
    ended: list[float] = []

    def wait() -> None:
        begun = time.monotonic()
        with pytest.raises(QueueStands), take_turn(connection, wait=True):
            pass
        ended.append(time.monotonic() - begun)

    wait()
    connection.queue = None  # a thread has a descriptor of its own
    thread = threading.Thread(target=wait)
    thread.start()
    thread.join(20)
    assert len(ended) == 2
    assert min(ended) >= 0.1


@pytest.mark.usefixtures("brief")
def test_a_turn_that_comes_in_time_is_taken(connection: Any) -> None:
    other = os.open(f"{connection.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    threading.Timer(0.05, os.close, [other]).start()
    with take_turn(connection, wait=True):
        assert not is_free(connection)
    assert is_free(connection)
