"""What the other tests stand on does what it says."""

from __future__ import annotations

import os
import socket
import sqlite3

import psycopg
import pytest

from tests.provision.plugin import _no_skip_in_ci
from tests.provision.sockets import NetworkShut


def test_a_database_of_ones_own_is_migrated_and_another_one(own_database: str) -> None:
    assert own_database != os.environ["BOOKONCE_DATABASE_URL"]
    question = "SELECT count(*) FROM bookonce_link"
    if own_database.startswith("sqlite:"):
        links = sqlite3.connect(own_database.removeprefix("sqlite:///"))
        assert links.execute(question).fetchone() == (0,)
        links.close()
    else:
        with psycopg.connect(own_database) as server:
            assert server.execute(question).fetchone() == (0,)


@pytest.mark.django_db
def test_the_environment_names_the_database_of_the_run() -> None:
    from django.db import connection

    assert os.environ["BOOKONCE_DATABASE_URL"].endswith(
        f"/{connection.settings_dict['NAME']}".replace("//", "/")
    )


@pytest.mark.django_db
def test_postgres_keeps_what_it_acknowledged() -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            assert cursor.fetchone() == ("on", "on")


@pytest.mark.parametrize("host", ["example.org", "10.1.2.3", "2001:db8::1"])
def test_other_machines_are_out_of_reach(host: str) -> None:
    with pytest.raises(NetworkShut, match=host):
        socket.create_connection((host, 80), timeout=1)


def test_this_machine_is_in_reach() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as here,
        socket.create_connection(here.getsockname(), timeout=1) as there,
    ):
        assert there.getpeername() == here.getsockname()


@pytest.mark.parametrize(("where", "outcome"), [("true", "failed"), ("", "skipped")])
def test_a_skip_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch, where: str, outcome: str) -> None:
    monkeypatch.setenv("CI", where)
    report = pytest.TestReport("a test", ("", 0, ""), {}, "skipped", ("", 0, "no browser"), "setup")
    assert _no_skip_in_ci(report).outcome == outcome
