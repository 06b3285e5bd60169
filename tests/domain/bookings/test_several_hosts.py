"""With a second host, put in by hand: pages and programs offer exactly what is accepted (promise 18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db import transaction as django_transaction
from django.test.utils import CaptureQueriesContext

from bookonce.domain.accounts.models import Member, Person
from bookonce.domain.bookings import changes, holds
from bookonce.domain.bookings.errors import SlotTaken
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import WHOLE
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import CalendarHost
from bookonce.domain.diary import guards
from bookonce.domain.diary import queries as diary
from bookonce.domain.diary.models import Diary, Hold
from bookonce.domain.diary.operations import open_diary
from bookonce.domain.links.queries import token_of
from bookonce.foundation import clock, tokens
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.interfaces.api.conftest import Program
from tests.interfaces.guest.conftest import address_of, manage_of
from tests.interfaces.guest.reading import Browser
from tests.make import NOW
from tests.races.invariants import broken

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Nine o'clock of the only day that is open, in Berlin."""

EVERY = [NINE + timedelta(minutes=15 * number) for number in range(-4, 20)]
"""All that somebody might ask for, on offer or not."""

NEITHER = {2, 4}
"""Of the eight half hours from nine to one, those at which no host is free."""


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now_precise", NOW.timestamp)


@pytest.fixture
def team(db: None) -> make.Team:
    return make.team(hours={"tue": [["09:00", "13:00"]]}, window_days=6)


@pytest.fixture
def hugo(team: make.Team) -> Member:
    return with_hugo(team)


def with_hugo(team: make.Team) -> Member:
    """A second host of the calendar."""
    person = Person.objects.create(name="Hugo", email="hugo@example.org", zone="Asia/Tokyo", created_at=NOW)
    member = Member.objects.create(workspace=team.workspace, person=person, created_at=NOW)
    with transaction():
        open_diary(member)
    CalendarHost.objects.create(calendar=team.calendar, member=member, position=1)
    return member


def half_hour(number: int) -> datetime:
    return NINE + timedelta(minutes=30 * number)


def occupy(team: make.Team, hugo: Member) -> None:
    """Hana is busy at 1, 2, 4 and 6, Hugo at 2, 3 and 4; at 4 they are by what links hold."""
    for member, numbers in ((team.owner, (1, 2, 6)), (hugo, (2, 3))):
        own = calendars.create_calendar(
            member, name=f"Of {member.person.name}", hours=make.ALWAYS, by="test", now=NOW
        )
        for number in numbers:
            make.booking(own, half_hour(number), guest=make.somebody())
        holds.hold_slot(make.link(own), half_hour(4), now=NOW)


def accepted(act: Callable[[datetime], Booking]) -> dict[datetime, str]:
    """At which of all times this works, and with whom; nothing of it is kept."""
    found = {}
    for at in EVERY:
        try:
            with django_transaction.atomic():
                found[at] = Booking.objects.get(pk=act(at).pk).host.person.name
                django_transaction.set_rollback(True)
        except SlotTaken:
            continue
    return found


def on_page(address: str) -> list[datetime]:
    page = Browser().open(f"{address}?day={NINE:%Y-%m-%d}")
    times = page.form("at").choices["at"] if any("at" in form.choices for form in page.forms) else []
    return [datetime.fromisoformat(time) for time in times]


def by_program(key: str | None, path: str) -> list[datetime]:
    found = Program(key).get(f"{path}/slots?from={NINE:%Y-%m-%d}&to=2026-11-25").json()["data"]
    return [datetime.fromisoformat(slot["starts_at"]) for slot in found]


def test_pages_and_programs_offer_what_is_accepted_and_with_whom(team: make.Team, hugo: Member) -> None:
    occupy(team, hugo)
    with_whom = accepted(lambda at: make.booking(team.calendar, at, link=make.link(team.calendar)))
    free = [half_hour(number) for number in range(8) if number not in NEITHER]
    assert list(with_whom) == free
    hosts = ["Hana", "Hugo", "Hana", "Hana", "Hugo", "Hana"]
    assert list(with_whom.values()) == hosts, "the first host who is free, in the order of their diaries"
    link = make.link(team.calendar)
    assert on_page(address_of(link)) == free
    assert on_page(f"/c/{team.workspace.slug}/{team.calendar.slug}") == free
    assert by_program(None, f"/public/links/{token_of(link)}") == free
    assert by_program(team.api_key, f"/calendars/{tokens.public_id('cal', team.calendar.pk)}") == free


