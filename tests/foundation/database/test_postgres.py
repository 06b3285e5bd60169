"""A kept connection is looked at before it is asked; one that the server has ended is made anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.signals import request_started
from django.db import connection
from psycopg import _queries

from bookonce.foundation.database import patience
from bookonce.interfaces.health import probes, readiness
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def ask() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()


@pytest.fixture
def kept() -> Iterator[Any]:
    """A connection that has served a request and waits for the next, as in the web processes."""
    before = connection.settings_dict["CONN_HEALTH_CHECKS"], connection.health_check_enabled
    connection.settings_dict["CONN_HEALTH_CHECKS"] = connection.health_check_enabled = True
    ask()
    yield connection
    connection.settings_dict["CONN_HEALTH_CHECKS"], connection.health_check_enabled = before


def begin_request() -> None:
    request_started.send(sender=None)
    connection.close_if_unusable_or_obsolete()


def must_not_be_asked(*_: Any, **__: Any) -> Any:
    raise AssertionError("asked")


def test_a_quiet_connection_is_not_asked(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if kept.vendor == "postgresql":
        with monkeypatch.context() as silent:
            silent.setattr(kept.connection, "cursor", must_not_be_asked)
            begin_request()
            assert kept.is_usable()
            kept.errors_occurred = True
            with pytest.raises(AssertionError, match="asked"):
                kept.is_usable()
            kept.errors_occurred = False
        assert ask() == (1,)


def test_a_connection_that_the_server_has_ended_is_made_anew(kept: Any) -> None:
    if kept.vendor == "postgresql":
        pid = kept.connection.info.backend_pid
        end(pid)
        begin_request()
        assert ask() == (1,)
        assert kept.connection.info.backend_pid != pid


def test_a_probe_makes_it_anew_too(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if kept.vendor == "postgresql":
        monkeypatch.setattr(probes, "unready_reason", lambda: str(ask()))
        end(kept.connection.info.backend_pid)
        assert readiness._look() == "(1,)"


def test_what_is_left_of_a_request_is_for_all_addresses_together(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kept.vendor == "postgresql":
        monkeypatch.setattr(patience, "_process", 12.0)
        monkeypatch.setitem(kept.settings_dict, "HOST", "127.0.0.1,127.0.0.2,127.0.0.3")
        assert kept.get_connection_params()["connect_timeout"] == 4
        with patience.one_request(0.0, only_looks=False):
            patience._here.since = time.monotonic() - 9
            assert kept.get_connection_params()["connect_timeout"] == 2
            patience._here.since = time.monotonic() - 12
            with pytest.raises(psycopg.OperationalError, match="no time is left"):
                kept.get_new_connection({})


def end(pid: int) -> None:
    """Have the server end this connection, and wait until it has said so."""
    given = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    for ours in ("context", "prepare_threshold"):
        given.pop(ours, None)
    with psycopg.connect(**given, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    time.sleep(0.05)


def test_the_statement_of_a_booking_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hana = make.team()
    make.booking(hana.calendar, link=make.link(hana.calendar))
    monkeypatch.setattr(_queries, "_query2pg_nocache", must_not_be_asked)
    assert make.booking(hana.calendar, link=make.link(hana.calendar)).pk
