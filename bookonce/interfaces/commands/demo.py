"""``bookonce demo``: a sample workspace, so that a newcomer sees every kind of link at once."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from bookonce.delivery.outbox.operations import SAMPLE, drop_waiting
from bookonce.delivery.outbox.queries import deliveries_about
from bookonce.domain.accounts.models import Person, Workspace
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import BookingRequest, book
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import LinkOptions
from bookonce.domain.links.queries import url_of
from bookonce.domain.workspaces.operations import Founded, found_with_owner
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import Refused, Sentence
from bookonce.foundation.guest_paths import calendar_path
from bookonce.interfaces.commands import prepare
from bookonce.interfaces.commands.init import own_zone
from bookonce.interfaces.commands.printed_commands import printed_command

# Reserved domains (RFC 2606), so that no mail reaches anybody by accident.
ADA = Guest(name="Ada Sample", email="ada@example.net", zone="Europe/London", language="en")
BEN = Guest(name="Ben Sample", email="ben@example.net", zone="America/New_York", language="en")


class WorkspaceNotEmpty(Refused):
    """There is a workspace already, and the sample was not asked for beside it."""

    title = "There is a workspace here already"


def run(args: argparse.Namespace) -> None:
    """Create the sample workspace and print the addresses to open."""
    prepare.prepare()
    # Random, because others may be able to reach the machine on which the sample runs.
    now, password = clock.now(), secrets.token_urlsafe(9)
    with prepare.only_one_process():
        if Workspace.objects.exists() and not args.another:
            raise WorkspaceNotEmpty(Sentence(BESIDE, command=printed_command("demo --another")))
        # All or nothing: after half a sample the next try would be refused, because a workspace exists.
        with transaction():
            founded = create_sample(password=password, now=now)
            told = fill_sample(founded, now=now)
    print(_how_to_begin(founded, password, told))


BESIDE = (
    "There is a workspace here already. "
    "To add the sample as one more, which shares nothing with it, run: {command}"
)


def create_sample(*, password: str, now: datetime) -> Founded:
    """Create the sample workspace with its owner."""
    return found_with_owner(
        "Demo",
        owner_name="Dana Demo",
        owner_email=_free_address(),
        zone=own_zone(),
        password=password,
        by="cli",
        now=now,
    )


def _free_address() -> str:
    """The owner's address: dana@, or the next dana2@ where a sample has been made before."""
    taken = set(Person.objects.filter(email__startswith="dana").values_list("email", flat=True))
    names = ("dana", *(f"dana{number}" for number in range(2, len(taken) + 2)))
    return next(email for name in names if (email := f"{name}@example.org") not in taken)


def fill_sample(founded: Founded, *, now: datetime) -> dict[str, str | None]:
    """Create calendars, links in every state, and bookings; returns description → address."""
    public = calendars.change_calendar(
        founded.calendar,
        by="cli",
        now=now,
        description="Half an hour to get to know each other.",
        location={"kind": "phone", "value": "+4930123456"},
    )
    closed = calendars.create_calendar(
        founded.owner,
        name="Consultation",
        description="An hour for your case. By invitation only.",
        minutes=[60],
        buffer_after=15,
        notice_minutes=120,
        visibility=Calendar.Visibility.LINK_ONLY,
        by="cli",
        now=now,
    )
    kept = LinkOptions(label="For Ada", recipient_name=ADA.name, recipient_email=ADA.email)
    fresh = _mint(closed, kept, now=now)
    used = _mint(closed, replace(kept, label="Used by Ada"), now=now)
    first = _book(closed, ADA, link=used, now=now)
    # Now is enough: expiry is a comparison, not the work of a job.
    expired = _mint(closed, LinkOptions(label="Too late", expires_at=now), now=now)
    revoked = links.revoke(_mint(closed, LinkOptions(label="Taken back"), now=now), by="cli", now=now)
    _mint(public, LinkOptions(label="Opens tomorrow", opens_at=now + timedelta(days=1)), now=now)
    _book(public, BEN, link=None, now=now)
    return {
        "a one-time link, still good": url_of(fresh),
        "one that was used": url_of(used),
        "one that has expired": url_of(expired),
        "one that was taken back": url_of(revoked),
        "the booking of the used one": bookings.manage_url(first),
        "a calendar that anybody can book": settings.BASE_URL
        + calendar_path(founded.workspace.slug, public.slug),
    }


def _mint(calendar: Calendar, terms: LinkOptions, *, now: datetime) -> Link:
    return links.mint(calendar, terms, by="cli", via="cli", now=now)


def _book(calendar: Calendar, guest: Guest, *, link: Link | None, now: datetime) -> Booking:
    start = clock.seconds_of_instant(now)
    [(at, _), *_] = bookings.open_slots(calendar, start=start, end=start + 30 * 86400, now=now, link=link)
    booking = book(
        calendar, BookingRequest(clock.instant_of_seconds(at), guest), now=now, by="guest", link=link
    )
    if settings.EMAIL_URL:
        # Nobody has these addresses: a real mail server would only get bounces.
        drop_waiting(deliveries_about(booking.pk), now=now, why=SAMPLE)
    return booking


def _how_to_begin(founded: Founded, password: str, told: dict[str, str | None]) -> str:
    widest = max(map(len, told))
    slug = f"{founded.workspace.slug}/{founded.calendar.slug}"
    return "\n".join(
        [
            "",
            "  A sample workspace is ready. Open:",
            *(f"    {words:<{widest}}  {url}" for words, url in told.items()),
            "",
            "  Mint another one-time link:",
            f"    {printed_command(f'mint {slug}')}",
            "",
            f"  Its owner is {founded.owner.person.email}, with the password {password}",
            f"  A key for programs: {founded.api_key}",
            "",
        ]
    )
