"""Share: the link is made once, as it was asked for; the scheduling link is the calendar's visibility."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bookonce.delivery.outbox.models import Event
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.models import Link, Observation
from bookonce.domain.links.queries import token_of, url_of
from bookonce.foundation import tokens
from bookonce.interfaces.host.links.forms import parse_recipient
from bookonce.interfaces.host.links.sending import base_url_visibility
from tests import make
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

MOST = 12
BERLIN = ZoneInfo("Europe/Berlin")


def address(team: make.Team) -> str:
    return f"/settings/calendars/{tokens.public_id('cal', team.calendar.pk)}/share"


def words(answer: Any) -> str:
    text = re.sub(
        r"<(script|style|svg|head|template)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def seal(desk: Client, team: make.Team) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', desk.get(address(team)).content.decode())
    assert found
    return found[1]


def mint(desk: Client, team: make.Team, **said: str) -> Any:
    said = {"seal": seal(desk, team), "for": "", "until": "14"} | said
    return desk.post(address(team), said)


def test_a_link_is_made_as_it_was_asked_for(desk: Client, hana: make.Team) -> None:
    calendars.change_calendar(
        hana.calendar,
        by="test",
        now=NOW,
        questions=[{"key": "topic", "label": "Topic", "kind": "text"}],
    )
    answer = mint(
        desk,
        hana,
        **{
            "for": "Gil Guest <gil@example.net>, +49 30 123456",
            "label": "Spring",
            "note": "Met in Bonn",
            "message": "Bis bald!",
            "until": "own",
            "until_on": "2026-12-06",
            "opens": "2026-11-25T09:00",
            "opens_was": "",
            "minutes": "45",
            "window_from": "2026-11-26",
            "window_to": "2026-12-04",
            "location_kind": "text",
            "location_value": "Room 3",
            "on_cancel": "reopen",
            "q-topic": "Roof",
            "lock-topic": "yes",
        },
    )
    link = Link.objects.get()
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{address(hana)}?made={tokens.public_id('lnk', link.pk)}"
    assert (link.recipient_name, link.recipient_email, link.recipient_phone) == (
        "Gil Guest",
        "gil@example.net",
        "+4930123456",
    )
    assert (link.label, link.note, link.message) == ("Spring", "Met in Bonn", "Bis bald!")
    assert link.expires_at == datetime(2026, 12, 6, 23, 59, tzinfo=BERLIN)
    assert link.opens_at == datetime(2026, 11, 25, 9, 0, tzinfo=BERLIN)
    assert (link.minutes, link.on_cancel, link.location) == (
        45,
        "reopen",
        {"kind": "text", "value": "Room 3"},
    )
    assert (str(link.window_from), str(link.window_to)) == ("2026-11-26", "2026-12-04")
    assert (link.prefill, link.locked) == ({"topic": "Roof"}, ["topic"])
    assert (link.created_via, link.contact_id is not None) == ("page", True)
    event = Event.objects.get(kind="link.minted")
    assert event.by == tokens.public_id("mem", hana.owner.pk)


def test_nothing_said_makes_a_link_of_the_usual_life(desk: Client, hana: make.Team) -> None:
    hana.workspace.link_days = 10
    hana.workspace.save()
    page = desk.get(address(hana)).content.decode()
    assert '<option value="10" selected>' in page
    mint(desk, hana, until="10")
    assert Link.objects.get().expires_at == datetime(2026, 12, 3, 23, 59, tzinfo=BERLIN)
    mint(desk, hana, until="never")
    assert Link.objects.latest("pk").expires_at is None


def test_the_page_of_a_new_link_shows_its_address_and_how_to_send_it(desk: Client, hana: make.Team) -> None:
    answer = mint(desk, hana, **{"for": "Gil +49 30 123456"})
    page = desk.get(answer.headers["Location"])
    link = Link.objects.get()
    url, html = url_of(link) or "", page.content.decode()
    assert f'value="{url}"' in html
    assert 'href="sms:+4930123456?&amp;body=' in html
    subject = re.search(r"mailto:\?subject=([^&]*)&amp;", html)
    assert subject
    assert "Intro" in subject[1]
    assert (token_of(link) or "") not in subject[1]
    assert (token_of(link) or "") not in re.sub(r"<main.*</main>", "", html, flags=re.DOTALL)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_where_guests_are_not_told_the_place_it_says_so(desk: Client, hana: make.Team) -> None:
    told, form = "Guests are not told where you meet.", address(hana).removesuffix("/share")
    for page in (address(hana), f"{address(hana)}/scheduling"):
        assert told in words(desk.get(page))
        assert f'href="{form}#where"' in desk.get(page).content.decode()
    assert told not in words(desk.get(mint(desk, hana).headers["Location"])), "that is done"
    calendars.change_calendar(hana.calendar, by="test", now=NOW, location={"kind": "ask"})
    for page in (address(hana), f"{address(hana)}/scheduling"):
        assert told not in words(desk.get(page))


def test_lists_hold_no_address(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar)
    for path in (address(hana), address(hana).replace("/share", "/links")):
        assert (token_of(link) or "") not in desk.get(path).content.decode()


def test_the_same_form_twice_is_one_link(desk: Client, hana: make.Team) -> None:
    said = {"seal": seal(desk, hana), "for": "Gil", "until": "14"}
    first, second = desk.post(address(hana), said), desk.post(address(hana), said)
    assert first.headers["Location"] == second.headers["Location"]
    assert Link.objects.count() == 1
    desk.post(address(hana), said | {"for": "Mara"})
    desk.post(address(hana), said | {"seal": seal(desk, hana)})
    assert Link.objects.count() == 3


@pytest.mark.parametrize(
    ("said", "field", "mend"),
    [
        ({"for": "gil@nowhere"}, "for", "no domain"),
        ({"for": "gil@example.net, bob@example.net"}, "for", "one e-mail address"),
        ({"for": "gil@example.net bob@"}, "for", "like gil@example.net"),
        ({"for": "+49 30 123456, +49 40 123456"}, "for", "one phone number"),
        ({"for": "+49 30 123456 +49 40 123456"}, "for", "one phone number"),
        ({"for": "0301234567890123456"}, "for", "one phone number"),
        ({"for": "+1"}, "for", "whole number"),
        ({"until": "own", "until_on": "2020-01-01"}, "until_on", "lies ahead"),
        ({"until": "own", "until_on": ""}, "until_on", "date of its last day"),
        ({"until": "own", "until_on": "soon"}, "until_on", "date of its last day"),
        ({"opens": "tomorrow"}, "opens", "like 2026-11-24 14:30"),
        ({"opens": "2027-05-01T10:00", "until": "1"}, "until", "after it opens"),
        ({"minutes": "long"}, "minutes", "number of minutes"),
        ({"minutes": "2000"}, "minutes", "1440"),
        ({"window_from": "2026-12-04", "window_to": "2026-12-01"}, "window_to", "on or after"),
        ({"window_to": "0001-01-01"}, "window_to", "not over yet"),
        ({"location_kind": "url", "location_value": "here"}, "location_value", "https://"),
        ({"label": "x" * 201}, "label", "200"),
        ({"message": "x" * 501}, "message", "500"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field_and_kept(
    desk: Client, hana: make.Team, said: dict[str, str], field: str, mend: str
) -> None:
    answer = mint(desk, hana, **said)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert Link.objects.count() == 0
    error = re.search(rf'id="{field}-error">([^<]*)<', html)
    assert error, words(answer)[:600]
    assert mend in unescape(error[1])
    assert f'href="#{field}"' in html
    inside = field not in ("for", "until", "until_on")
    assert ('<details class="fold" open>' in html) == inside, "what is folded opens for a fault inside alone"
    for value in said.values():
        assert not value or value in html


def test_what_is_wrong_is_listed_in_the_order_of_the_form(desk: Client, hana: make.Team) -> None:
    html = mint(desk, hana, **{"for": "gil@nowhere", "label": "x" * 201, "minutes": "long"}).content.decode()
    assert re.findall(r'<a href="#(\w+)">', html) == ["for", "label", "minutes"]


def test_a_last_day_of_its_own_is_not_called_optional(desk: Client, hana: make.Team) -> None:
    html = desk.get(address(hana)).content.decode()
    label, field = re.search(r'<label for="until_on">(.*?)</label>\s*(<input[^>]*>)', html, re.S).groups()
    assert label.strip() == "Last day"
    assert "required" not in field, "a browser would hold the form back for a field that is not there"


def test_everything_that_is_wrong_is_told_at_once(desk: Client, hana: make.Team) -> None:
    """What lies in the past, too, though something else cannot even be read."""
    said = {"for": "gil@nowhere", "until": "own", "until_on": "2020-01-01", "minutes": "long"}
    html = mint(desk, hana, **said, window_to="2020-01-01").content.decode()
    assert re.findall(r'<a href="#(\w+)">', html) == ["for", "until_on", "minutes", "window_to"]
    late = {"until": "own", "until_on": "2020-01-01", "opens": "tomorrow", "label": "x" * 201}
    html = mint(desk, hana, **late).content.decode()
    assert re.findall(r'<a href="#(\w+)">', html) == ["until_on", "opens", "label"]


def test_places_are_called_as_the_calendars_form_calls_them(desk: Client, hana: make.Team) -> None:
    forms = [
        desk.get(path).content.decode() for path in (address(hana).removesuffix("/share"), address(hana))
    ]
    calendar, link = (
        re.findall(r'<option value="(url|phone|address|ask|text)"[^>]*>([^<]*)<', form) for form in forms
    )
    assert len(link) == 5
    assert calendar[:5] == link


def test_a_forged_or_foreign_seal_mints_nothing(desk: Client, hana: make.Team, sam: make.Team) -> None:
    other = make.team("Third", "Tia")
    for wrong in ("", "forged", "x" * 5000, foreign_seal(other)):
        assert mint(desk, hana, seal=wrong).status_code == 422
    assert Link.objects.count() == 0


def foreign_seal(team: make.Team) -> str:
    client = Client()
    client.force_login(team.owner.person)
    return seal(client, team)


def test_the_switch_is_the_visibility(desk: Client, hana: make.Team) -> None:
    tab = f"{address(hana)}/scheduling"
    public = f"/c/{hana.workspace.slug}/{hana.calendar.slug}"
    page = desk.get(tab)
    assert 'aria-checked="true"' in page.content.decode()
    assert public in page.content.decode()
    assert desk.post(tab, {"visibility": "link_only"}).status_code == 303
    assert Client().get(public).status_code == 404
    page = desk.get(tab)
    assert 'aria-checked="false"' in page.content.decode()
    assert public not in page.content.decode()
    version = hana.calendar.version
    desk.post(tab, {"visibility": "link_only"})
    desk.post(tab, {"visibility": "everybody"})
    hana.calendar.refresh_from_db()
    assert (hana.calendar.visibility, hana.calendar.version) == ("link_only", version + 1)
    desk.post(tab, {"visibility": "public"})
    assert Client().get(public).status_code == 200


def test_codes_are_drawn_by_us_black_on_white(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar)
    mine = f"/links/{tokens.public_id('lnk', link.pk)}/code"
    for base in (mine, address(hana).replace("/share", "/code")):
        svg, png = desk.get(f"{base}.svg"), desk.get(f"{base}.png?download=1")
        assert svg.headers["Content-Type"] == "image/svg+xml"
        assert svg.headers["Cache-Control"] == "no-store"
        assert b"<script" not in svg.content
        assert b"style=" not in svg.content
        assert b"#000" in svg.content
        assert b"#fff" in svg.content
        assert png.content.startswith(b"\x89PNG")
        assert "attachment" in png.headers["Content-Disposition"]
        assert desk.get(f"{base}.gif").status_code == 404
    assert desk.get(f"{address(hana)}/qr").status_code == 200
    made = desk.get(f"{address(hana)}/qr?made={tokens.public_id('lnk', link.pk)}")
    assert f'src="{mine}.svg"' in made.content.decode()


def test_a_code_of_a_link_only_calendar_is_a_one_time_link(desk: Client, hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, by="test", now=NOW, visibility="link_only")
    assert desk.get(address(hana).replace("/share", "/code.svg")).status_code == 404
    assert "no scheduling link" in words(desk.get(f"{address(hana)}/qr"))
    assert "no scheduling link" in words(desk.get(f"{address(hana)}/embed"))
    answer = mint(desk, hana, then="qr", until="never")
    assert answer.headers["Location"].startswith(f"{address(hana)}/qr?made=lnk_")


def test_the_snippet_is_a_link_that_can_be_copied_as_it_is(desk: Client, hana: make.Team) -> None:
    html = desk.get(f"{address(hana)}/embed").content.decode()
    snippet = re.search(r"<textarea[^>]*>([^<]*)</textarea>", html)
    assert snippet
    assert unescape(snippet[1]).startswith('<a href="http')
    assert f"/c/{hana.workspace.slug}/{hana.calendar.slug}" in snippet[1]


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("http://localhost:8000", "Only this computer"),
        ("http://nas.local", "Only your own network"),
        ("https://book.acme.example", ""),
    ],
)
def test_it_says_who_cannot_open_the_link(desk: Client, hana: make.Team, base: str, told: str) -> None:
    with override_settings(BASE_URL=base):
        said = words(desk.get(address(hana)))
    assert ("BOOKONCE_BASE_URL" in said) == bool(told)
    assert told in said


def test_every_way_is_in_its_own_workspace(desk: Client, hana: make.Team, sam: make.Team) -> None:
    theirs = make.link(sam.calendar)
    name = tokens.public_id("lnk", theirs.pk)
    for path in ("", "/scheduling", "/qr", "/embed"):
        assert desk.get(address(sam) + path).status_code == 404
        assert (
            desk.get(
                address(sam).replace(tokens.public_id("cal", sam.calendar.pk), "cal_x") + path
            ).status_code
            == 404
        )
    assert desk.get(address(sam).replace("/share", "/code.svg")).status_code == 404
    assert desk.get(address(sam).replace("/share", "/links")).status_code == 404
    assert desk.post(address(sam), {"until": "14"}).status_code == 404
    assert desk.post(f"{address(sam)}/scheduling", {"visibility": "link_only"}).status_code == 404
    for way in ("", "/qr"):
        assert desk.get(f"{address(hana)}{way}?made={name}").status_code == 404
    sam.calendar.refresh_from_db()
    assert sam.calendar.visibility == "public"
    assert Link.objects.filter(calendar=sam.calendar).count() == 1


def test_an_archived_calendar_is_not_shared(desk: Client, hana: make.Team) -> None:
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    assert desk.get(address(hana)).status_code == 404
    assert desk.post(address(hana), {}).status_code == 404


def test_only_our_own_form_mints(hana: make.Team) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hana.owner.person)
    assert strict.post(address(hana), {"seal": seal(strict, hana), "until": "14"}).status_code == 403
    assert Link.objects.count() == 0


@pytest.mark.parametrize(
    ("whom", "line"),
    [
        (("Gil Guest", "gil@example.net", "+49 30 123456"), "Gil Guest, gil@example.net, +49 30 123456"),
        (("", "gil@example.net", ""), "gil@example.net"),
        (("", "", ""), ""),
        (("Team 030 123456", "gil@example.net", ""), "gil@example.net"),
        (("<b>Gil</b>", "", ""), "&lt;b&gt;Gil&lt;/b&gt;"),
        (("+1", "", ""), ""),
    ],
)
def test_another_link_is_for_whom_the_last_one_was(
    desk: Client, hana: make.Team, whom: tuple[str, str, str], line: str
) -> None:
    """From the page of a link that is over; by the link's id, as nobody's name belongs in an address."""
    terms = dict(zip(("recipient_name", "recipient_email", "recipient_phone"), whom, strict=True))
    link = make.link(hana.calendar, **terms)
    make.booking(hana.calendar, link=link)
    there = re.search(
        r'href="([^"]+/share\?[^"]*)"',
        desk.get(f"/links/{tokens.public_id('lnk', link.pk)}").content.decode(),
    )
    assert there
    assert unescape(there[1]) == f"{address(hana)}?like={tokens.public_id('lnk', link.pk)}"
    form = desk.get(unescape(there[1])).content.decode()
    assert f'value="{line}"' in form[form.index('id="for"') :].partition(">")[0]


def test_another_link_is_like_one_of_this_calendar_alone(
    desk: Client, hana: make.Team, sam: make.Team
) -> None:
    for other in (
        make.link(sam.calendar),
        make.link(calendars.create_calendar(hana.owner, name="Other", by="test", now=NOW)),
    ):
        name = tokens.public_id("lnk", other.pk)
        assert desk.get(f"{address(hana)}?like={name}").status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_pages_cost_the_same_with_many_links(desk: Client, hana: make.Team, count: int) -> None:
    for number in range(count):
        link = make.link(hana.calendar, label=f"Link {number}")
        if number % 5 == 0:
            make.booking(hana.calendar, NOW + timedelta(hours=3 + number), link=link)
    name = tokens.public_id("lnk", link.pk)
    shown = address(hana)
    ways = [f"{shown}{way}" for way in ("", "/scheduling", "/qr", "/embed")]
    for path in [*ways, shown.replace("/share", "/links"), f"/links/{name}", f"/links/{name}/edit"]:
        desk.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= MOST, (path, [query["sql"] for query in asked.captured_queries])


def test_lists_do_not_fetch_who_came_by(
    desk: Client, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that robots come to for months costs a list as much as one that nobody has opened."""
    link = make.link(hana.calendar)
    Observation.objects.bulk_create(
        Observation(link=link, kind="opened", visitor="robot", at=NOW + timedelta(minutes=10 * number))
        for number in range(400)
    )
    Observation.objects.create(link=link, kind="opened", visitor="person", at=NOW - timedelta(days=1))
    fetched: list[Any] = []
    read = Observation.from_db.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(
        Observation, "from_db", classmethod(lambda cls, *row: fetched.append(row) or read(cls, *row))
    )
    for path in (address(hana), address(hana).replace("/share", "/links")):
        assert "Opened by a person" in words(desk.get(path))
    assert not fetched
    page = desk.get(f"/links/{tokens.public_id('lnk', link.pk)}")
    assert 0 < len(fetched) <= 300
    assert "Nobody has opened it" not in words(page), "what is not told of is not forgotten"


