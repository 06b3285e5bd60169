"""One link at the desk: its state with the reason, what can be done in it, its trail, its list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import changes
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link, Observation
from bookonce.domain.links.pausing import pause_links
from bookonce.domain.links.queries import token_of, url_of
from bookonce.foundation import tokens
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ACTIONS = ("revoke", "extend", "reopen", "release", "copy")


def at(link: Link) -> str:
    return f"/links/{tokens.public_id('lnk', link.pk)}"


def words(answer: Any) -> str:
    text = re.sub(
        r"<(script|style|svg|head|template)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def seen(link: Link, visitor: str, kind: str = "opened", reason: str = "", minutes: float = 0) -> None:
    Observation.objects.create(link=link, kind=kind, visitor=visitor, reason=reason, at=make.later(minutes))


def opened(team: make.Team) -> Link:
    link = make.link(team.calendar)
    seen(link, "person")
    return link


def booked(team: make.Team) -> Link:
    link = make.link(team.calendar)
    make.booking(team.calendar, NOW + timedelta(hours=31, minutes=30), link=link)
    return link


def cancelled(team: make.Team) -> Link:
    link = make.link(team.calendar)
    booking = make.booking(team.calendar, NOW + timedelta(hours=31, minutes=30), link=link)
    changes.cancel(booking, reason="", by="guest", now=NOW)
    return link


def revoked(team: make.Team) -> Link:
    link = make.link(team.calendar)
    return links.revoke(link, by=tokens.public_id("mem", team.owner.pk), now=NOW)


def paused(team: make.Team) -> Link:
    link = make.link(team.calendar)
    pause_links(by="server", now=NOW)
    return link


def archived(team: make.Team) -> Link:
    link = make.link(team.calendar)
    calendars.archive_calendar(team.calendar, by="test", now=NOW)
    return link


STATES: dict[str, tuple[Callable[[make.Team], Link], tuple[str, ...], set[str]]] = {
    "open": (
        lambda team: make.link(team.calendar, expires_at=NOW + timedelta(days=12)),
        ("Open", "It can be used.", "works until Sat 5 December", "Nobody has opened it yet"),
        {"revoke", "extend", "copy"},
    ),
    "for ever": (
        lambda team: make.link(team.calendar),
        ("It can be used.", "works until it is used"),
        {"revoke", "copy"},
    ),
    "opened": (opened, ("Opened by a person", "It can be used."), {"revoke", "copy"}),
    "not open": (
        lambda team: make.link(team.calendar, opens_at=NOW + timedelta(days=1)),
        ("Opens Tue 24 November, 07:00", "It cannot be used yet."),
        {"revoke", "copy"},
    ),
    "paused": (
        paused,
        (
            "On hold",
            "cannot be used until you release it",
            "because the database was restored from a copy",
        ),
        {"release", "revoke"},
    ),
    "expired": (
        lambda team: make.link(team.calendar, expires_at=NOW - timedelta(days=1)),
        ("Expired Sun 22 November", "not used in time", "Nobody has opened it"),
        {"extend", "revoke"},
    ),
    "revoked": (
        revoked,
        ("Revoked", "It was revoked, and cannot be used.", "You revoked the link."),
        {"reopen"},
    ),
    "booked": (
        booked,
        ("Booked by Gil Guest, Tue 24 November, 14:30", "It has been used: Gil Guest booked.", "See booking"),
        set(),
    ),
    "cancelled": (cancelled, ("Booked, then cancelled", "does not stand any more"), {"reopen"}),
    "archived": (archived, ("its calendar is archived",), set()),
}


@pytest.mark.parametrize("state", STATES)
def test_how_it_stands_and_why_is_read_at_one_glance(desk: Client, hana: make.Team, state: str) -> None:
    made, said, can = STATES[state]
    link = made(hana)
    page = desk.get(at(link))
    html, told = page.content.decode(), words(page)
    for sentence in said:
        assert sentence in told
    offered = {action for action in ACTIONS if f'{at(link)}/{action}"' in html}
    assert offered == can
    assert ((url_of(link) or "") in html) == ("copy" in can)
    listed = desk.get(f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}/links")
    assert said[0] in words(listed) or state in ("for ever", "archived")


def test_pages_of_an_archived_calendar_lead_to_pages_that_exist(desk: Client, hana: make.Team) -> None:
    """Its share page does not."""
    listed = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}/links"
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    empty = desk.get(listed).content.decode()
    calendars.restore_calendar(hana.calendar, by="test", now=NOW)
    pages = [empty, *(desk.get(address).content.decode() for address in (at(archived(hana)), listed))]
    for html in pages:
        main = html.partition("<main")[2].partition("</main>")[0]
        ways = re.findall(r'href="(/[^"]*)"', main)
        assert ways
        assert {way: desk.get(unescape(way)).status_code for way in ways} == dict.fromkeys(ways, 200)


def test_an_open_link_without_an_end_is_not_called_used(desk: Client, hana: make.Team) -> None:
    """Each sentence is read alone: of an open link none says that it is used."""
    address = at(make.link(hana.calendar))
    assert "Works until Until it is used" in words(desk.get(address))
    german = words(desk.get(address, headers={"Accept-Language": "de"}))
    assert "Gilt bis Bis er eingelöst ist" in german
    assert "Er ist eingelöst" not in german


def test_what_is_offered_works_and_comes_back(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=NOW + timedelta(days=1))
    back = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}/share"
    for action, state in (("revoke", "Revoked"), ("reopen", "Open"), ("extend", "Open")):
        answer = desk.post(f"{at(link)}/{action}", {"back": back})
        assert (answer.status_code, answer.headers["Location"]) == (303, back)
        assert state in words(desk.get(back))
    link.refresh_from_db()
    assert link.expires_at == NOW + timedelta(days=14)
    by = set(Event.objects.exclude(kind="link.minted").filter(link_id=link.pk).values_list("by", flat=True))
    assert by == {tokens.public_id("mem", hana.owner.pk)}
    for elsewhere in ("https://evil.example/", "//evil.example", "/settings/calendars/../../x//", ""):
        answer = desk.post(f"{at(link)}/extend", {"back": elsewhere})
        assert answer.headers["Location"].startswith(("/links/", "/settings/"))


def test_links_on_hold_are_counted_and_released_one_by_one_or_all(desk: Client, hana: make.Team) -> None:
    listed = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}/links"
    assert "on hold" not in words(desk.get("/settings/calendars")) + words(desk.get(f"{listed}?state=active"))
    made = [make.link(hana.calendar, label=f"Deal {number}") for number in range(3)]
    pause_links(by="server", now=NOW)
    for page in (listed, "/settings/calendars"):
        assert "3 links are on hold." in words(desk.get(page))
        assert "Alle 3 Links freigeben?" in words(desk.get(page, headers={"Accept-Language": "de"}))
    filtered = words(desk.get(f"{listed}?state=paused"))
    assert all(f"Deal {number}" in filtered for number in range(3))
    assert desk.get("/links/release").status_code == 405
    assert desk.post(f"{at(made[0])}/release", {"back": listed}).headers["Location"] == listed
    assert "2 links are on hold." in words(desk.get(listed))
    assert "2 links work again." in words(desk.post("/links/release", follow=True))
    assert "on hold" not in words(desk.get(listed))
    by = set(Event.objects.filter(kind="link.released").values_list("link_id", "by"))
    assert by == {(link.pk, tokens.public_id("mem", hana.owner.pk)) for link in made}
    assert "You released the link." in words(desk.get(at(made[0])))


def test_what_cannot_be_done_any_more_is_told_in_place(desk: Client, hana: make.Team) -> None:
    link = booked(hana)
    for action in ("revoke", "extend", "reopen"):
        answer = desk.post(f"{at(link)}/{action}")
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert "It has been used: Gil Guest booked." in words(answer)
    assert not Event.objects.filter(kind__in=("link.revoked", "link.extended", "link.reopened")).exists()


def test_the_address_is_handed_to_the_script_and_a_copy_is_told(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar)
    answer = desk.post(f"{at(link)}/copy", headers={"Accept": "text/plain"})
    assert answer.content.decode() == url_of(link)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not Event.objects.filter(kind="link.copied").exists()
    assert desk.post(f"{at(link)}/copy", {"done": "yes"}).status_code == 204
    assert desk.post(f"{at(link)}/copy", {"done": "yes"}).status_code == 204
    event = Event.objects.get(kind="link.copied")
    assert (token_of(link) or "") not in str(event.data)
    for accepted in ("text/html,*/*", "text/html, text/plain;q=0", "text/html;q*=0utf-8''1"):
        plain = desk.post(f"{at(link)}/copy", headers={"Accept": accepted})
        assert plain.headers["Location"] == f"{at(link)}#link-address"
    assert desk.get(f"{at(link)}/copy").status_code == 405


def test_a_dead_link_hands_out_no_address(desk: Client, hana: make.Team) -> None:
    for link in (booked(hana), revoked(hana)):
        answer = desk.post(f"{at(link)}/copy", headers={"Accept": "text/plain"})
        assert answer.status_code == 303
        assert desk.get(f"{at(link)}/code.svg").status_code == 404


def test_the_trail_tells_people_and_robots_apart_in_sentences(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar)
    links.note_address_copied(link, by=tokens.public_id("mem", hana.owner.pk), now=NOW)
    links.change_link(link, by="cli", now=NOW, label="Spring", recipient_name="Gil", note="n")
    links.extend_link(link, until=NOW + timedelta(days=2), by="mem_unknown", now=NOW)
    links.extend_link(link, until=None, by="cli", now=NOW)
    seen(link, "person", minutes=1)
    seen(link, "robot", minutes=2)
    seen(link, "person", "refused", "link_used", minutes=9)
    booking = make.booking(hana.calendar, NOW + timedelta(hours=31, minutes=30), link=link, now=make.later(3))
    later = NOW + timedelta(hours=32)
    changes.move(booking, starts_at=later, by="guest", now=make.later(4))
    changes.cancel(booking, reason="I can't make it", by="guest", now=make.later(5))
    told = words(desk.get(at(link))).partition("What happened")[2]
    expected = [
        "A person came, and was told: This link has already been used.",
        "The guest cancelled the appointment of Tue 24 November, 15:00. In their words: “I can't make it”",
        "The guest moved the appointment from Tue 24 November, 14:30 to Tue 24 November, 15:00.",
        "Gil Guest booked Tue 24 November, 14:30.",
        "A robot opened the link",
        "A person opened the link.",
        "Somebody on the server let the link work without an end.",
        "Somebody let the link work until Wed 25 November, 07:00.",
        "Somebody on the server changed the label, the note, and the recipient.",
        "You copied the address.",
        "Somebody made the link.",
    ]
    places = [told.find(sentence) for sentence in expected]
    assert -1 not in places, [s for s, place in zip(expected, places, strict=True) if place < 0]
    assert places == sorted(places)
    german = words(desk.get(at(link), headers={"Accept-Language": "de"}))
    assert "Gil Guest hat für Di, 24. November, 14:30 gebucht." in german
    assert "15:00 abgesagt. Mit den Worten: „Ich kann nicht kommen“" in german


@pytest.mark.parametrize("reason", ["link_used", "link_revoked"])
def test_nobody_is_turned_away_before_what_turned_them_away(
    desk: Client, hana: make.Team, reason: str
) -> None:
    link = make.link(hana.calendar)
    if reason == "link_used":
        make.booking(hana.calendar, link=link, now=make.later(1.5))
    else:
        links.revoke(link, by="cli", now=make.later(1.5))
    seen(link, "robot", "refused", reason, minutes=1)
    told = words(desk.get(at(link))).partition("What happened")[2]
    cause = "Gil Guest booked" if reason == "link_used" else "Somebody on the server revoked the link."
    assert -1 < told.find("A robot came, and was told:") < told.find(cause)


def test_a_trail_names_keys_and_teammates_of_this_workspace_only(
    desk: Client, hana: make.Team, sam: make.Team
) -> None:
    link = make.link(hana.calendar)
    key = hana.owner.keys.get()
    links.revoke(link, by=tokens.public_id("key", key.pk), now=NOW)
    links.note_address_copied(link, by=tokens.public_id("mem", sam.owner.pk), now=NOW)
    told = words(desk.get(at(link)))
    assert f"The key “{key.name}” revoked the link." in told
    assert "Sam" not in told
    assert "Somebody copied the address." in told


def form_of(page: Any) -> dict[str, str]:
    """The fields of the form as a browser would send them back."""
    html = page.content.decode().partition("<main")[2]
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', html)
    }
    found |= {
        name: unescape(text) for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', html)
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if not name.startswith("lock-")}


def test_what_it_carries_is_changed_and_its_address_stays(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar, recipient_name="Gil", expires_at=NOW + timedelta(days=3, seconds=7))
    before = url_of(link)
    said = form_of(desk.get(f"{at(link)}/edit"))
    assert said["ends"] == "2026-11-26T07:00"
    same = desk.post(f"{at(link)}/edit", said)
    assert same.headers["Location"] == at(link)
    assert not Event.objects.filter(kind="link.changed").exists(), "nothing was changed"
    desk.post(f"{at(link)}/edit", said | {"email": "gil@example.net", "label": "Spring", "ends": ""})
    link.refresh_from_db()
    assert (link.recipient_email, link.label, link.expires_at) == ("gil@example.net", "Spring", None)
    assert url_of(link) == before
    event = Event.objects.get(kind="link.changed")
    assert set(event.data["fields"]) >= {"recipient_email", "label", "expires_at"}


def test_an_expired_link_is_changed_without_a_word_about_its_end(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=NOW - timedelta(days=1))
    said = form_of(desk.get(f"{at(link)}/edit"))
    assert desk.post(f"{at(link)}/edit", said | {"label": "Late"}).status_code == 303
    refused = desk.post(f"{at(link)}/edit", said | {"ends": "2026-11-01T10:00", "email": "gil@"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert 'id="email-error"' in html
    assert 'value="2026-11-01T10:00"' in html
    refused = desk.post(f"{at(link)}/edit", said | {"ends": "2026-11-01T10:00"})
    assert 'id="ends-error"' in refused.content.decode()


def test_the_list_is_narrowed_and_goes_on(desk: Client, hana: make.Team) -> None:
    path = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}/links"
    assert "No links yet" in words(desk.get(path))
    for number in range(27):
        make.link(hana.calendar, label=f"Number {number:02}")
    make.link(hana.calendar, recipient_name="Grüße Özil", recipient_email="o@example.net")
    revoked(hana)
    first = desk.get(path)
    assert len(re.findall(r'<li class="row', first.content.decode())) == 25
    following = re.search(r'href="([^"]+)" rel="next"', first.content.decode())
    assert following
    second = words(desk.get(unescape(following[1])))
    assert "Number 00" in second
    assert "Number 26" not in second
    assert "Number 07" in words(desk.get(f"{path}?q=ber+07"))
    assert "Grüße Özil" in words(desk.get(f"{path}?q=o@example"))
    only = desk.get(f"{path}?state=revoked")
    assert len(re.findall(r'<li class="row', only.content.decode())) == 1
    assert "No link fits" in words(desk.get(f"{path}?q=nobody&state=used"))
    assert desk.get(f"{path}?state=nonsense&after=nonsense").status_code == 200


def test_every_address_is_in_its_own_workspace(desk: Client, sam: make.Team) -> None:
    theirs = make.link(sam.calendar)
    for path in ("", "/edit", "/code.svg", "/code.png"):
        assert desk.get(at(theirs) + path).status_code == 404
    for path in ("/edit", "/revoke", "/extend", "/reopen", "/copy"):
        assert desk.post(at(theirs) + path, {"done": "yes", "label": "mine"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.version, theirs.revoked_at) == (1, None)
    assert Event.objects.filter(link_id=theirs.pk).count() == 1
    assert desk.get("/links/lnk_x").status_code == 404


def test_user_text_is_data(desk: Client, hana: make.Team) -> None:
    evil = "<script>alert(1)</script>\"'{{ 7 * 7 }}"
    link = make.link(hana.calendar, recipient_name=evil, label=evil, note=evil, message=evil)
    base = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    for path in (
        at(link),
        f"{at(link)}/edit",
        f"{base}/share",
        f"{base}/links",
        f"{base}/share?made={at(link)[7:]}",
    ):
        html = desk.get(path).content.decode()
        assert "<script>alert" not in html


def test_lists_are_of_one_calendar(desk: Client, hana: make.Team) -> None:
    other = calendars.create_calendar(hana.owner, name="Other", by="test", now=NOW)
    make.link(other, label="Elsewhere")
    make.link(hana.calendar, label="Here")
    base = f"/settings/calendars/{tokens.public_id('cal', hana.calendar.pk)}"
    for path in ("share", "links"):
        told = words(desk.get(f"{base}/{path}"))
        assert "Here" in told
        assert "Elsewhere" not in told
