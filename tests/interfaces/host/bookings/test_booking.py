"""One booking's page: everything about it, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.bookings import changes
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.bookings.queries import manage_url
from bookonce.interfaces.host import urls
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.reading import hidden, mail_page_of, page_of, read
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

MOST = 12
QUESTIONS = [
    {"key": "why", "label": "What is it about?", "kind": "textarea"},
    {"key": "first", "label": "Is it your first time?", "kind": "checkbox"},
]
GIL = Guest("Gil Guest", "gil@example.net", "+49 30 123456", "America/New_York", "en")


@pytest.fixture
def team(db: None) -> make.Team:
    return make.team(questions=QUESTIONS, location={"kind": "url", "value": "https://meet.example.org/a"})


@pytest.fixture
def desk(client: Client, team: make.Team) -> Client:
    client.force_login(team.owner.person)
    return client


def booked(team: make.Team, **more: Any) -> Any:
    return make.booking(team.calendar, make.later(60 * 24), **({"guest": GIL} | more))


def test_it_says_everything(desk: Client, team: make.Team) -> None:
    link = make.link(team.calendar, label="For Gil", metadata={"deal": "D-7", "tags": ["a", "b"]})
    booking = booked(team, link=link, answers={"why": "My back.\nAnd a knee.", "first": True})
    answer = desk.get(page_of(booking))
    page = read(answer)
    for words in (
        "Gil Guest",
        "Tue 24 November, 07:00–07:30 Berlin, UTC+1",
        "For Gil Guest: Tue 24 November, 01:00–01:30 (New York, UTC−5)",
        "Booked",
        "E-mail gil@example.net",
        "Phone +49 30 123456",
        "Where https://meet.example.org/a",
        "What is it about? My back. And a knee.",
        "Is it your first time? Yes",
        "One-time link For Gil · used up",
        "deal D-7",
        'tags ["a", "b"]',
        "Gil Guest booked Tue 24 November, 07:00.",
        "To the guest, gil@example.net",
        "To the host, hana",
    ):
        assert words in page, words
    html = answer.content.decode()
    assert 'href="mailto:gil@example.net"' in html
    assert 'href="tel:+4930123456"' in html
    assert 'href="/links/lnk_' in html


def test_mails_that_something_newer_has_overtaken_are_folded(desk: Client, team: make.Team) -> None:
    booking = changes.move(booked(team), starts_at=make.later(60 * 30), by="key_0", now=NOW)
    mails = desk.get(page_of(booking)).content.decode().partition('id="mails"')[2].partition("</section>")[0]
    first, _, folded = mails.partition("<details")
    assert "Moved" in first
    assert "something newer" not in first
    assert "2 mails were not sent: something newer was written" in folded


def test_an_answer_to_a_question_that_is_asked_no_more_is_kept(desk: Client, team: make.Team) -> None:
    booking = booked(team, answers={"why": "My back."})
    team.calendar.questions = []
    team.calendar.save()
    assert "why My back." in read(desk.get(page_of(booking)))


def test_former_questions_come_in_the_order_in_which_they_were_answered(
    desk: Client, team: make.Team
) -> None:
    keys = [f"key{number}" for number in range(8)]
    team.calendar.questions = [{"key": key, "label": key.upper(), "kind": "text"} for key in keys]
    team.calendar.save()
    booking = booked(team, answers={key: f"Said {key}" for key in keys})
    team.calendar.questions = [{"key": "key5", "label": "Still asked", "kind": "text"}]
    team.calendar.save()
    page = read(desk.get(page_of(booking)))
    assert re.findall(r"Said (key\d)", page) == ["key5", *(key for key in keys if key != "key5")]


def test_the_guests_own_key_is_never_shown(desk: Client, team: make.Team) -> None:
    """Promise 20: who manages a calendar does not manage in the guest's name."""
    booking = booked(team, link=make.link(team.calendar))
    token = str(manage_url(booking)).rpartition("/")[2]
    pages = [page_of(booking), f"{page_of(booking)}.ics", f"{page_of(booking)}/cancel"]
    for mail in Delivery.objects.all():
        pages += [mail_page_of(mail), f"{mail_page_of(mail)}/letter", f"{mail_page_of(mail)}/invite.ics"]
    for page in pages:
        answer = desk.get(page)
        assert answer.status_code == 200, page
        assert token not in answer.content.decode(), page


def test_hostile_text_is_text(desk: Client, team: make.Team) -> None:
    nasty = '"><script>alert(1)</script>\u202e'
    guest = Guest(nasty, "nasty@example.net", "+49 30 123456", "UTC", "en")
    booking = booked(team, guest=guest, answers={"why": nasty}, link=make.link(team.calendar, label=nasty))
    for page in (page_of(booking), f"{page_of(booking)}/move", f"{page_of(booking)}/cancel", "/outbox"):
        html = desk.get(page).content.decode()
        assert "<script>alert" not in html, page
        assert "\u202e" not in html, page


