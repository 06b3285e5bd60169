"""What ``/metrics`` counts is what people and programs are told."""

from __future__ import annotations

import pytest

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import STATES, with_state
from bookonce.interfaces.health.metrics import metrics_text
from tests import make
from tests.make import NOW, later


@pytest.fixture
def one_of_each(hana: make.Team) -> Link:
    """A link in each state; the one that is active."""
    link = make.link(hana.calendar)
    make.booking(hana.calendar, link=make.link(hana.calendar))
    make.link(hana.calendar, expires_at=later(-1))
    make.link(hana.calendar, opens_at=later(1))
    revoked = make.link(hana.calendar)
    Link.objects.filter(pk=revoked.pk).update(revoked_at=NOW)
    return link


def told() -> dict[str, int]:
    lines = (line.split() for line in metrics_text(now=NOW).splitlines() if line.count(" ") == 1)
    return {name: int(value) for name, value in lines if name.startswith("bookonce_links{")}


def listed() -> dict[str, int]:
    links = {state: with_state(Link.objects.all(), state, now=NOW).count() for state in STATES}
    return {f'bookonce_links{{state="{state}"}}': count for state, count in links.items()}


def test_links_are_counted_as_they_are_listed(one_of_each: Link, sam: make.Team) -> None:
    make.link(sam.calendar)
    assert told() == listed()
    calendars.archive_calendar(one_of_each.calendar, by="test", now=NOW)
    assert told() == listed()
    assert told()['bookonce_links{state="active"}'] == 1
    assert told()['bookonce_links{state="revoked"}'] == 5
