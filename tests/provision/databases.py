"""A migrated, empty database in a moment: migrated once in a process of its own, then copied."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.provision.postgres import create_database, drop_database


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The address of a new database of the kind that BOOKONCE_DATABASE_URL names."""
    template = _template(os.environ["BOOKONCE_DATABASE_URL"])
    if template.startswith("sqlite:"):
        copy = shutil.copy(template.removeprefix("sqlite:///"), folder / f"{secrets.token_hex(4)}.sqlite3")
        yield f"sqlite:///{copy}"
        return
    server, name = _server(template), f"bookonce_own_{secrets.token_hex(4)}"
    try:
        yield create_database(server, name, template=urlsplit(template).path[1:])
    finally:
        drop_database(server, name)


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database of the same kind in which nothing is yet: not even a table."""
    url = os.environ["BOOKONCE_DATABASE_URL"]
    if url.startswith("sqlite:"):
        yield f"sqlite:///{folder}/{secrets.token_hex(4)}.sqlite3"
        return
    server, name = _server(url), f"bookonce_own_{secrets.token_hex(4)}"
    try:
        yield create_database(server, name)
    finally:
        drop_database(server, name)


def execute(url: str, statement: str) -> None:
    """Run one statement on the database at this address, beside whoever uses it."""
    if url.startswith("sqlite:"):
        import sqlite3  # the one that the program uses: another release must not open its file

        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=1)) as file, file:
            file.execute(statement)
        return
    with psycopg.connect(url) as server:
        server.execute(statement.encode())


@cache
def _template(url: str) -> str:
    if url.startswith("sqlite:"):
        template = f"{url}.template"
    else:
        name = urlsplit(url).path[1:] + "_template"
        drop_database(_server(url), name)
        template = create_database(_server(url), name)
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=bookonce.settings"]
    subprocess.run(migrate, env=os.environ | {"BOOKONCE_DATABASE_URL": template}, check=True)
    return template


def _server(url: str) -> str:
    return urlsplit(url)._replace(path="/postgres").geturl()
