"""What the build before the names changed has made and shown works in this one.

That build (5c875cf) was run with the key below: its commands, its web server and its worker, with browsers
and programs that called it. `recorded/rows_of_the_build_before.json` is all that its database held then, and
`recorded/shown_by_the_build_before.json` what it had given away: addresses, cookies, keys, forms that still
stood open, and the Message-IDs under which its own worker would have sent what waited. No rename may change
either file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.core import signing
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain import invariants
from bookonce.domain.accounts.models import Person
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary import guards
from bookonce.domain.links.models import Ask, Link
from bookonce.domain.links.queries import state_of
from bookonce.foundation import clock
from bookonce.interfaces.host.account import recovery
from bookonce.interfaces.host.shared import known_browsers
from tests.delivery.outbox.post import post_office
from tests.interfaces.api.conftest import Program
from tests.interfaces.guest.conftest import Time
from tests.interfaces.guest.reading import Browser, Form, Page
from tests.interfaces.host.reading import read

RECORDED = Path(__file__).parent / "recorded"
SHOWN: dict[str, Any] = json.loads((RECORDED / "shown_by_the_build_before.json").read_text())
AT = datetime.fromisoformat(SHOWN["at"]).timestamp()
LAST_MIGRATION = ("bookonce", "0010_deliveries_workspace")
"""The newest that the build before had."""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def upgraded_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the build before, migrated to the newest form; each test begins with it anew."""
    with django_db_blocker.unblock():
        try:
            _load_rows_of_the_build_before()
        finally:
            call_command("migrate", verbosity=0)
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


def _load_rows_of_the_build_before() -> None:
    call_command("migrate", "bookonce", "zero", verbosity=0)
    executor = MigrationExecutor(connection)
    # By the steps that it knew, where one stands beside them today that replaces them.
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    executor.migrate([LAST_MIGRATION])
    old = executor.loader.project_state(LAST_MIGRATION).apps
    with transaction.atomic():
        for row in json.loads((RECORDED / "rows_of_the_build_before.json").read_text()):
            model = old.get_model(row["model"])
            fields = [(model._meta.get_field(name), value) for name, value in row["fields"].items()]
            values = {field.attname: field.to_python(value) for field, value in fields}
            model(pk=model._meta.pk.to_python(row["pk"]), **values).save(force_insert=True)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(old.get_models())):
                cursor.execute(statement)


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Time:
    """Five seconds after the build before was stopped, under its key."""
    settings.SECRET_KEY = "a key of a test that signs what a build before has shown"
    settings.DATA = tmp_path
    time = Time()
    time.at = AT + 5
    monkeypatch.setattr(clock, "now_precise", lambda: time.at)
    monkeypatch.setattr(signing.time, "time", lambda: time.at)
    monkeypatch.setattr(recovery, "TAKES", 0)
    return time


@pytest.fixture
def program(time: Time) -> Program:
    """Hana's program, with the key that she had made."""
    return Program(SHOWN["api_key"])


def browser_with(cookies: dict[str, str]) -> Browser:
    """A browser as it was left, which must prove on every form of the desk that it comes from us."""
    browser = Browser()
    browser.client = Client(enforce_csrf_checks=True)
    browser.client.cookies.load(cookies)
    return browser


def hana() -> Browser:
    return browser_with(SHOWN["hana_cookies"])


def press(name: str, browser: Browser) -> Page:
    """Send the form that stood open, as it was filled in."""
    form = SHOWN[name]
    return browser.send(Form("post", form["action"], form["values"]))


def test_its_database_breaks_no_promise() -> None:
    assert guards.missing_guards() == []
    assert invariants.find_broken() == []


def test_its_session_still_signs_its_person_in() -> None:
    page = hana().open("/settings/account")
    assert (page.status, page.address) == (200, "/settings/account")
    assert "hana@example.org" in page.words
    assert browser_with({"bookonce": "x" * 32}).open("/settings/account").address != page.address


def test_its_browser_is_known_and_its_password_and_second_factor_are_taken(time: Time, rf: Any) -> None:
    request = rf.get("/sign-in")
    request.COOKIES |= SHOWN["hana_cookies"]
    assert known_browsers.number_of(request, "hana@example.org")
    assert not known_browsers.number_of(request, "sam@example.org")
    time.passes(60)
    for code in (pyotp.TOTP(SHOWN["authenticator_secret"]).at(int(time.at)), SHOWN["recovery_code"]):
        client = Client()
        told = client.post("/sign-in", {"email": "sam@example.org", "password": "another old password"})
        assert told.headers["Location"] == "/sign-in/code"
        client.post("/sign-in/code", {"code": code})
        assert "sam@example.org" in read(client.get("/settings/account"))


def test_its_link_is_opened_and_redeemed_once(time: Time) -> None:
    gil = Browser()
    page = gil.open(SHOWN["fresh_link"])
    time.passes(5)
    assert gil.book(gil.pick(page)).heading == "You're booked"
    assert Browser().open(SHOWN["fresh_link"]).heading == "This link has already been used."


def test_its_open_page_of_times_leads_on_to_the_details_and_is_booked(time: Time) -> None:
    mara = Browser()
    page = press("times_form", mara)
    time.passes(5)
    assert mara.book(page).heading == "You're booked"
    link = Link.objects.get(label="times open")
    at = Booking.objects.get(link=link).starts_at
    assert f"{at:%Y-%m-%dT%H:%M:%SZ}" == SHOWN["times_form"]["values"]["at"]


def test_its_open_page_of_details_is_booked_once() -> None:
    mara = Browser()
    assert press("details_form", mara).heading == "You're booked"
    assert press("details_form", mara).heading == "You're booked"
    assert Booking.objects.filter(link__label="details open").count() == 1


