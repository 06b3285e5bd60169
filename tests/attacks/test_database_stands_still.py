"""A database that stands still, or goes away, delays a request by seconds and costs nobody a link."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psutil
import psycopg

from tests.attacks.conftest import IN_FULL, Target

LIMIT = 4.5 if IN_FULL else 10.0
"""Seconds within which everybody is answered: three of patience (one in ``make test``), and one more for a
server that says nothing."""
TOGETHER = 24 if IN_FULL else 10
"""Requests at the same time: more than there are threads, so that some wait behind others."""


def ask(target: Target, path: str, body: Any = None) -> tuple[int, dict[str, str], Any, float]:
    """Status, headers, JSON (or text) and seconds of a request."""
    begun = time.monotonic()
    sent = urllib.request.Request(
        f"http://localhost:{target.port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(sent, timeout=90) as answer:
            status, headers, said = answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            status, headers, said = answer.code, dict(answer.headers), answer.read()
    is_json = "json" in headers.get("content-type", "")
    return status, headers, json.loads(said) if is_json else said.decode(), time.monotonic() - begun


def booking(target: Target, page: str) -> tuple[str, dict[str, Any]]:
    """The address and the body that book this link's first time."""
    token = page.removeprefix("/o/")
    public = f"/api/v1/public/links/{token}"
    status, _, slots, _ = ask(target, f"{public}/slots")
    assert status == 200
    guest = {"name": "Gil Guest", "email": "gil@example.net"}
    return f"{public}/bookings", {"starts_at": slots["data"][0]["starts_at"], "guest": guest}


@contextmanager
def standing_still(url: str) -> Iterator[None]:
    """Another program holds what every booking needs: SQLite's writer, or PostgreSQL's rows of links."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        other.close()
        return
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE bookonce_link IN EXCLUSIVE MODE")
        yield
        other.rollback()


def check_busy(answers: list[tuple[int, dict[str, str], Any, float]]) -> None:
    for status, headers, said, seconds in answers:
        assert (status, said["code"]) == (503, "busy"), said
        assert headers["content-type"] == "application/problem+json"
        assert int(headers["retry-after"]) > 0
        assert seconds < LIMIT


def test_who_books_is_told_soon_and_the_link_stays(target: Target, own_database: str) -> None:
    page = target.new_link()
    address, body = booking(target, page)
    with standing_still(own_database), ThreadPoolExecutor(TOGETHER) as pool:
        trying = [pool.submit(ask, target, address, body) for _ in range(TOGETHER)]
        time.sleep(0.5)
        # Looking goes on.
        for path in ("/healthz", "/readyz", page):
            status, _, _, seconds = ask(target, path)
            assert seconds < LIMIT
            assert status == 200 or path == "/readyz"
        check_busy([one.result() for one in trying])
    status, _, made, _ = ask(target, address, body)
    assert status == 201, made


def test_a_page_that_cannot_be_looked_up_says_it_in_words(target: Target, own_database: str) -> None:
    page = target.new_link()
    with out_of_reach(own_database) as still_readable:
        status, headers, said, seconds = ask(target, page)
    assert seconds < LIMIT
    if still_readable:
        assert status == 200
    else:
        assert (status, headers["retry-after"]) == (503, "2")
        assert "<h1>Busy just now</h1>" in said
    assert ask(target, page)[0] == 200


@contextmanager
def out_of_reach(url: str) -> Iterator[bool]:
    """Nothing can be written and, where one program can keep others from it, nothing read: whether it can."""
    if url.startswith("sqlite"):
        with standing_still(url):
            yield True
        return
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE bookonce_link IN ACCESS EXCLUSIVE MODE")
        yield False
        other.rollback()


def test_connections_that_were_ended_are_made_anew(target: Target, own_database: str) -> None:
    page = target.new_link()
    assert ask(target, page)[0] == 200
    if own_database.startswith("postgres"):
        with psycopg.connect(own_database, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.5)  # until the last word of each has come
    assert [ask(target, page)[0] for _ in range(12)] == [200] * 12


if IN_FULL:  # the server that is frozen is that of other tests too

    def test_a_frozen_server_holds_nobody_for_long(target: Target, own_database: str) -> None:
        page = target.new_link()
        with frozen(own_database) as is_frozen, ThreadPoolExecutor(TOGETHER) as pool:
            asked = [pool.submit(ask, target, page) for _ in range(TOGETHER)]
            assert ask(target, "/healthz")[0] == 200
            status, _, said, _ = ask(target, "/readyz")
            answers = [one.result() for one in asked]
        if is_frozen:
            assert (status, said) == (503, "the database does not answer\n")
            assert {status for status, *_ in answers} == {503}
        assert max(seconds for *_, seconds in answers) < LIMIT
        assert ask(target, page)[0] == 200


@contextmanager
def frozen(url: str) -> Iterator[bool]:
    """The server, where there is one, does nothing at all: whether there is one."""
    if url.startswith("sqlite"):
        with standing_still(url):
            yield False
        return
    with psycopg.connect(url) as other:
        server = psutil.Process(other.info.backend_pid).parent()
    assert server is not None
    family = [*server.children(), server]
    try:
        for process in family:
            # A connection's process ends with the connection.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
        yield True
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