def test_the_file_is_named_by_us(desk: Client, team: make.Team) -> None:
    booking = booked(team, guest=Guest('a"; filename="x.exe', "a@example.net", "", "UTC", "en"))
    answer = desk.get(f"{page_of(booking)}.ics")
    name = page_of(booking).rpartition("/")[2]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.ics"'
    assert b"METHOD:PUBLISH" in answer.content


def test_of_a_cancelled_one_it_tells_why(desk: Client, team: make.Team) -> None:
    booking = booked(team)
    changes.cancel(booking, reason="I can't make it", by="guest", now=NOW)
    page = read(desk.get(page_of(booking)))
    assert "Cancelled I can't make it" in page
    assert "The guest cancelled the appointment" in page
    assert "Move" not in page
    german = read(desk.get(page_of(booking), headers={"Accept-Language": "de"}))
    assert german.count("Ich kann nicht kommen") == 2, "in the owner's language, above and in the trail"
    for step in ("move", "cancel"):
        assert desk.get(f"{page_of(booking)}/{step}").headers["Location"] == page_of(booking)


def test_a_link_that_stayed_used_is_opened_again_by_hand(desk: Client, team: make.Team) -> None:
    link = make.link(team.calendar)
    booking = booked(team, link=link)
    assert "Open the link again" not in read(desk.get(page_of(booking)))
    assert desk.post(f"{page_of(booking)}/reopen").status_code == 409, "while the booking stands on it"
    changes.cancel(booking, by="guest", now=NOW)
    assert "Open the link again" in read(desk.get(page_of(booking)))
    assert desk.post(f"{page_of(booking)}/reopen").headers["Location"] == page_of(booking)
    assert "can be used" in read(desk.get(page_of(booking)))
    assert Event.objects.filter(kind="link.reopened", by__startswith="mem_").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_workspaces_bookings_and_mails_are_unknown(
    desk: Client, team: make.Team, sam: make.Team, method: str
) -> None:
    """Every address of ours that names a booking or a mail, asked about one of Sam's."""
    theirs = make.booking(sam.calendar, link=make.link(sam.calendar))
    changes.cancel(theirs, by="guest", now=NOW)
    mail = Delivery.objects.order_by("id")[0]
    routes = [str(pattern.pattern) for pattern in urls.urlpatterns]
    asked = 0
    for route in routes:
        for prefix, thing in (("bookings/", page_of(theirs)), ("outbox/", mail_page_of(mail))):
            if route.startswith(f"{prefix}<"):
                answer = getattr(desk, method)("/" + route.replace(f"{prefix}<str:name>", thing[1:]))
                assert answer.status_code in (404, 405), route
                asked += answer.status_code == 404
                assert "Gil" not in answer.content.decode()
    assert asked >= 3
    assert Delivery.objects.filter(state="waiting").count() == 2


def test_it_costs_few_statements(desk: Client, team: make.Team) -> None:
    booking = booked(team, link=make.link(team.calendar))
    for hours in range(30, 40):
        booking = changes.move(booking, starts_at=make.later(60 * hours), by="key_0", now=NOW)
    mail = mail_page_of(Delivery.objects.latest("id"))
    pages = [f"{page_of(booking)}{step}" for step in ("", "/move", "/cancel", ".ics")]
    for page in (*pages, "/outbox", mail, f"{mail}/letter"):
        desk.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page).status_code == 200
        assert len(asked) <= MOST, (page, [query["sql"] for query in asked.captured_queries])