def test_who_presses_once_more_what_it_has_booked_reads_the_confirmation() -> None:
    before = Booking.objects.count()
    assert press("details_again", browser_with(SHOWN["gil_cookies"])).heading == "You're booked"
    assert browser_with(SHOWN["gil_cookies"]).open(SHOWN["used_link"]).heading == "You're booked"
    assert Browser().open(SHOWN["used_link"]).heading == "This link has already been used."
    assert Booking.objects.count() == before


def test_its_manage_link_opens_and_its_open_form_moves() -> None:
    gil = Browser()
    page = gil.open(SHOWN["manage"])
    assert "Mon 1 March, 10:30" in page.words
    page = press("move_form", gil)
    assert page.heading == "Your appointment has been moved"
    assert "Mon 1 March, 12:00" in page.words


def test_its_open_form_cancels() -> None:
    press("cancel_form", Browser())
    booking = Booking.objects.get(guest_name="Ines Guest")
    assert (booking.state, booking.cancel_reason) == ("cancelled", "I can't make it")


def test_its_form_asks_for_a_new_link_and_its_answer_is_known() -> None:
    before = Ask.objects.count()
    press("ask_form", Browser())
    assert Ask.objects.count() == before + 1
    assert "reach" not in Browser().open(SHOWN["asked_page"]).html.partition("<form")[2]


def test_the_forms_of_its_desk_are_taken() -> None:
    desk = hana()
    assert press("calendar_form", desk).status == 200
    assert press("calendar_form", desk).status == 200
    assert Calendar.objects.filter(name="Second call").count() == 1, "a form pressed twice makes one"
    assert press("calendar_edit", desk).status == 200
    edited = Calendar.objects.get(slug="intro-call", workspace__slug="acme")
    assert edited.description == "Half an hour."
    assert edited.location == {"kind": "phone", "value": "030 123456"}
    assert edited.contact["phone"] == "030/123456", "what is not changed stays as it was kept"
    assert press("link_edit", desk).status == 200
    assert Link.objects.get(label="times still open").recipient_phone == "030 654321"
    press("host_cancel", desk)
    cancelled = Booking.objects.get(state="cancelled")
    assert cancelled.cancel_reason == "Something came up."
    assert state_of(Link.objects.get(label="booked by key"), now=clock.now()) == "active"


def test_a_form_that_has_minted_there_mints_no_other_link_here() -> None:
    before = Link.objects.count()
    assert press("share_form", hana()).address == SHOWN["shared_page"]
    assert Link.objects.count() == before
    press("share_form_open", hana())
    assert Link.objects.count() == before + 1


def test_its_key_and_its_repeatable_calls_are_known(program: Program) -> None:
    minted, booked = SHOWN["minted"], SHOWN["booked"]
    links, bookings = Link.objects.count(), Booking.objects.count()
    assert program.get("/me").json()["workspace"]["slug"] == "acme"
    told = program.post("/links", minted["body"], Idempotency_Key=minted["key"])
    assert (told.status_code, told.json()) == (201, minted["answer"])
    other = program.post("/links", minted["body"] | {"label": "x"}, Idempotency_Key=minted["key"])
    assert other.status_code == 422
    told = Program().post(booked["path"], booked["body"], Idempotency_Key=booked["key"])
    assert (told.status_code, told.json()) == (201, booked["answer"])
    assert (Link.objects.count(), Booking.objects.count()) == (links, bookings)


def test_its_version_of_a_link_and_its_place_in_a_list_are_known(program: Program) -> None:
    minted = SHOWN["minted"]
    address = f"/links/{minted['answer']['id']}"
    assert program.get(f"/links?cursor={SHOWN['cursor']}").json()["data"][0]["id"] == minted["answer"]["id"]
    assert program.patch(address, {"note": "x"}, If_Match=minted["etag"]).status_code == 200
    assert program.patch(address, {"note": "y"}, If_Match=minted["etag"]).status_code == 412


def test_what_waited_is_delivered_once_as_it_would_have_been(time: Time, settings: Any) -> None:
    expected = SHOWN["mails"]
    tried = set(Delivery.objects.filter(attempts=1).values_list("pk", flat=True))
    assert 0 < len(tried) < len(expected) == Delivery.objects.filter(state="waiting").count()
    with post_office() as post:
        settings.EMAIL_URL = post.url
        for _ in range(2):
            while worker.deliver_one({"email": deliver}):
                pass
            time.passes(60)
        mails = post.mails()
    assert sorted(mail["Message-ID"] for mail in mails) == sorted(one["id"] for one in expected.values())
    for one in expected.values():
        [mail] = [mail for mail in mails if mail["Message-ID"] == one["id"]]
        body = mail.get_body(("plain",))
        assert body is not None
        assert str(mail["To"]) == one["to"]
        assert all(f"{settings.BASE_URL}{link}" in body.get_content() for link in one["links"])
    assert set(Delivery.objects.filter(attempts=2).values_list("pk", flat=True)) == tried
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_its_mailed_addresses_open() -> None:
    links = [link for mail in SHOWN["mails"].values() for link in mail["links"]]
    [password] = [link for link in links if link.startswith("/password/new/")]
    [email] = [link for link in links if link.startswith("/email/new/")]
    assert Browser().open(password).status == 200
    Client().post(password, {"password": "a quiet new password"})
    assert Person.objects.get(email="sam@example.org").check_password("a quiet new password")
    assert Browser().open(password).status == 404, "it is used up"
    assert Browser().open(email).status == 200
    Client().post(email)
    assert Person.objects.filter(email="hana.new@example.org").exists()
