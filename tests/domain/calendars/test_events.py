"""Whatever is done to a calendar is written down in the same commit: what, and who did it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.errors import CalendarChanged, SlugTaken
from bookonce.domain.calendars.models import Calendar
from bookonce.foundation.errors import Invalid
from bookonce.foundation.tokens import public_id
from tests import make
from tests.make import NOW

BY = "mem_1"


def told(since: Event) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, by whom and what of every event since."""
    found = Event.objects.filter(pk__gt=since.pk).order_by("pk")
    return [(event.kind, event.by, event.snapshot) for event in found]


@pytest.fixture
def last(hana: make.Team) -> Event:
    """The last event before the test."""
    return Event.objects.latest("pk")


def about(calendar: Calendar) -> dict[str, Any]:
    return {"calendar": public_id("cal", calendar.pk), "name": calendar.name, "slug": calendar.slug}


def test_making_one_is_told_once(hana: make.Team, last: Event) -> None:
    key = uuid4()
    made = calendars.create_calendar(hana.owner, name="Other", key=key, by=BY, now=NOW)
    calendars.create_calendar(hana.owner, name="Other", key=key, by=BY, now=NOW)
    assert told(last) == [("calendar.created", BY, about(made))]
    assert Event.objects.latest("pk").workspace_id == hana.workspace.pk
    assert not Delivery.objects.exists()


def test_a_copy_says_of_what(hana: make.Team, last: Event) -> None:
    key, original = uuid4(), public_id("cal", hana.calendar.pk)
    copy = calendars.duplicate_calendar(hana.calendar, name="Copy", key=key, by=BY, now=NOW)
    calendars.duplicate_calendar(hana.calendar, name="Copy", key=key, by=BY, now=NOW)
    assert told(last) == [("calendar.created", BY, about(copy) | {"copy_of": original})]


def test_a_change_names_what_is_another_now_and_nothing_of_what_it_says(hana: make.Team, last: Event) -> None:
    terms = {"minutes": [45], "contact": {"email": "desk@example.org"}, "zone": hana.calendar.zone}
    changed = calendars.change_calendar(hana.calendar, by=BY, now=NOW, hosts=[hana.owner], **terms)
    again = calendars.change_calendar(changed, by=BY, now=NOW, hosts=[hana.owner], **terms)
    assert told(last) == [("calendar.changed", BY, about(again) | {"fields": ["contact", "minutes"]})]


def test_other_hosts_are_a_change(hana: make.Team, last: Event) -> None:
    hana.calendar.hosting.all().delete()
    calendars.change_calendar(hana.calendar, by=BY, now=NOW, hosts=[hana.owner])
    assert [data["fields"] for _, _, data in told(last)] == [["hosts"]]


def test_archiving_and_restoring_are_told_once_each(hana: make.Team, last: Event) -> None:
    for _ in range(2):
        calendars.archive_calendar(hana.calendar, by=BY, now=NOW)
    for _ in range(2):
        calendars.restore_calendar(hana.calendar, by="mem_2", now=NOW)
    assert [(kind, by) for kind, by, _ in told(last)] == [
        ("calendar.archived", BY),
        ("calendar.restored", "mem_2"),
    ]


def test_what_is_refused_is_not_told(hana: make.Team) -> None:
    calendars.create_calendar(hana.owner, name="Other", by=BY, now=NOW)
    before = Event.objects.latest("pk")
    with pytest.raises(SlugTaken):
        calendars.change_calendar(hana.calendar, slug="other", by=BY, now=NOW)
    with pytest.raises(SlugTaken):
        calendars.create_calendar(hana.owner, name="Third", slug="other", by=BY, now=NOW)
    with pytest.raises(Invalid):
        calendars.change_calendar(hana.calendar, hours={"mon": [["17:00", "09:00"]]}, by=BY, now=NOW)
    with pytest.raises(CalendarChanged):
        calendars.change_calendar(hana.calendar, minutes=[45], version=1, by=BY, now=NOW)
    assert not told(before)
