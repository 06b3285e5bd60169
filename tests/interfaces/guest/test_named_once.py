"""Where a calendar's name says with whom, the page does not say it again."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from bookonce.domain.calendars import operations as calendars
from tests import make
from tests.interfaces.guest.conftest import address_of, manage_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "said"),
    [("Intro call with hana", False), ("Hana’s hour", False), ("Hanau: intro", True), ("Intro call", True)],
)
def test_the_host_is_named_once(hana: make.Team, gil: Browser, name: str, said: bool) -> None:
    calendar = calendars.change_calendar(hana.calendar, name=name, by="test", now=make.NOW)
    times = gil.open(address_of(make.link(calendar)))
    own = gil.open(manage_of(make.booking(calendar)))
    for page in (times, own):
        assert ("with Hana" in page.words) == said, page.address
    theirs = [unquote(link) for link in own.links if link.startswith("https://")]
    assert all(("with Hana" in link.replace("+", " ")) == said for link in theirs)