@pytest.mark.parametrize(
    ("text", "name", "email", "phone"),
    [
        ("", "", "", ""),
        ("Gil Guest", "Gil Guest", "", ""),
        ("gil@example.net", "", "gil@example.net", ""),
        ("+49 (30) 123-456", "", "", "+49 (30) 123-456"),
        ("Gil Guest <gil@example.net>", "Gil Guest", "gil@example.net", ""),
        ('"Guest, Gil" <gil@example.net>', "Guest, Gil", "gil@example.net", ""),
        ("Gil, gil@example.net; 030 123456", "Gil", "gil@example.net", "030 123456"),
        ("Room 101", "Room 101", "", ""),
        ("Gil @ Acme <gil@example.net>", "Gil @ Acme", "gil@example.net", ""),
        ("Gil +1", "Gil +1", "", ""),
        ("<img src=x>", "<img src=x>", "", ""),
        ("Gil Guest (Jr.)", "Gil Guest (Jr.)", "", ""),
        ("mailto:gil@example.net", "", "gil@example.net", ""),
    ],
)
def test_one_field_tells_names_mail_and_numbers_apart(text: str, name: str, email: str, phone: str) -> None:
    assert parse_recipient(text) == {"name": name, "email": email, "phone": phone}


@pytest.mark.parametrize(
    ("base", "how_far"),
    [
        ("http://localhost:8000", "computer"),
        ("http://127.0.0.1", "computer"),
        ("http://[::1]:80", "computer"),
        ("http://shop.localhost", "computer"),
        ("http://nas", "network"),
        ("http://nas.local", "network"),
        ("http://192.168.1.4", "network"),
        ("https://book.example.org", ""),
        ("https://8.8.8.8", ""),
    ],
)
def test_how_far_an_address_reaches(base: str, how_far: str) -> None:
    assert base_url_visibility(base) == how_far
