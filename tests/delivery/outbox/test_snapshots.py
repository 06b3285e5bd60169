"""What an event tells is read in one form, whichever release recorded it."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.delivery.outbox import snapshots
from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings.queries import booking_snapshot
from bookonce.domain.bookings.snapshots import complete_first_version
from tests import make

HERE = f"{__name__}"


def add_colour(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"colour": "none"}


def add_size(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"size": len(data)}


@pytest.fixture
def two_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots about a thing have had two other shapes before today's."""
    known = {"first": add_colour, "second": add_size}
    monkeypatch.setattr(snapshots, "import_string", known.__getitem__)
    monkeypatch.setattr(snapshots, "_upgrades", {"thing": ("first", "second")})


def test_each_is_brought_up_from_where_it_is(two_changes: None) -> None:
    for recorded, read in (
        ({"id": "x"}, {"id": "x", "colour": "none", "size": 2}),
        ({"id": "x", "colour": "red", "version": 2}, {"id": "x", "colour": "red", "size": 2}),
        ({"id": "x", "size": 9, "version": 3}, {"id": "x", "size": 9}),
        ({"id": "of a newer release", "version": 8}, {"id": "of a newer release"}),
    ):
        assert snapshots.read_snapshot("thing.made", recorded) == read
    assert snapshots.read_snapshot("other.made", {"id": "x"}) == {"id": "x"}


def test_what_is_written_carries_todays_version(two_changes: None) -> None:
    assert snapshots.with_version("thing.made", {"id": "x"}) == {"id": "x", "version": 3}
    assert snapshots.with_version("other.made", {}) == {"version": 1}


@pytest.mark.django_db
def test_events_of_today_are_read_as_they_were_written(hana: make.Team) -> None:
    booking = make.booking(hana.calendar, link=make.link(hana.calendar))
    made = Event.objects.get(kind="booking.made")
    assert made.data["version"] == 2
    assert made.snapshot == booking_snapshot(booking)
    assert complete_first_version(made.snapshot) == made.snapshot
    assert all("version" in event.data and "version" not in event.snapshot for event in Event.objects.all())


@pytest.mark.django_db
def test_the_first_shapes_of_a_booking_say_all_that_todays_does(hana: make.Team) -> None:
    today = booking_snapshot(make.booking(hana.calendar))
    older = {name: value for name, value in today.items() if name != "owner_contact"}
    older["host"] = {name: value for name, value in today["host"].items() if name != "clock"}
    older["workspace"] = {"name": "Acme", "slug": "acme"}
    assert complete_first_version(older) == today
    with_contact = older | {"contact": {"phone": "+49 30 901820"}}
    assert complete_first_version(with_contact) == today | {
        "contact": None,
        "owner_contact": today["owner_contact"] | {"phone": "+49 30 901820"},
    }
