"""What benches stand on, made in the benched database by the product's own operations.

A process of its own, because a process knows one database: ``python -m bench.world VERB`` reads its
arguments as JSON from stdin and prints JSON. Another build fills its database by its own ``bench.world``
where both know the verb with these parameters, so a verb that comes to mean something else gets another name;
what it lacks, ``bench/fill_by_api.py`` does.
"""

from __future__ import annotations

import json
import random
import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import django

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
MINUTES = 5


def teams(count: int) -> list[Any]:
    """So many new workspaces with a host each, whose calendars are open day and night."""
    from bookonce.domain.calendars import operations as calendars
    from bookonce.domain.workspaces.operations import found_with_owner
    from bookonce.foundation import clock

    now = clock.now()
    made = []
    for _ in range(count):
        name = secrets.token_hex(6)
        team = found_with_owner(
            f"Team {name}",
            owner_name="Hana Host",
            owner_email=f"hana-{name}@example.org",
            zone="Europe/Berlin",
            password=None,
            now=now,
        )
        calendars.change_calendar(
            team.calendar, by="cli", now=now, hours=ALWAYS, minutes=[MINUTES], window_days=365
        )
        made.append(team)
    return made


def first_slot() -> datetime:
    from bookonce.foundation import clock

    return clock.now().replace(minute=0, second=0) + timedelta(days=2)


def slot(number: int) -> str:
    return (first_slot() + timedelta(minutes=MINUTES * number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def bookings(count: int, hosts: int) -> list[dict[str, Any]]:
    """So many links to book with, each with a time of its own, spread over the hosts by chance."""
    from bookonce.domain.diary.models import Diary
    from bookonce.domain.links.minting import mint_many
    from bookonce.domain.links.operations import LinkOptions
    from bookonce.foundation import clock, tokens

    chance, rows = random.Random(1), []
    for team in teams(hosts):
        share = count // hosts + 1
        minted = mint_many(team.calendar, [LinkOptions()] * share, by="cli", via="cli", now=clock.now())
        known = {
            "workspace_id": team.workspace.pk.hex,
            "calendar_id": team.calendar.pk.hex,
            "host_id": team.owner.pk.hex,
            "diary_id": Diary.objects.get(member=team.owner).pk,
        }
        for number, (key, token) in enumerate(zip(minted.ids, minted.tokens, strict=True)):
            # These names are read by benches of other revisions: they stay as they are.
            names = ("contact_id", "booking_id", "event_id", "guest_letter_id", "host_letter_id")
            own = {name: tokens.new_id().hex for name in names}
            rows.append({"link_id": key.hex, "token": token, "starts_at": slot(number), **known, **own})
    chance.shuffle(rows)
    return rows[:count]


def busy_month(busy: int) -> dict[str, str]:
    """A link of a host who has so many meetings in the month to come, at hours as people keep them."""
    from bookonce.domain.bookings.guest_details import Guest
    from bookonce.domain.bookings.operations import BookingRequest, book
    from bookonce.domain.calendars import operations as calendars
    from bookonce.domain.links.operations import mint
    from bookonce.foundation import clock

    [team] = teams(1)
    calendar = calendars.change_calendar(
        team.calendar, by="cli", now=clock.now(), minutes=[15], window_days=60
    )
    first = first_slot()
    for number in range(busy):
        day, place = divmod(number, 7)
        at = first.replace(hour=8) + timedelta(days=day, hours=place)
        guest = Guest("Gil Guest", f"busy{number}@example.net")
        book(calendar, BookingRequest(at, guest), now=clock.now(), by="guest")
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = calendars.change_calendar(calendar, by="cli", now=clock.now(), minutes=[30], hours=week)
    from bookonce.domain.links.queries import token_of

    return {"token": token_of(mint(calendar, by="cli", via="cli", now=clock.now())) or ""}


def one_link(slots: int) -> dict[str, Any]:
    """One link, and so many times at which its many holders want to come."""
    from bookonce.domain.links.operations import mint
    from bookonce.domain.links.queries import token_of
    from bookonce.foundation import clock

    [team] = teams(1)
    link = mint(team.calendar, by="cli", via="cli", now=clock.now())
    return {"token": token_of(link), "slots": [slot(number) for number in range(slots)]}


def one_slot(links: int) -> dict[str, Any]:
    """So many links of one host, whose holders all want the same time."""
    from bookonce.domain.links.minting import mint_many
    from bookonce.domain.links.operations import LinkOptions
    from bookonce.foundation import clock

    [team] = teams(1)
    minted = mint_many(team.calendar, [LinkOptions()] * links, by="cli", via="cli", now=clock.now())
    return {"tokens": minted.tokens, "slot": slot(0)}


def calendar() -> dict[str, str]:
    """A calendar to mint links for, as the command names it."""
    [team] = teams(1)
    return {"name": f"{team.workspace.slug}/{team.calendar.slug}"}


VERBS = {verb.__name__: verb for verb in (bookings, busy_month, one_link, one_slot, calendar)}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(VERBS[sys.argv[1]](**json.load(sys.stdin))))
