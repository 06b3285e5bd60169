"""How long a link lives where nobody says so is worked out as it is minted, whoever asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bookonce.domain.links import link_requests, minting
from bookonce.domain.links.models import Ask, Link
from bookonce.domain.links.operations import LinkOptions
from tests import make
from tests.make import NOW

DAYS = 14
LIFE = timedelta(days=DAYS)
LATER = NOW + timedelta(days=8)


@pytest.fixture
def short(hana: make.Team) -> make.Team:
    """Hana's team, whose links live for two weeks."""
    make.living(hana.workspace, DAYS)
    hana.calendar.workspace.refresh_from_db()
    return hana


CASES = [
    (LinkOptions(), NOW + LIFE),
    (LinkOptions(opens_at=LATER), LATER + LIFE),
    (LinkOptions(opens_at=NOW - LIFE), NOW + LIFE),
    (LinkOptions(expires_at=None), None),
    (LinkOptions(expires_at=LATER), LATER),
]


@pytest.mark.parametrize(("terms", "end"), CASES)
def test_alone_and_among_many_it_ends_alike(
    short: make.Team, terms: LinkOptions, end: datetime | None
) -> None:
    alone = make.link(short.calendar, opens_at=terms.opens_at, expires_at=terms.expires_at)
    made = minting.mint_many(short.calendar, [terms], by="cli", via="cli", now=NOW)
    ends = Link.objects.filter(pk__in=[alone.pk, *made.ids]).values_list("expires_at", flat=True)
    assert list(ends) == [end, end]


def test_in_a_workspace_without_one_it_lives_for_ever(hana: make.Team) -> None:
    assert make.link(hana.calendar, opens_at=LATER).expires_at is None


def test_an_answer_to_who_asks_for_a_new_link_lives_as_long(short: make.Team) -> None:
    old = make.link(short.calendar, opens_at=NOW - LIFE, expires_at=NOW)
    link_requests.request_new_link(old, name="Gil", reach="gil@example.net", now=NOW)
    new = link_requests.answer_request(Ask.objects.get(), by="mem_1", via="page", now=NOW)
    assert (new.opens_at, new.expires_at) == (None, NOW + LIFE)
