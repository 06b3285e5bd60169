"""The bookings of one link are found by an index, however many others there are."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.changes import cancel
from bookonce.domain.bookings.models import Booking
from bookonce.foundation import tokens
from tests import make
from tests.make import later


@pytest.mark.django_db
def test_each_half_of_a_links_bookings_comes_from_its_index(hana: make.Team) -> None:
    link = make.link(hana.calendar, on_cancel="reopen")
    first = make.booking(hana.calendar, link=link)
    cancel(first, by="guest", now=later(1))
    second = make.booking(hana.calendar, link=link)
    others(second, 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookonce_booking" if connection.vendor == "postgresql" else "ANALYZE")
    found = queries.list_bookings(hana.workspace.pk, link=tokens.public_id("lnk", link.pk)).order_by("-id")[
        :51
    ]
    assert [one.pk for one in found] == [second.pk, first.pk]
    plan = found.explain()
    assert "one_booking_per_link" in plan
    assert "booking_that_gave_back" in plan


def others(like: Booking, count: int) -> None:
    """So many bookings of the workspace that have no link."""
    [row] = Booking.objects.filter(pk=like.pk).values()
    row |= {"link_id": None, "replay_key": None}
    Booking.objects.bulk_create(
        Booking(**row | {"id": tokens.new_id(), "manage_hash": os.urandom(32)}) for _ in range(count)
    )
