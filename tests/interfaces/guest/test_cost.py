"""What a page costs, in statements: the same with an empty diary and a full one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.domain.diary.models import Diary, Hold
from bookonce.domain.links import observations
from bookonce.foundation.database import guarded_rows
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of

pytestmark = pytest.mark.django_db

MOST = 6
OF_A_LINK = 3


@pytest.fixture
def full(hana: make.Team, monkeypatch: pytest.MonkeyPatch, time: Time) -> make.Team:
    """Hana with two hundred busy ranges in the next weeks."""
    monkeypatch.setattr(observations, "record_observation", lambda *_, **__: None)
    diary = Diary.objects.get()
    held: list[Any] = [
        Hold(
            diary=diary,
            link_id=make.link(hana.calendar).pk,
            starts_at=make.later(60 + 90 * number),
            ends_at=make.later(120 + 90 * number),
            until=make.later(9),
        )
        for number in range(200)
    ]
    for hold in held:
        guarded_rows.insert_unless_conflict(hold)
    return hana


@pytest.mark.parametrize("query", ["", "?day=2026-11-25", "?month=2026-12", "?zone=Asia/Tokyo"])
def test_the_page_of_a_link_costs_few_statements(full: make.Team, query: str) -> None:
    address = address_of(make.link(full.calendar)) + query
    Client().get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert Client().get(address).status_code == 200
    assert len(asked) <= OF_A_LINK, [query["sql"] for query in asked.captured_queries]


def test_other_pages_cost_no_more(full: make.Team) -> None:
    booking = make.booking(full.calendar, make.later(60 * 24 * 40))
    addresses = ["/o/unknown", f"/c/{full.workspace.slug}/{full.calendar.slug}", manage_of(booking)]
    for address in [
        *addresses,
        f"{manage_of(booking)}?booked=1",
        f"{manage_of(booking)}/move",
        f"{manage_of(booking)}/cancel",
    ]:
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
        assert len(asked) <= MOST, address


def test_a_page_is_light(full: make.Team) -> None:
    assert len(Client().get(address_of(make.link(full.calendar))).content) < 14_000
