"""Pages asked for in German say nothing in English: every page, and what comes of a form pressed wrongly."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from bookonce.domain.bookings import changes
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.calendars import operations as calendars
from bookonce.foundation import translation
from tests import make
from tests.interfaces.guest.conftest import Time, address_of, manage_of
from tests.interfaces.guest.conftest import time as time
from tests.interfaces.guest.reading import Browser, Form, Page
from tests.interfaces.host.conftest import sat_down

pytestmark = pytest.mark.django_db

CALLED = Guest(name="Gil Gast", email="gil@example.net", phone="+49 30 123456", language="de")

GERMAN = "de-DE,de;q=0.9,en;q=0.5"
SAID_IN_ATTRIBUTES = r'\b(?:aria-label|title|placeholder|alt|data-[a-z-]+)="([^"]*)"'
UNREAD = r"<(script|style|svg|textarea)\b.*?</\1>"
OTHERS = ("/outbox/", "/api/", "/sign-out")
"""Mails speak their own reader's language."""


@cache
def english() -> tuple[frozenset[str], list[tuple[str, re.Pattern[str]]]]:
    """Short texts, known only where they stand alone; longer ones, known anywhere, by their surest words."""
    said = [text for text, other in translation.load_catalogue("de").said.items() if text != other]
    alone = frozenset(text for text in said if len(text.split()) < 3 and "{" not in text)
    longer = [re.split(r"\{\w+\}", text) for text in said if text not in alone]
    return alone, [
        (max(parts, key=len).strip(), re.compile(rf"(?<!\w){'.+?'.join(map(re.escape, parts))}(?!\w)"))
        for parts in longer
        if len(" ".join(parts).split()) > 2
    ]


@cache
def is_english(words: str) -> bool:
    alone, anywhere = english()
    return words in alone or any(sure in words and shape.search(words) for sure, shape in anywhere)


def left_in_english(html: str) -> list[str]:
    """What stands on this page in the words of the source."""
    shown = re.sub(UNREAD, "", html, flags=re.DOTALL)
    pieces = [*re.split(r"<[^>]*>", shown), *re.findall(SAID_IN_ATTRIBUTES, shown)]
    return [words for piece in pieces if is_english(words := " ".join(unescape(piece).split()))]


def walk(browser: Browser, start: str, time: Time, *, most: int) -> Iterator[Page]:
    """Every page within reach but mails, and what comes of each form that is pressed wrongly."""
    waiting, answers, seen = deque([start]), deque[Page](), {"", start}
    while answers or (waiting and len(seen) < most):
        page = browser.open(waiting.popleft()) if waiting and len(seen) < most else answers.popleft()
        yield page
        fresh = [path for path in dict.fromkeys(map(inside, page.links)) if path not in seen]
        waiting.extend(fresh)
        seen.update(fresh)
        for form in page.forms:
            names = {re.sub(r"\d+", "", name) for name in [*form.values, *form.choices]}
            kind = " ".join([re.sub(r"_\w{20,}", "", form.action), *sorted(names)])
            if form.method == "post" and inside(form.action) and kind not in seen:
                seen.add(kind)
                answers.extend(pressed(browser, form, time))


def inside(link: str) -> str:
    """The path of a page of ours that speaks the reader's language; else nothing."""
    parts = urlsplit(link)
    ours = parts.path.startswith("/") and not parts.netloc and not parts.path.startswith(OTHERS)
    return parts.path if ours and "." not in parts.path else ""


def pressed(browser: Browser, form: Form, time: Time) -> Iterator[Page]:
    """The form at once, then empty, as it stands, filled with nonsense, and with a choice made."""
    nonsense, empty = dict.fromkeys(form.texts, "?!"), dict.fromkeys(form.texts, "")
    chosen = {name: values[-1] for name, values in form.choices.items()}
    buttons = form.buttons or [("", "")]
    for button in dict.fromkeys((buttons[0], buttons[-1])):
        yield browser.send(form, button=button)
        time.passes(3)
        for typed in (empty, {}, nonsense, chosen, nonsense | chosen):
            yield browser.send(form, button=button, **typed)


def reading(browser: Browser, start: str, time: Time, *, most: int) -> tuple[set[tuple[str, str]], int]:
    """What is English on any page from here, and how many pages were read."""
    found, read = set[tuple[str, str]](), 0
    for page in walk(browser, start, time, most=most):
        assert '<html lang="de"' in page.html, page.address
        found |= {(page.address, words) for words in left_in_english(page.html)}
        read += 1
    return found, read


def test_the_reading_finds_what_is_left() -> None:
    """It can fail: our own English page is full of it."""
    assert left_in_english("<p>Choose one; “No reason” is fine too.</p>")
    assert left_in_english('<a title="Days with free times in November">x</a>')
    assert not left_in_english("<p>Warum?</p><textarea>Choose one; “No reason” is fine too.</textarea>")


def test_a_guest(time: Time) -> None:
    team = make.team(
        questions=[
            {"key": "a", "label": "Anliegen", "kind": "text", "required": True},
            {"key": "b", "label": "Wahl", "kind": "choice", "required": True, "options": ["eins", "zwei"]},
        ],
        location={"kind": "ask"},
    )
    calendars.change_calendar(team.calendar, by="test", now=make.NOW, name="Gespräch")
    link = make.link(team.calendar)
    booking = make.booking(team.calendar, make.later(60 * 24), answers={"a": "x", "b": "eins"}, guest=CALLED)
    gone = make.booking(team.calendar, make.later(60 * 48), answers={"a": "x", "b": "eins"}, guest=CALLED)
    changes.cancel(gone, reason="", by="guest", now=make.NOW)
    public = f"/c/{team.workspace.slug}/{team.calendar.slug}"
    found, read = set[tuple[str, str]](), 0
    for start in (address_of(link), public, manage_of(booking), manage_of(gone), "/o/none"):
        more, pages = reading(Browser(accept_language=GERMAN), start, time, most=12)
        found, read = found | more, read + pages
    assert found == set()
    assert read > 40


@pytest.mark.one_database
def test_the_desk(client: Client, hana: make.Team, time: Time) -> None:
    calendars.change_calendar(hana.calendar, by="test", now=make.NOW, name="Gespräch")
    for _ in range(2):
        make.link(hana.calendar)
    make.booking(hana.calendar, make.later(60 * 24), link=make.link(hana.calendar), guest=CALLED)
    gone = make.booking(hana.calendar, make.later(60 * 48), guest=CALLED)
    changes.cancel(gone, reason="", by="host", now=make.NOW)
    browser = Browser(accept_language=GERMAN)
    sat_down(browser.client, hana)
    found, read = reading(browser, "/settings/calendars", time, most=60)
    assert found == set()
    assert read > 100
