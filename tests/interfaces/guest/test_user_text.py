"""What people write is data on every page: never markup, never a turn of direction, never too wide."""

from __future__ import annotations

import pytest

from bookonce.domain.bookings.guest_details import Guest
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{owner}%(x)s"
TURNED = "Ana\u202e gnp.exe\u2066"


@pytest.mark.parametrize("text", [MARKUP, TURNED, "Donaudampfschifffahrt" * 5, "ת״א שלום"])
def test_text_of_owner_and_guest_stays_text(db: None, time: Time, text: str) -> None:
    question = {"key": "k\"'<", "label": text, "kind": "choice", "options": [text], "help": text}
    team = make.team(
        description=text,
        location={"kind": "text", "value": text},
        questions=[question],
        contact={"name": text, "text": text},
    )
    team.workspace.name = team.calendar.name = text[:100]
    team.workspace.save()
    team.calendar.save()
    gil = Browser()
    address = address_of(make.link(team.calendar, message=text, recipient_name=text[:9]))
    page = gil.open(address)
    time.passes(5)
    details = gil.pick(page)
    failed = gil.book(details, email=text)
    booked = gil.book(details)
    booking = make.booking(
        team.calendar, make.later(999 * 30), guest=Guest(name="x" + text, email="a@example.org")
    )
    pages = [page, details, failed, booked, gil.open(manage_of(booking)), Browser().open(address)]
    assert [page.status for page in pages] == [200, 200, 422, 200, 200, 410]
    for page in pages:
        assert "<script" not in page.html.replace('<script type="module" src="/static/', "")
        assert "<img" not in page.html
        assert "{{" in page.html or "7*7" not in text or "49" not in page.words
        assert "\u202e" not in page.words
