"""What ``bench.world`` makes, made from outside: by ``bookonce init``, ``bookonce mint`` and the public API.

It fills the databases of two builds alike where one of them has no ``bench.world``, or one that lacks a verb.
It is slower and knows no keys of rows, so what needs those (pgbench) is not measured with it.
"""

from __future__ import annotations

import json
import secrets
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.installations import Installation
from bench.servers import running

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {day: [["00:00", "24:00"]] for day in DAYS}
OFFICE = {day: [["09:00", "17:00"]] for day in DAYS[:5]}
MINUTES = 5
MOST_HOSTS = 4
"""Each is a start of the program."""


@dataclass(frozen=True)
class Team:
    """A new workspace with a host and a calendar."""

    port: int
    key: str
    calendar: str
    name: str

    def call(self, method: str, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            data=json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def change_calendar(self, **fields: Any) -> None:
        self.call("PATCH", f"/calendars/{self.calendar}", fields)


@contextmanager
def teams(here: Installation, number: int) -> Iterator[list[Team]]:
    """So many new workspaces, whose calendars are open day and night."""
    with running(here) as program:
        made = [_found(here, program.port) for _ in range(number)]
        for team in made:
            team.change_calendar(hours=ALWAYS, minutes=[MINUTES], window_days=365)
        yield made


def _found(here: Installation, port: int) -> Team:
    name = secrets.token_hex(6)
    owner = ("--owner-name", "Hana Host", "--owner-email", f"hana-{name}@example.org")
    printed = here.run(
        "bookonce.cli", "init", "--another", "--workspace", f"Team {name}", *owner, "--zone", "Europe/Berlin"
    )
    told = json.loads(printed)
    calendar = f"{told['workspace']['slug']}/{told['calendar']['slug']}"
    return Team(port, told["api_key"], told["calendar"]["id"], calendar)


def mint(here: Installation, team: Team, number: int) -> list[str]:
    """The tokens of so many new links."""
    printed = here.run("bookonce.cli", "mint", team.name, "--count", str(number))
    return [line.rpartition("/")[2] for line in printed.splitlines()]


def first_slot() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


def slot(number: int) -> str:
    return (first_slot() + timedelta(minutes=MINUTES * number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def bookings(here: Installation, count: int, hosts: int) -> list[dict[str, str]]:
    """So many links to book with, each with a time of its own, the hosts in turn."""
    number = min(hosts, MOST_HOSTS)
    with teams(here, number) as made:
        tokens = [mint(here, team, count // number + 1) for team in made]
    return [
        {"token": tokens[at % number][at // number], "starts_at": slot(at // number)} for at in range(count)
    ]


def busy_month(here: Installation, busy: int) -> dict[str, str]:
    """A link of a host who has so many meetings in the month to come, at hours as people keep them."""
    with teams(here, 1) as [team]:
        team.change_calendar(minutes=[15], window_days=60)
        first = first_slot().replace(hour=8)
        for number in range(busy):
            day, hour = divmod(number, 7)
            at = (first + timedelta(days=day, hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")
            guest = {"name": "Gil Guest", "email": f"busy{number}@example.net", "zone": "Europe/Berlin"}
            team.call("POST", "/bookings", {"calendar": team.calendar, "starts_at": at, "guest": guest})
        team.change_calendar(minutes=[30], hours=OFFICE)
        return {"token": mint(here, team, 1)[0]}


def one_link(here: Installation, slots: int) -> dict[str, Any]:
    """One link, and so many times at which its many holders want to come."""
    with teams(here, 1) as [team]:
        return {"token": mint(here, team, 1)[0], "slots": [slot(number) for number in range(slots)]}


def one_slot(here: Installation, links: int) -> dict[str, Any]:
    """So many links of one host, whose holders all want the same time."""
    with teams(here, 1) as [team]:
        return {"tokens": mint(here, team, links), "slot": slot(0)}


def calendar(here: Installation) -> dict[str, str]:
    """A calendar to mint links for, as the command names it."""
    with teams(here, 1) as [team]:
        return {"name": team.name}


VERBS = {verb.__name__: verb for verb in (bookings, busy_month, one_link, one_slot, calendar)}
