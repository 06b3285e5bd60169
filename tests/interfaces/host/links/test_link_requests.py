"""Who asks for a new link: told at the top of Calendars, answered at one press, and never obeyed."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import link_requests, queries
from bookonce.domain.links.models import Ask, Link
from bookonce.interfaces.host.shared import waiting_requests
from tests import make
from tests.interfaces.host.reading import read
from tests.make import NOW, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

HOME = "/settings/calendars"
MOST = 13


def used(team: make.Team, **terms: Any) -> Link:
    link = make.link(team.calendar, **terms)
    make.booking(team.calendar, link=link)
    return Link.objects.get(pk=link.pk)


def asks(team: make.Team, name: str = "Gil Guest", message: str = "Please!", **terms: Any) -> str:
    """The page of a new ask."""
    link = used(team, **terms)
    link_requests.request_new_link(link, name=name, reach="ring twice", message=message, now=NOW)
    return f"/asks/{queries.request_id(Ask.objects.get(link=link))}"


def test_it_is_told_with_a_count_at_the_top_and_on_every_page(desk: Client, hana: make.Team) -> None:
    assert "asked for" not in read(desk.get(HOME))
    asks(hana, recipient_name="Gil Guest")
    asks(hana, name="Mara", message="")
    page = read(desk.get(HOME))
    assert "2 new links are asked for" in page
    assert "Gil Guest opened a used link for Intro call and asks for a new one: “Please!”" in page
    assert "Mara opened a used link for Intro call and asks for a new one. " in page
    assert "How to reach them, in their words: ring twice" in page
    assert "Make a new link for Gil Guest" in page
    assert "Settings 2 2 new links are asked for" in read(desk.get("/bookings"))


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 new link is asked for", "2 new links are asked for"),
        ("de", "1 neuer Link wird erbeten", "2 neue Links werden erbeten"),
    ],
)
def test_what_is_counted_is_what_is_said(
    desk: Client, hana: make.Team, language: str, one: str, many: str
) -> None:
    """Links, however many come to one: whether they are several people nobody knows."""
    link = used(hana)
    for name in ("Mara", "Stranger", "Mara"):
        link_requests.request_new_link(link, name=name, message="lol", now=NOW)
    spoken = {"accept-language": language}
    assert read(desk.get(HOME, headers=spoken)).count(one) == 2
    asks(hana)
    assert read(desk.get(HOME, headers=spoken)).count(many) == 2


def test_beyond_what_is_counted_and_shown_it_says_so(
    desk: Client, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        asks(hana, name=f"Guest {number}")
    assert "latest are shown" not in read(desk.get(HOME))
    monkeypatch.setattr(waiting_requests, "SHOWN", 2)
    monkeypatch.setattr(waiting_requests, "MOST_COUNTED", 3)
    page = read(desk.get(HOME))
    assert "Settings 2+ 2+ new links are asked for" in page
    assert "The 2 latest are shown. The others follow" in page
    assert "Guest 0" not in page


def test_a_long_message_is_folded_where_others_wait(desk: Client, hana: make.Team) -> None:
    message = "\n\n".join(f"Part {number}: my knee{', my knee and my back' * 5}." for number in range(1, 5))
    ask = asks(hana, message=message)
    listed = desk.get(HOME)
    html = listed.content.decode()
    folded = html[html.index('<details class="long"') : html.index("</details>")]
    assert "asks for a new one. “Part 1: my knee" in read(listed)
    assert "Part 4" not in folded.partition("</summary>")[0]
    assert unescape(folded).count(message) == 1
    alone = desk.get(ask).content.decode()
    assert message in unescape(alone)
    assert "<details" not in alone
    solid = asks(hana, message="x" * 400)
    assert f"“{'x' * 160} …”" in read(desk.get(HOME))
    assert "x" * 400 in read(desk.get(solid))


def test_a_later_asker_hides_nobody(desk: Client, hana: make.Team) -> None:
    link = used(hana)
    link_requests.request_new_link(
        link, name="Mara", reach="+49 171 999", message="My phone is new, please call.", now=NOW
    )
    link_requests.request_new_link(link, name="Stranger", message="lol", now=later(5))
    listed, alone = HOME, f"/asks/{queries.request_id(Ask.objects.get())}"
    for page in (listed, alone):
        words = read(desk.get(page))
        assert "Mara opened a used link for Intro call and asks for a new one: “My phone is new" in words
        assert "How to reach them, in their words: +49 171 999" in words
        assert "After that, Stranger asked: “lol”" in words
        assert words.index("+49 171 999") < words.index("Stranger")
    link_requests.request_new_link(
        link, name="Mara", reach="mara@example.net", message="y" * 400, now=later(9)
    )
    folded = desk.get(listed).content.decode().partition('<details class="fold"')[2]
    assert "Show 2 more from this link" in folded
    for words in ("“lol”", "y" * 400, "mara@example.net"):
        assert words in folded
        assert words in read(desk.get(alone))
    assert "<details" not in desk.get(alone).content.decode()


def test_of_many_who_wait_three_stand_open(desk: Client, hana: make.Team) -> None:
    for number in range(5):
        asks(hana, name=f"Guest {number}")
    listed = desk.get(HOME).content.decode().partition('id="asks"')[2]
    first, _, folded = listed.partition("<details")
    assert first.count("asks for a new one") == 3
    assert "Show 2 more" in folded
    assert folded.count("asks for a new one") == 2


def test_one_press_makes_a_link_for_whom_the_old_one_was_for(desk: Client, hana: make.Team) -> None:
    ask = asks(hana, name="Eve", recipient_name="Gil Guest", recipient_email="gil@example.net")
    assert desk.post(f"{ask}/answer").headers["Location"] == ask
    new = Link.objects.get(used_at=None)
    assert (new.recipient_name, new.recipient_email) == ("Gil Guest", "gil@example.net")
    page = desk.get(ask)
    html = unescape(page.content.decode())
    assert str(queries.url_of(new)) in html
    assert "It has not been sent yet" in read(page)
    assert 'href="mailto:gil@example.net?' in html
    desk.post(f"{ask}/answer")
    assert Link.objects.filter(used_at=None).count() == 1, "a second press finds the first one's link"
    assert "asked for" not in read(desk.get("/bookings"))


def test_what_a_stranger_wrote_is_text(desk: Client, hana: make.Team) -> None:
    ask = asks(hana, name="<script>x</script>", message="javascript:alert(1) \u202e https://evil.example")
    for page in (HOME, ask):
        html = desk.get(page).content.decode()
        assert "<script>x" not in html
        assert "\u202e" not in html
        assert 'href="https://evil' not in html
        assert 'href="javascript' not in html


def test_set_aside_is_gone_and_answers_no_more(desk: Client, hana: make.Team) -> None:
    ask = asks(hana)
    assert desk.post(f"{ask}/dismiss").headers["Location"] == f"{HOME}#asks"
    assert "asked for" not in read(desk.get(HOME))
    assert "This was set aside" in read(desk.get(ask))
    assert desk.post(f"{ask}/answer").status_code == 409


def test_muting_can_be_undone(desk: Client, hana: make.Team) -> None:
    ask = asks(hana)
    assert desk.post(f"{ask}/mute").headers["Location"] == ask
    assert "You hear no more from whoever comes to this link." in read(desk.get(ask))
    assert Link.objects.filter(asks_muted_at__isnull=False).count() == 1
    desk.post(f"{ask}/unmute")
    assert "You hear no more" not in read(desk.get(ask))


def test_a_link_of_an_archived_calendar_is_not_made_anew(desk: Client, hana: make.Team) -> None:
    ask = asks(hana)
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    assert "restore it to make a new link" in read(desk.get(ask))
    assert desk.post(f"{ask}/answer").status_code == 409


def test_the_address_of_a_new_link_is_not_shown_once_its_calendar_is_archived(
    desk: Client, hana: make.Team
) -> None:
    ask = asks(hana)
    desk.post(f"{ask}/answer")
    address = str(queries.url_of(Link.objects.get(used_at=None)))
    assert address in desk.get(ask).content.decode()
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    assert address not in desk.get(ask).content.decode()


def test_where_the_old_link_works_again_nobody_is_forgotten(desk: Client, hana: make.Team) -> None:
    ask = asks(hana, recipient_name="Gil Guest", recipient_email="gil@example.net")
    link = Link.objects.get()
    changes.cancel(Booking.objects.get(), reason="", reopen=True, by="host", now=NOW)
    listed = read(desk.get(HOME))
    assert "1 new link is asked for" in listed
    assert "The old link works again." in listed
    page = desk.get(ask)
    html = unescape(page.content.decode())
    for words in ("The old link works again", "“Please!”", "ring twice", "Make a new link for Gil Guest"):
        assert words in read(page)
    assert str(queries.url_of(Link.objects.get())) in html, "the address to be sent once more"
    assert 'href="mailto:gil@example.net?' in html
    assert Ask.objects.get().closed_at is None
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    assert "works again" not in read(desk.get(ask))
    calendars.restore_calendar(hana.calendar, by="test", now=NOW)
    desk.post(f"{ask}/dismiss")
    assert "asked for" not in read(desk.get(HOME))
    assert str(queries.url_of(link)) not in unescape(desk.get(ask).content.decode())


def test_another_workspaces_asks_are_unknown(desk: Client, hana: make.Team, sam: make.Team) -> None:
    theirs = asks(sam)
    assert "asked for" not in read(desk.get(HOME))
    assert desk.get(theirs).status_code == 404
    for step in ("answer", "dismiss", "mute", "unmute"):
        assert desk.post(f"{theirs}/{step}").status_code == 404
        assert desk.get(f"{theirs}/{step}").status_code == 405
    assert Ask.objects.get().closed_at is None
    assert desk.get("/asks/ask_x").status_code == 404


def test_looking_answers_nothing(desk: Client, hana: make.Team) -> None:
    ask = asks(hana)
    desk.get(ask)
    desk.get(f"{ask}/answer")
    assert Ask.objects.get().closed_at is None


def test_many_who_ask_cost_as_many_statements_as_one(desk: Client, hana: make.Team) -> None:
    for _ in range(3):
        ask = asks(hana)
    for page in (HOME, ask, "/bookings", "/outbox"):
        desk.get(page)
        with CaptureQueriesContext(connection) as counted:
            desk.get(page)
        assert len(counted) <= MOST, (page, [query["sql"] for query in counted.captured_queries])
