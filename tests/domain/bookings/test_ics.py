"""A booking as a file, read back by two parsers that know nothing of each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject

from bookonce.domain.bookings.changes import cancel, move
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.ics import calendar_file
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import booking_snapshot
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
NASTY = 'Zoë; "the, boss" \\n\x0c\x1e\x85\u2028\r\nATTENDEE:mailto:eve@example.com 👩\u200d💻 ' + "ü" * 60


def both(file: bytes) -> tuple[Any, Any]:
    """The event as icalendar and as vobject read it."""
    return icalendar.Calendar.from_ical(file).walk("VEVENT")[0], vobject.readOne(file.decode()).vevent


def file_of(booking: Booking, method: str = "REQUEST", **more: Any) -> bytes:
    return calendar_file(booking_snapshot(booking), method, **more)


def test_both_parsers_read_the_agreed_time(hana: make.Team) -> None:
    one, other = both(file_of(make.booking(hana.calendar, AT)))
    assert one.decoded("dtstart") == other.dtstart.value == AT
    assert one.decoded("dtend") == other.dtend.value == AT + timedelta(minutes=30)
    assert one["dtstart"].params["TZID"] == "Europe/Berlin"
    assert (one["dtstart"].to_ical(), str(one["status"])) == (b"20261124T143000", "CONFIRMED")


def test_uid_and_organizer_stay_and_sequence_grows(hana: make.Team) -> None:
    booking = make.booking(hana.calendar, AT)
    files = [file_of(booking)]
    booking = move(booking, starts_at=AT + timedelta(days=1), by="guest", now=NOW)
    files.append(file_of(booking))
    files.append(file_of(cancel(booking, by="guest", now=NOW), "CANCEL"))
    read = [both(file) for file in files]
    assert [int(one["sequence"]) for one, _ in read] == [int(other.sequence.value) for _, other in read]
    assert [int(one["sequence"]) for one, _ in read] == [0, 1, 2]
    assert {str(one["uid"]) for one, _ in read} == {booking.uid}
    assert {str(one["organizer"]) for one, _ in read} == {"mailto:bookonce@localhost"}
    assert [str(one["status"]) for one, _ in read] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_lines_are_folded_and_end_as_they_must(hana: make.Team) -> None:
    file = file_of(make.booking(hana.calendar, AT, guest=Guest(name=NASTY, email="g@example.net")))
    assert file.endswith(b"END:VCALENDAR\r\n")
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(sign in line for line in lines for sign in (b"\n", b"\r", b"\x0c", b"\x1e"))
    for line in lines:
        line.decode()


@pytest.mark.parametrize("audience", ["guest", "host"])
def test_what_the_guest_typed_is_text(hana: make.Team, audience: str) -> None:
    booking = make.booking(hana.calendar, AT, guest=Guest(name=NASTY, email="gil@example.net"))
    one, other = both(file_of(booking, audience=audience))
    people = one["attendee"] if isinstance(one["attendee"], list) else [one["attendee"]]
    assert {str(person) for person in people} <= {
        "mailto:gil@example.net",
        f"mailto:{hana.owner.person.email}",
    }
    if audience == "host":
        assert str(one["summary"]) == other.summary.value == f"{booking.calendar.name}: {booking.guest_name}"


def test_the_second_of_two_equal_readings_is_told_in_utc(hana: make.Team) -> None:
    second = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    early = datetime(2026, 10, 20, tzinfo=UTC)
    one, other = both(file_of(make.booking(hana.calendar, second, now=early)))
    assert one.decoded("dtstart") == other.dtstart.value == second
    assert one["dtstart"].to_ical() == b"20261025T010000Z"


def test_only_the_guest_gets_the_manage_link_and_only_the_host_the_answers(hana: make.Team) -> None:
    calendar = make.team("Ask", "Theo", questions=[{"key": "why", "label": "Why", "kind": "text"}]).calendar
    booking = make.booking(calendar, AT, answers={"why": "A secret wish"})
    guests, hosts = file_of(booking, manage_url="https://x.test/b/t0k"), file_of(booking, audience="host")
    assert b"https://x.test/b/t0k" in guests
    assert b"secret wish" not in guests
    assert b"Why: A secret wish" in hosts


@pytest.mark.parametrize(
    ("guest", "host", "summary", "answer"),
    [("de", "en", "Intro call mit Hana", "First?: Yes"), ("en", "de", "Intro call with Hana", "First?: Ja")],
)
def test_a_file_speaks_the_language_of_whom_it_is_for(
    hana: make.Team, guest: str, host: str, summary: str, answer: str
) -> None:
    hana.owner.person.language = host
    hana.owner.person.save()
    hana.calendar.questions = [{"key": "first", "label": "First?", "kind": "checkbox"}]
    hana.calendar.save()
    gil = Guest("Gil", "gil@example.net", language=guest)
    booking = make.booking(hana.calendar, AT, guest=gil, answers={"first": True})
    for method in ("PUBLISH", "REQUEST", "CANCEL"):
        assert str(both(file_of(booking, method))[0]["summary"]) == summary
    hosts, _ = both(file_of(booking, audience="host"))
    assert (str(hosts["summary"]), str(hosts["description"])) == ("Intro call: Gil", answer)


def test_a_published_file_names_no_attendee(hana: make.Team) -> None:
    one, _ = both(file_of(make.booking(hana.calendar, AT), "PUBLISH"))
    assert "attendee" not in one
    assert "organizer" in one


def test_the_place_is_told(hana: make.Team) -> None:
    link = make.link(hana.calendar, location={"kind": "url", "value": "https://meet.example.org/a"})
    one, _ = both(file_of(make.booking(hana.calendar, AT, link=link)))
    assert str(one["location"]) == str(one["url"]) == "https://meet.example.org/a"
