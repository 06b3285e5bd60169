"""An archived calendar can come back as it was, with its links; a copy has the rules and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars import queries
from bookonce.domain.calendars.errors import CalendarChanged, CalendarUnknown, SlugTaken
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.queries import refusal_of, state_of
from bookonce.domain.schemas.output_calendars import describe_calendar
from bookonce.domain.schemas.types import SLUG
from tests import make

LONG = "donaudampfschifffahrtselektrizitatenhauptbetriebswerkbauunte"
LATER = make.NOW + timedelta(days=1)


def _again(calendar: Calendar) -> Calendar:
    return Calendar.objects.get(pk=calendar.pk)


def _archived(calendar: Calendar) -> Calendar:
    calendars.archive_calendar(calendar, by="test", now=make.NOW)
    return _again(calendar)


@pytest.mark.parametrize(
    "slug",
    ["intro-call", LONG, "term-202612312359", "term-991231235959", "term-261122060000", "term-000000000000"],
)
def test_undo_brings_back_the_address_and_the_links(hana: make.Team, slug: str) -> None:
    calendar = calendars.change_calendar(hana.calendar, slug=slug, by="test", now=make.NOW)
    link = make.link(calendar)
    archived = _archived(calendar)
    link.calendar = archived
    assert refusal_of(link, now=make.NOW)
    with pytest.raises(CalendarUnknown):
        queries.find_public_calendar(hana.workspace.slug, slug)
    link.calendar = calendars.restore_calendar(archived, by="test", now=LATER)
    assert refusal_of(link, now=make.NOW) is None
    assert state_of(link, now=make.NOW) == "active"
    assert queries.find_public_calendar(hana.workspace.slug, slug).pk == calendar.pk
    assert _again(calendar).version > archived.version


def test_an_archived_calendar_gives_up_its_address_to_one_in_use(hana: make.Team) -> None:
    first = _archived(hana.calendar)
    second = calendars.create_calendar(hana.owner, name="Intro call", by="test", now=make.NOW)
    assert second.slug == first.slug == "intro-call"
    back = calendars.restore_calendar(first, by="test", now=LATER)
    assert back.slug == "intro-call-2"
    assert _again(second).slug == "intro-call"


def test_an_address_that_was_given_up_is_known_by_its_form(hana: make.Team) -> None:
    first = _archived(hana.calendar)
    second = calendars.create_calendar(hana.owner, name="Intro call", by="test", now=make.NOW)
    calendars.change_calendar(second, slug="other", by="test", now=make.NOW)
    given_up = _again(first).slug
    assert not re.fullmatch(SLUG, given_up), "somebody could choose it"
    assert calendars.restore_calendar(first, by="test", now=LATER).slug == "intro-call"


@pytest.mark.parametrize("given_up", ["intro-call-261123060000", "intro-call-261123235959"])
def test_one_that_was_given_up_before_comes_back_too(hana: make.Team, given_up: str) -> None:
    """Until 0.2.0 a single hyphen stood before the time."""
    archived = _archived(hana.calendar)
    Calendar.objects.filter(pk=archived.pk).update(slug=given_up)
    assert calendars.restore_calendar(archived, by="test", now=LATER).slug == "intro-call"


def test_a_long_address_that_was_given_up_fits(hana: make.Team) -> None:
    first = _archived(calendars.change_calendar(hana.calendar, slug=LONG, by="test", now=make.NOW))
    calendars.create_calendar(hana.owner, name="Long", slug=LONG, by="test", now=make.NOW)
    assert len(_again(first).slug) == 60
    back = calendars.restore_calendar(first, by="test", now=LATER)
    assert LONG.startswith(back.slug)


def test_a_calendar_in_use_keeps_its_address(hana: make.Team) -> None:
    other = calendars.create_calendar(hana.owner, name="Other", by="test", now=make.NOW)
    with pytest.raises(SlugTaken):
        calendars.change_calendar(other, slug="intro-call", by="test", now=make.NOW)
    assert _again(hana.calendar).slug == "intro-call"


def test_nobody_elses_archived_calendar_is_touched(hana: make.Team, sam: make.Team) -> None:
    archived = _archived(sam.calendar)
    calendars.change_calendar(hana.calendar, slug=archived.slug, by="test", now=make.NOW)
    assert _again(sam.calendar).slug == archived.slug


def test_restoring_twice_changes_nothing(hana: make.Team) -> None:
    calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    first = calendars.restore_calendar(hana.calendar, by="test", now=LATER)
    again = calendars.restore_calendar(hana.calendar, by="test", now=LATER + timedelta(days=1))
    assert (first.version, first.changed_at) == (again.version, again.changed_at)


def test_a_copy_has_the_rules_and_no_links(hana: make.Team) -> None:
    original = calendars.change_calendar(
        hana.calendar,
        minutes=[20, 40],
        location={"kind": "ask", "value": ""},
        contact={"email": ""},
        visibility="link_only",
        by="test",
        now=make.NOW,
    )
    make.link(original)
    copy = calendars.duplicate_calendar(original, name="Intro call (copy)", by="test", now=LATER)
    assert copy.slug == "intro-call-copy"
    assert not copy.links.exists()
    assert copy.owner == original.owner
    own = {"id", "name", "slug", "created_at", "hosts", "url"}
    told, was = dict(describe_calendar(copy)), dict(describe_calendar(original))
    assert {name: told[name] for name in told if name not in own} == {
        name: was[name] for name in was if name not in own
    }
    assert (
        calendars.duplicate_calendar(original, name="Intro call (copy)", by="test", now=LATER).slug
        == "intro-call-copy-2"
    )


def test_a_change_over_an_older_version_changes_nothing(hana: make.Team) -> None:
    seen = hana.calendar.version
    calendars.change_calendar(hana.calendar, name="Hers", version=seen, by="test", now=make.NOW)
    with pytest.raises(CalendarChanged):
        calendars.change_calendar(hana.calendar, name="His", version=seen, by="test", now=make.NOW)
    assert _again(hana.calendar).name == "Hers"
