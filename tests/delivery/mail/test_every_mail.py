"""Every mail in English and in German, part by part, as it has always read."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.models import Person
from bookonce.domain.bookings.changes import cancel, move
from bookonce.domain.bookings.guest_details import Guest
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import link_requests
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "every_mail"
AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
ACCOUNT = ("password_changed", "password_set", "email_changed", "passkey_added", "passkey_removed")
ACCOUNT += ("authenticator_on", "authenticator_off")


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are kept as files, made at one instant."""
    settings.DATA, settings.EMAIL_URL, settings.BASE_URL = tmp_path, "", "https://book.example.org"
    monkeypatch.setattr(clock, "now_precise", NOW.timestamp)


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def team(language: str) -> make.Team:
    terms = {
        "questions": [{"key": "why", "label": "What is it about?", "kind": "textarea"}],
        "location": {"kind": "url", "value": "https://meet.example.org/a"},
        "description": "Half an hour.",
    }
    made = make.team(**terms)
    make.speaking(made.workspace, language)
    Person.objects.filter(pk=made.owner.person_id).update(language=language, email="hana@example.org")
    made.owner.refresh_from_db()
    made.calendar.refresh_from_db()
    return made


def gil(language: str) -> Guest:
    return Guest("Gil Guest", "gil@example.net", "+49 30 123456", "America/New_York", language)


def sent() -> None:
    while worker.deliver_one({"email": deliver}, now=later(0)):
        pass


def mails(settings: Any) -> str:
    """Everything that was sent, without what is another one each time."""
    found = {path.stem: path.read_bytes() for path in settings.DATA.glob("outbox/*.eml")}
    rows = Delivery.objects.filter(pk__in=found).select_related("event").order_by("event_id", "to")
    return "".join(_as_text(row, found[str(row.pk)]) for row in rows)


def _as_text(row: Delivery, written: bytes) -> str:
    head, _, _ = written.decode().partition("\r\n\r\n")
    message = message_from_bytes(written, EmailMessage, policy=default)
    headers = ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition")
    parts = [
        f"{'; '.join(str(part[name]) for name in headers)}\n\n{_body(part)}"
        for part in message.walk()
        if not part.is_multipart()
    ]
    shape = " ".join(part.get_content_type() for part in message.walk())
    return _same("\n\n".join([f"=== {row.event.kind} to {row.to}", head, shape, *parts]) + "\n\n")


def _same(text: str) -> str:
    """The text without keys and tokens."""
    for number, key in enumerate(sorted(set(re.findall(r"\b[0-9a-f]{32}\b", text)), key=text.index)):
        text = text.replace(key, f"ID{number}")
    text = re.sub(r"/(b|password/new|email/new)/[0-9A-Za-z]{23}", r"/\1/TOKEN", text)
    return re.sub(r"=====+\d+==", "BOUNDARY", text).replace("\r\n", "\n")


def _body(part: Any) -> str:
    content = part.get_content()
    text = content if isinstance(content, str) else content.decode()
    if "BEGIN:VCALENDAR" in text:
        text = text.replace("\r\n ", "").replace("\n ", "")
    if part.get_content_subtype() in ("html", "ics"):
        # It says once more what stands above: whether it does is enough.
        return hashlib.sha256(_same(text).encode()).hexdigest()
    return text


def check(name: str, language: str, found: str) -> None:
    """They are what they were; with this variable set, what they are is written down anew."""
    path = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("BOOKONCE_TEST_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()


def test_bookings(team: make.Team, language: str, settings: Any) -> None:
    booking = make.booking(team.calendar, AT, guest=gil(language), answers={"why": "A <talk>"})
    sent()
    move(booking, starts_at=make.slots(team.calendar, 9)[8], by="guest", now=NOW)
    sent()
    cancel(booking, reason="other_plans", by="cli", now=NOW)
    sent()
    asked = make.booking(team.calendar, later(600), guest=gil(language))
    Event.objects.filter(booking_id=asked.pk).update(kind="booking.requested")
    sent()
    phone = calendars.change_calendar(team.calendar, location={"kind": "guest_phone"}, by="test", now=NOW)
    make.booking(phone, later(660), guest=gil(language))
    sent()
    check("bookings", language, mails(settings))


def test_asks(team: make.Team, language: str, settings: Any) -> None:
    used = make.link(team.calendar, recipient_name="Gil", recipient_email="gil@example.net", label="A")
    make.booking(team.calendar, link=used)
    Delivery.objects.all().delete()
    for number in range(2):
        link_requests.request_new_link(used, name="Gil", reach="+49 30 1", message=f"Ill {number}", now=NOW)
    sent()
    Delivery.objects.update(ended_at=later(-600))
    for _ in range(6):
        link = make.link(team.calendar)
        make.booking(team.calendar, link=link)
        Delivery.objects.filter(event__kind="booking.made").delete()
        link_requests.request_new_link(link, name="Ann", now=NOW)
    sent()
    check("asks", language, mails(settings))


def test_accounts(team: make.Team, language: str, settings: Any) -> None:
    person = team.owner.person
    with transaction():
        for purpose in mailed_tokens.Purpose:
            mailed_tokens.mail_link(person, purpose, to=person.email, now=NOW)
        for kind in ACCOUNT:
            mailed_tokens.record_account_event(person, f"account.{kind}", to=person.email, now=NOW)
    sent()
    check("accounts", language, mails(settings))
