"""A build with a database and a data folder of its own, where its commands can be run."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.builds import ROOT, Build
from tests.provision.postgres import GIVEN, create_database, drop_database, postgres_server

INSIDE = (ROOT / "bench" / "inside.py").read_text()
"""Read once: what is edited while a comparison runs must not be measured."""


@dataclass
class Installation:
    """A migrated database with a data folder, used by one build alone."""

    build: Build
    kind: str
    url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    server: str = ""
    """The PostgreSQL server's own address."""

    @property
    def environment(self) -> dict[str, str]:
        """The settings that every measured process has: the same for each build."""
        ours = {
            "BOOKONCE_DATA": str(self.folder),
            "BOOKONCE_DATABASE_URL": self.url,
            "BOOKONCE_SECRET_KEY": "a key for benches, long enough and known to everybody",
            "BOOKONCE_RATE_LIMITS": "off",
            "BOOKONCE_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "bookonce.settings",
        }
        return ours | self.settings

    @property
    def path(self) -> str:
        """The file of an SQLite database."""
        return self.url.removeprefix("sqlite:///")

    def run(self, *module: str, given: str = "") -> str:
        """Run ``python -m …`` here and give what it prints; its failure is ours."""
        return self.build.run("-m", *module, given=given, settings=self.environment)

    def world(self, verb: str, **how: Any) -> Any:
        """Have the build's own ``bench.world`` make something, or make it through its commands and API."""
        if self.build.fills_by_itself(verb):
            return json.loads(self.run("bench.world", verb, given=json.dumps(how)))
        from bench import fill_by_api

        return fill_by_api.VERBS[verb](self, **how)

    def inside(self, verb: str, **how: Any) -> Any:
        """Have ``bench/inside.py`` of *this* checkout measure something in a process of the build."""
        return inside(self.build, verb, self.environment, **how)


def inside(build: Build, verb: str, settings: dict[str, str] | None = None, **how: Any) -> Any:
    """Run a verb of ``bench/inside.py`` with the build's interpreter and package."""
    return json.loads(build.run("-c", INSIDE, verb, given=json.dumps(how), settings=settings or {}))


@contextmanager
def new_installation(build: Build, kind: str) -> Iterator[Installation]:
    """A new database of this kind, ``postgres`` or ``sqlite``, migrated by the build and empty."""
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="bookonce-bench-")))
        server, url = "", f"sqlite:///{folder}/bench.sqlite3"
        if kind == "postgres":
            server = until_the_end.enter_context(_own_server())
            name = f"bookonce_bench_{secrets.token_hex(4)}"
            url = create_database(server, name)
            until_the_end.callback(drop_database, server, name)
        here = Installation(build, kind, url, folder, server=server)
        here.run("bookonce.cli", "migrate")
        yield here


@contextmanager
def _own_server() -> Iterator[str]:
    """A server that nobody else uses: its processor time is counted as a whole."""
    os.environ.pop(GIVEN, None)
    with postgres_server() as url:
        yield url
