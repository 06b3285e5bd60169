"""Where the host is to call the guest, a booking needs a number, whoever sends it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.foundation.errors import Invalid
from tests import make
from tests.make import GIL

CALLED = [{"kind": "ask", "value": ""}, {"kind": "phone", "value": ""}, {"kind": "phone", "value": None}]
MEND = "Enter the phone number on which you can be called."


@pytest.mark.parametrize("location", CALLED)
def test_without_a_number_nobody_can_be_called(db: None, location: dict[str, Any]) -> None:
    team = make.team(location=location)
    with pytest.raises(Invalid) as refused:
        make.booking(team.calendar)
    assert refused.value.data["errors"] == [{"pointer": "/guest/phone", "detail": MEND}]
    assert not Booking.objects.exists()
    assert make.booking(team.calendar, guest=replace(GIL, phone="+49 30 123456")).guest_phone


def test_the_number_that_the_link_knows_is_enough_unless_somebody_else_comes(db: None) -> None:
    team = make.team(location=CALLED[0])
    link = make.link(team.calendar, recipient_phone="+49 30 123456")
    with pytest.raises(Invalid):
        make.booking(team.calendar, link=link, guest=replace(GIL, other=True))
    assert make.booking(team.calendar, link=link).guest_phone == "+49 30 123456"


def test_the_location_of_the_link_decides_before_that_of_the_calendar(db: None) -> None:
    team = make.team(location=CALLED[0])
    link = make.link(team.calendar, location={"kind": "address", "value": "Hafenstraße 1"})
    assert make.booking(team.calendar, link=link).guest_phone == ""
    other = make.team(owner="Sam")
    with pytest.raises(Invalid):
        make.booking(other.calendar, link=make.link(other.calendar, location=CALLED[1]))


def test_it_is_told_together_with_everything_else(db: None) -> None:
    firm = {"key": "firm", "label": "Company", "kind": "text", "required": True}
    team = make.team(location=CALLED[0], questions=[firm])
    with pytest.raises(Invalid) as refused:
        make.booking(team.calendar, guest=replace(GIL, name=""))
    pointers = [error["pointer"] for error in refused.value.data["errors"]]
    assert pointers == ["/guest/name", "/guest/phone", "/answers/firm"]
