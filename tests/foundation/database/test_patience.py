"""All waits of a request end together where nothing moves on, and none ends where others get through."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from bookonce.domain.calendars.models import Calendar
from bookonce.foundation.database import patience, transactions
from bookonce.foundation.database.patience import WEB, is_used_up, note_stall, one_request, seconds_left
from bookonce.foundation.database.transactions import Busy, transaction
from bookonce.foundation.errors import Refused
from tests import make


@pytest.fixture(autouse=True)
def web(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits of a web process that has begun a moment ago."""
    monkeypatch.setattr(patience, "_process", WEB)
    monkeypatch.setattr(patience, "_moved_on", float("-inf"))
    monkeypatch.setattr(patience, "_stall", patience._Stall())
    monkeypatch.setattr(patience, "_writing", {})


def left() -> float:
    seconds = seconds_left()
    assert seconds is not None
    return seconds


def ago(seconds: float) -> float:
    return time.monotonic() - seconds


def test_waits_of_one_request_share_their_seconds() -> None:
    note_stall()
    with one_request(ago(2.0), only_looks=False):
        assert 0.5 < left() <= 1.0
        with patience.allow_longer(60):
            assert 50 < left() <= 60
        # What took long by permission took nothing from the rest.
        assert 2.5 < left() <= 3
    assert left() > 2.5


def test_waiting_for_a_thread_counts_only_while_nothing_moves() -> None:
    with one_request(ago(30), only_looks=False):
        assert left() > 2.5
    patience._writing[0] = ago(2)  # another thread's
    with one_request(ago(30), only_looks=False):
        assert 0.5 < left() <= 1
    with one_request(ago(1), only_looks=False):
        assert 1.5 < left() <= 2


def test_who_has_waited_behind_a_standing_database_need_not_try_it() -> None:
    patience._writing[0] = ago(4)
    with one_request(ago(2.9), only_looks=False):
        assert is_used_up()
    with one_request(ago(2.9), only_looks=True):
        assert not is_used_up()
    patience._writing.clear()
    with one_request(ago(0), only_looks=True):
        note_stall()
    with one_request(ago(2.9), only_looks=True):
        assert not is_used_up(), "the other began to wait just now"


@pytest.mark.parametrize("waited", [0.0, 4.0])
def test_a_stall_of_who_looked_stops_looking(waited: float) -> None:
    with one_request(ago(0), only_looks=True):
        patience._here.since = ago(waited)
        note_stall()
    with one_request(ago(3.5), only_looks=True):
        assert is_used_up() == (waited > 3)


def test_who_gets_through_gives_everybody_their_seconds_anew() -> None:
    patience._writing[0] = ago(4)
    with one_request(ago(3.5), only_looks=False):
        assert left() == 0
        waiting = patience.current_deadline()
        with pytest.raises(Refused), patience.note_writer():
            raise Refused
        assert left() > 2.5
        assert waiting.seconds_left() > 2.5


def test_who_fails_at_the_database_gives_nobody_more() -> None:
    patience._writing[0] = ago(4)
    with one_request(ago(3.5), only_looks=False):
        with pytest.raises(OperationalError), patience.note_writer():
            raise OperationalError("locked")
        assert left() == 0


@contextmanager
def locked(calendar: Any) -> Iterator[None]:
    """Another program, which knows no queue, holds what is to be written."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        other = sqlite3.connect(given["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()
        other.close()
        return
    params = connection.get_connection_params()
    parts = ("host", "port", "user", "dbname", "password")
    names = {part: params[part] for part in parts if params.get(part)}
    with psycopg.connect(**names) as away:
        away.execute("SELECT 1 FROM bookonce_calendar WHERE id = %s FOR UPDATE", [calendar.pk])
        yield
        away.rollback()


def change(calendar: Any, *, wait: bool = True) -> None:
    with transaction(wait=wait):
        Calendar.objects.filter(pk=calendar.pk).update(name="Other")


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_comes_late_leaves_what_is_left_for_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = make.team().calendar
    patience._writing[0] = ago(4)
    with locked(calendar):
        begun = time.monotonic()
        with one_request(ago(WEB - 0.1), only_looks=False), pytest.raises(OperationalError):
            change(calendar)
        # SQLite's own patience is a minute here, PostgreSQL's has no end.
        assert time.monotonic() - begun < WEB
    change(calendar)


@pytest.mark.django_db(transaction=True)
def test_who_would_not_wait_does_not() -> None:
    calendar = make.team().calendar
    with locked(calendar):
        begun = time.monotonic()
        with pytest.raises((Busy, OperationalError)) as refused:
            change(calendar, wait=False)
        assert time.monotonic() - begun < WEB
    if connection.vendor == "postgresql":
        assert refused.type is Busy
    assert transactions.MOMENT < 1
    change(calendar, wait=False)