def test_both_hosts_are_booked_at_one_time_and_then_nobody(team: make.Team, hugo: Member) -> None:
    booked = [make.booking(team.calendar, NINE, guest=make.somebody()) for _ in range(2)]
    assert [booking.host_id for booking in booked] == [team.owner.pk, hugo.pk]
    with pytest.raises(SlotTaken):
        make.booking(team.calendar, NINE, guest=make.somebody())
    assert NINE not in on_page(address_of(make.link(team.calendar)))
    assert broken() == []


def test_a_booking_can_be_moved_to_exactly_what_its_guest_is_offered(team: make.Team, hugo: Member) -> None:
    booking = make.booking(team.calendar, half_hour(7))
    occupy(team, hugo)
    moved = accepted(lambda at: changes.move(fresh(booking), starts_at=at, by="guest", now=NOW))
    assert moved.pop(half_hour(7)) == "Hana"
    assert on_page(f"{manage_of(booking)}/move") == list(moved)


def test_whoever_hosts_no_more_is_neither_offered_nor_booked(team: make.Team, hugo: Member) -> None:
    booking = make.booking(team.calendar, half_hour(7))
    occupy(team, hugo)
    team.calendar.hosting.filter(member=team.owner).delete()
    CalendarHost.objects.filter(member=hugo, calendar=team.calendar).update(position=0)
    moved = accepted(lambda at: changes.move(fresh(booking), starts_at=at, by="guest", now=NOW))
    assert moved.pop(half_hour(7)) == "Hana", "to the time that it has, a move is no change"
    assert list(moved) == [half_hour(number) for number in (0, 1, 5, 6)]
    assert set(moved.values()) == {"Hugo"}
    assert on_page(f"{manage_of(booking)}/move") == list(moved)
    assert changes.move(fresh(booking), starts_at=half_hour(6), by="guest", now=NOW).host_id == hugo.pk
    assert broken() == []


def fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related(*WHOLE).get(pk=booking.pk)


def test_a_second_host_costs_a_look_at_the_times_no_statement(team: make.Team) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            make.slots(team.calendar)
        return len(asked)

    alone = statements()
    with_hugo(team)
    assert statements() == alone == 2


def test_a_link_holds_the_time_of_one_host(team: make.Team, hugo: Member) -> None:
    first, second = make.link(team.calendar), make.link(team.calendar)
    for link in (first, second):
        assert holds.hold_slot(link, NINE, now=NOW) == make.later(10)
    mine, other = diary.hosts_of(team.calendar.pk)
    assert dict(Hold.objects.values_list("link_id", "diary_id")) == {first.pk: mine, second.pk: other}
    assert NINE not in make.slots(team.calendar)
    assert NINE in make.slots(team.calendar, link=second)
    holds.hold_slot(first, half_hour(1), now=NOW)
    assert holds.hold_slot(second, NINE, now=NOW) == make.later(10), "another host's time is another hold"
    assert list(Hold.objects.filter(link=second).values_list("diary_id", flat=True)) == [mine]
    make.booking(team.calendar, NINE, link=second)
    assert not Hold.objects.filter(link=second).exists()


def test_a_link_has_one_hold_of_each_host(team: make.Team, hugo: Member) -> None:
    link, both = make.link(team.calendar), Diary.objects.order_by("pk")
    ends = {"starts_at": NINE, "ends_at": half_hour(1), "until": make.later(10)}
    for host in both:
        Hold.objects.create(link=link, diary=host, **ends)
    with pytest.raises(IntegrityError), django_transaction.atomic():
        Hold.objects.create(link=link, diary=both[0], **ends)
    assert NINE in make.slots(team.calendar, link=link)
    make.booking(team.calendar, NINE, link=link)
    assert not Hold.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_held_is_held_after_the_migration() -> None:
    team = make.team()
    link = make.link(team.calendar)
    [at] = make.slots(team.calendar, 1)
    holds.hold_slot(link, at, now=NOW)
    try:
        call_command("migrate", "bookonce", "0011", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert Hold.objects.get().link_id == link.pk
    assert guards.missing_guards() == []
    assert at not in make.slots(team.calendar)
    assert at in make.slots(team.calendar, link=link)


def test_the_api_still_refuses_two_hosts(team: make.Team, hugo: Member) -> None:
    hosts = [tokens.public_id("mem", member.pk) for member in (team.owner, hugo)]
    path = f"/calendars/{tokens.public_id('cal', team.calendar.pk)}"
    refused = Program(team.api_key).patch(path, {"hosts": hosts})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/hosts"