def test_cancel_with_words_to_the_guest(desk: Client, team: make.Team, time: Time, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    link = make.link(team.calendar)
    booking = booked(team, link=link)
    form = desk.get(f"{page_of(booking)}/cancel")
    assert "Gil Guest gets a mail that says so" in read(form)
    said = hidden(form) | {"words": "I am ill.\r\n\r\nSorry!", "link": "reopen"}
    time.passes(5)
    assert desk.post(f"{page_of(booking)}/cancel", said).headers["Location"] == page_of(booking)
    page = read(desk.get(page_of(booking)))
    assert "I am ill. Sorry!" in page
    assert "You cancelled the appointment" in page
    assert "Words to the guest: “" in page
    assert "can be used" in page
    mail = Delivery.objects.get(recipient="guest", event__kind="booking.cancelled")
    assert "I am ill." in read(desk.get(mail_page_of(mail)))


@pytest.mark.parametrize(
    ("step", "promised"),
    [("cancel", "Gil Guest gets a mail that says so"), ("move", "Gil Guest gets a mail with the new time")],
)
def test_no_mail_is_promised_where_no_server_sends_one(
    desk: Client, team: make.Team, settings: Any, step: str, promised: str
) -> None:
    form = f"{page_of(booked(team))}/{step}"
    settings.EMAIL_URL = "smtp://localhost:1"
    assert promised in read(desk.get(form))
    settings.EMAIL_URL = ""
    page = read(desk.get(form))
    assert "gets a mail" not in page
    assert "No mail server is set up: please tell Gil Guest yourself. The mail is kept in the Outbox." in page


@pytest.mark.parametrize(
    ("policy", "words"), [("stay_used", "book with it any more."), ("reopen", "time with it.")]
)
def test_the_links_usual_fate_is_named_and_not_chosen(
    desk: Client, team: make.Team, policy: str, words: str
) -> None:
    booking = booked(team, link=make.link(team.calendar, on_cancel=policy))
    form = desk.get(f"{page_of(booking)}/cancel")
    assert " checked" not in form.content.decode()
    assert form.content.decode().count('name="link"') == form.content.decode().count(" required") == 2
    assert f"{words} This is how the link is set." in read(form)


def test_without_a_link_nobody_asks_about_one(desk: Client, team: make.Team, time: Time) -> None:
    booking = booked(team)
    form = desk.get(f"{page_of(booking)}/cancel")
    assert "one-time link" not in read(form)
    time.passes(5)
    answer = desk.post(f"{page_of(booking)}/cancel", hidden(form))
    assert (answer.status_code, "Tick this to cancel the appointment." in read(answer)) == (422, True)
    time.passes(5)
    said = hidden(answer) | {"sure": "yes"}
    assert desk.post(f"{page_of(booking)}/cancel", said).status_code == 303


@pytest.mark.parametrize("linked", [True, False])
def test_a_press_at_once_or_without_our_seal_cancels_nothing(
    desk: Client, team: make.Team, time: Time, linked: bool
) -> None:
    booking = booked(team, link=make.link(team.calendar) if linked else None)
    address = f"{page_of(booking)}/cancel"
    said = hidden(desk.get(address)) | {"link": "reopen", "sure": "yes", "words": "Sorry!"}
    answer = desk.post(address, said)
    assert (answer.status_code, "One moment, please." in read(answer)) == (422, True)
    assert "Sorry!" in read(answer)
    time.passes(5)
    other = desk.get(f"{page_of(make.booking(team.calendar, make.later(60 * 26)))}/cancel")
    for seal in ("", "made up", hidden(other)["seal"]):
        assert desk.post(address, said | {"seal": seal}).status_code == 422
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert desk.post(address, said).status_code == 303


def test_bad_input_changes_nothing_and_keeps_what_was_typed(desk: Client, team: make.Team) -> None:
    booking = booked(team, link=make.link(team.calendar))
    address = f"{page_of(booking)}/cancel"
    kept = hidden(desk.get(address))
    for said, words in (
        ({"words": "x" * 501, "link": "reopen"}, "Shorten this to 500 characters."),
        ({"words": "x" * 3000}, "Shorten this to 500 characters."),
        ({"words": "x" * 3000}, "Choose what becomes of the link."),
        ({"words": "Sorry!", "link": "maybe"}, "Choose what becomes of the link."),
    ):
        answer = desk.post(address, kept | said)
        assert answer.status_code == 422
        assert words in read(answer)
        assert said["words"] in answer.content.decode()
        assert "maxlength" not in answer.content.decode(), "what is pasted would be cut, and nobody told"
    booking.refresh_from_db()
    assert booking.state == "confirmed"


@pytest.mark.parametrize("step", ["cancel", "move"])
def test_what_changed_meanwhile_is_looked_at_again(desk: Client, team: make.Team, step: str) -> None:
    booking = booked(team)
    address = f"{page_of(booking)}/{step}"
    kept = hidden(desk.get(address))
    changes.move(booking, starts_at=make.later(60 * 30), by="guest", now=NOW)
    answer = desk.post(address, kept | {"at": "2026-11-24T09:00:00Z"})
    assert answer.status_code == 409
    assert "The appointment was moved meanwhile. This is the time it has now." in read(answer)
    assert "Tue 24 November, 13:00" in read(answer)
    booking.refresh_from_db()
    assert (booking.state, booking.sequence) == ("confirmed", 1)


def test_move_to_a_free_time_by_the_owners_clock(desk: Client, team: make.Team) -> None:
    team.owner.person.zone = "Asia/Tokyo"
    team.owner.person.save()
    booking = booked(team)
    form = desk.get(f"{page_of(booking)}/move?from=2026-11-25&day=2026-11-26")
    page = read(form)
    assert "Wed 25 November to Tue 1 December" in page
    assert "Thu 26 November 00:00 00:30" in page
    assert "Times shown for Tokyo, UTC+9" in page
    said = hidden(form) | {"at": "2026-11-25T15:30:00Z"}
    assert desk.post(f"{page_of(booking)}/move", said).headers["Location"] == page_of(booking)
    page = read(desk.get(page_of(booking)))
    assert "Thu 26 November, 00:30–01:00 Tokyo, UTC+9" in page
    assert "You moved the appointment from Tue 24 November, 15:00 to Thu 26 November, 00:30." in page


def test_the_times_of_a_move_are_by_the_clocks_of_their_own_day(client: Client, time: Time, db: None) -> None:
    before = datetime(2026, 10, 23, 6, 0, tzinfo=UTC)
    time.at = before.timestamp()
    team = make.team(now=before)
    client.force_login(team.owner.person)
    move = f"{page_of(make.booking(team.calendar, make.later(60 * 24, now=before), now=before))}/move"
    assert read(client.get(f"{move}?day=2026-10-24")).endswith("Times shown for Berlin, UTC+2")
    page = read(client.get(f"{move}?day=2026-10-25"))
    assert "02:00 (UTC+2) 02:30 (UTC+2) 02:00 (UTC+1) 02:30 (UTC+1) 03:00 (UTC+1)" in page
    assert "Times shown for Berlin, UTC+2, later UTC+1" in page
    assert read(client.get(f"{move}?day=2026-10-26")).endswith("Times shown for Berlin, UTC+1")


def test_a_second_press_of_a_move_is_answered_as_the_first(desk: Client, team: make.Team) -> None:
    booking = booked(team)
    address = f"{page_of(booking)}/move"
    said = hidden(desk.get(address)) | {"at": "2026-11-24T09:00:00Z"}
    for _ in range(2):
        assert desk.post(address, said).headers["Location"] == page_of(booking)
    booking.refresh_from_db()
    assert booking.sequence == 1


def test_a_time_that_has_gone_is_answered_with_fresh_ones(desk: Client, team: make.Team) -> None:
    booking = booked(team)
    said = hidden(desk.get(f"{page_of(booking)}/move"))
    make.booking(team.calendar, make.later(60 * 25), guest=make.somebody())
    answer = desk.post(f"{page_of(booking)}/move", said | {"at": "2026-11-24T07:00:00Z"})
    assert answer.status_code == 409
    assert "That time has just gone." in read(answer)
    assert 'name="at"' in answer.content.decode()


@pytest.mark.parametrize("step", ["cancel", "move"])
def test_what_is_missing_is_told_by_us(desk: Client, team: make.Team, step: str) -> None:
    """A browser says it in its own language, over the choices themselves."""
    page = desk.get(f"{page_of(booked(team))}/{step}").content.decode()
    assert re.search(rf'<form [^>]*/{step}"[^>]* novalidate', page)


def test_without_a_choice_nothing_moves(desk: Client, team: make.Team) -> None:
    booking = booked(team)
    for at in ("", "soon"):
        answer = desk.post(
            f"{page_of(booking)}/move", hidden(desk.get(f"{page_of(booking)}/move")) | {"at": at}
        )
        assert answer.status_code == 422
        assert "Choose a time." in read(answer)


@pytest.mark.parametrize(
    "query", ["?day=x", "?from=1000-01-01", "?from=9999-12-31&day=2026-13-01", "?day=2027-11-01"]
)
def test_strange_days_are_answered(desk: Client, team: make.Team, query: str) -> None:
    assert desk.get(f"{page_of(booked(team))}/move{query}").status_code == 200


def test_where_nothing_is_free_it_says_where_to_go_on(desk: Client, team: make.Team) -> None:
    booking = booked(team)
    team.calendar.exceptions = [{"on": f"2026-11-{day}", "hours": []} for day in range(23, 31)]
    team.calendar.version += 1
    team.calendar.save()
    page = desk.get(f"{page_of(booking)}/move?from=2026-11-24")
    assert "No free times in these days. Next free: Tue 1 December" in read(page)
    assert "from=2026-12-01" in page.content.decode()


def test_no_form_of_elsewhere_is_taken(team: make.Team) -> None:
    """Every address that changes something asks for the session's own token."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(team.owner.person)
    booking = booked(team, link=make.link(team.calendar))
    mail = mail_page_of(Delivery.objects.earliest("id"))
    steps = [f"{page_of(booking)}/{step}" for step in ("cancel", "move", "reopen")]
    said = {"sequence": "0", "link": "reopen", "at": "2026-11-24T09:00:00Z"}
    for address in (*steps, f"{mail}/resend", "/outbox/resend", "/asks/ask_x/answer"):
        assert strict.post(address, said).status_code == 403, address
    booking.refresh_from_db()
    assert (booking.state, booking.sequence) == ("confirmed", 0)
