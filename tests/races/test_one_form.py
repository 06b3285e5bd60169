"""One form, or one call, sent many times at once: it makes one thing, and all are led to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from bookonce.delivery.outbox.models import Event
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.foundation import clock, tokens
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.idempotency import in_flight
from bookonce.foundation.idempotency.models import RepeatableCall
from bookonce.interfaces.api import idempotency as calls
from bookonce.interfaces.host.calendars.listing import HOME, address_of
from bookonce.interfaces.host.links import forms
from bookonce.interfaces.host.shared import form_keys
from tests import make
from tests.interfaces.api.conftest import Program
from tests.interfaces.host.calendars.test_calendar_form import opened
from tests.interfaces.host.conftest import sat_down
from tests.make import NOW
from tests.races.crowd import RACERS, at_once
from tests.races.test_guards import MANY, Taken, all_of, instead
from tests.races.test_link_requests import without

pytestmark = pytest.mark.django_db(transaction=True)

Press = Callable[[], Any]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """It is the tests' now, and nobody is limited: the crowd comes from one address and by one key."""
    monkeypatch.setattr(clock, "now_precise", NOW.timestamp)
    settings.RATES = dict.fromkeys(settings.RATES, (10**6, 60))


def test_one_form_mints_one_link() -> None:
    team, nonce = make.team(), tokens.new_nonce()
    terms = links.LinkOptions(recipient_email="gil@example.net")
    results = at_once(
        [lambda: links.mint(team.calendar, terms, by="mem_1", via="page", now=NOW, nonce=nonce)] * RACERS
    )
    assert len({link.pk for link in results}) == 1
    assert Link.objects.count() == 1
    assert Event.objects.filter(kind="link.minted").count() == 1


def pressed(desk: Client, address: str, form: dict[str, Any]) -> Press:
    """Hana presses the button of this form, which she has opened once."""
    cookies = desk.cookies

    def press() -> str:
        browser = Client()
        browser.cookies = cookies
        answer = browser.post(address, form)
        assert answer.status_code == 303, answer.content
        return answer.headers["Location"]

    return press


def seal(desk: Client, page: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', desk.get(page).content.decode())
    assert found
    return found[1]


def share(team: make.Team) -> Press:
    desk, page = sat_down(Client(), team), f"{address_of(team.calendar)}/share"
    return pressed(desk, page, {"seal": seal(desk, page), "for": "Gil Guest", "until": "14"})


def create(team: make.Team) -> Press:
    desk = sat_down(Client(), team)
    return pressed(desk, f"{HOME}/new", opened(desk, f"{HOME}/new") | {"name": "Another"})


def copy(team: make.Team) -> Press:
    desk = sat_down(Client(), team)
    return pressed(desk, f"{address_of(team.calendar)}/duplicate", {"seal": seal(desk, HOME)})


FORMS = pytest.mark.parametrize(
    ("form", "made"), [(share, Link), (create, Calendar), (copy, Calendar)], ids=["share", "create", "copy"]
)


def race(form: Callable[[make.Team], Press], made: Any) -> tuple[int, int]:
    """How many things the form has made, and to how many the presses led."""
    team = make.team()
    before = made.objects.count()
    led = at_once([form(team)] * RACERS)
    return made.objects.count() - before, len(set(led))


@FORMS
def test_a_form_that_is_pressed_many_times_makes_one_thing(form: Any, made: Any) -> None:
    assert race(form, made) == (1, 1)


@FORMS
def test_without_its_key_the_race_turns_red(form: Any, made: Any) -> None:
    with (
        instead(form_keys, "form_id", lambda *_: tokens.new_id()),
        instead(forms, "nonce_of", lambda *_: tokens.new_nonce()),
    ):
        assert race(form, made) == (RACERS, RACERS)


def test_the_hash_of_its_token_keeps_a_link_to_one() -> None:
    """The database's guard of a nonce: where two of the same had two hashes, there were two links."""

    def new(*args: Any, **kwargs: Any) -> Link:
        link = made_by(*args, **kwargs)
        link.token_hash = tokens.new_nonce()
        return link

    made_by = links.build_link
    with instead(links, "build_link", new):
        made, _ = race(share, Link)
    assert made == RACERS


@pytest.mark.parametrize("verb", ["create_calendar", "duplicate_calendar"])
def test_where_nobody_looks_the_key_of_a_calendar_still_makes_one(verb: str) -> None:
    """The row's own key is the database's guard: whoever comes second is refused."""
    team, key = make.team(), tokens.new_id()
    what = team.owner if verb == "create_calendar" else team.calendar
    with instead(calendars, "_made_before", lambda *_: None):
        at_once([lambda: getattr(calendars, verb)(what, name="Another", by="cli", now=NOW, key=key)] * RACERS)
    assert {calendar.pk for calendar in Calendar.objects.all()} == {team.calendar.pk, key}


def call_of(team: make.Team) -> Press:
    """A program's call with an Idempotency-Key: the id of what it made, or the code of its refusal."""

    def call() -> str:
        sent = {"calendar": team.calendar.slug}
        answer = Program(team.api_key).post("/links", sent, Idempotency_Key="sent twice")
        told: str = answer.json()["id" if answer.status_code == 201 else "code"]
        return told

    return call


def race_of_calls(many: int = RACERS) -> tuple[int, int, set[str]]:
    """How many links were made, how many are told of it afterwards, and what else was answered."""
    team = make.team()
    call = call_of(team)
    told = set(at_once([call] * many)) | {call()}
    connections.close_all()
    ids = {one for one in told if one.startswith("lnk_")}
    return Link.objects.filter(workspace=team.workspace).count(), len(ids), told - ids


no_lock: Taken = partial(instead, in_flight, "exclusive_transaction", lambda _: transaction())
no_constraint: Taken = partial(without, RepeatableCall, "one_call_per_key")


def no_look() -> Any:
    """Nobody asks whether the call was made before."""
    return instead(calls, "find_earlier_call", lambda _: None)


def test_one_call_mints_one_link() -> None:
    made, named, refused = race_of_calls()
    assert (made, named, refused <= {"in_flight"}) == (1, 1, True)


def test_without_the_lock_of_a_call_its_constraint_holds_alone() -> None:
    with no_lock():
        assert race_of_calls() == (1, 1, set())


def test_with_lock_and_constraint_of_a_call_gone_the_race_turns_red() -> None:
    with all_of(no_lock, no_constraint, no_look):
        made, _, _ = race_of_calls(MANY)
    assert made > 1, "and some get in each other's way"
