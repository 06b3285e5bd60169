"""A mail that cannot be made is dead at once, and somebody hears of it; what may pass is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from bookonce.delivery.mail import registry as mail_registry
from bookonce.delivery.outbox import operations, registry, worker
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.foundation import tokens
from bookonce.foundation.errors import DatabaseUnavailable
from bookonce.interfaces.commands import doctor
from bookonce.interfaces.health.metrics import metrics_text
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def unreadable(hana: make.Team) -> dict[str, Any]:
    """A booking whose event tells nothing of it; returns what it told."""
    make.booking(hana.calendar)
    event = Event.objects.get(kind="booking.made")
    told = event.data
    Event.objects.filter(pk=event.pk).update(data={"version": 2})
    return told


def deliver_all() -> None:
    while worker.deliver_one(registry.delivery_handlers(), now=NOW):
        pass


def levels() -> set[str]:
    return {line.level for line in doctor.run_checks() if line.about == "outbox"}


def test_it_is_dead_at_once_and_everybody_is_told(
    unreadable: dict[str, Any], hana: make.Team, client: Client, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://localhost:1"
    deliver_all()
    mails = Delivery.objects.all()
    assert {(mail.state, mail.attempts) for mail in mails} == {("dead", 1)}
    assert {mail.last_error.partition(" at ")[0] for mail in mails} == {"it cannot be made: KeyError"}
    assert "FAIL" in levels()
    assert "bookonce_unmade_deliveries 2\n" in metrics_text(now=NOW)
    client.force_login(hana.owner.person)
    assert "2 mails were given up" in client.get("/outbox").content.decode()
    for mail in mails:
        page = client.get(f"/outbox/{tokens.public_id('dlv', mail.pk)}")
        assert page.status_code == 200
        assert page.content.decode().count("The program could not write this mail.") == 1
        assert "at the moment of sending" not in page.content.decode()


def test_its_page_says_so_before_the_worker_has_tried(
    unreadable: dict[str, Any], hana: make.Team, client: Client
) -> None:
    client.force_login(hana.owner.person)
    name = tokens.public_id("dlv", Delivery.objects.all()[:1].get().pk)
    page = client.get(f"/outbox/{name}").content.decode()
    assert page.count("The program could not write this mail.") == 1
    assert client.get(f"/outbox/{name}/letter").status_code == 404


def test_it_goes_once_the_program_can_make_it(
    unreadable: dict[str, Any], settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    deliver_all()
    Event.objects.filter(kind="booking.made").update(data=unreadable)
    for mail in Delivery.objects.all():
        operations.resend(mail, now=NOW)
    deliver_all()
    assert {mail.state for mail in Delivery.objects.all()} == {"done"}
    assert "FAIL" not in {line.level for line in doctor.run_checks() if "given up" in line.detail}


@pytest.mark.parametrize("fault", [OperationalError("gone"), DatabaseUnavailable(), OSError(28, "no space")])
def test_what_may_pass_is_tried_again(
    hana: make.Team, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    make.booking(hana.calendar)
    monkeypatch.setattr(mail_registry, "import_string", lambda path: fail)
    deliver_all()
    assert {(mail.state, mail.attempts) for mail in Delivery.objects.all()} == {("waiting", 1)}
    assert Delivery.objects.filter(not_before__gt=NOW, not_before__lte=later(60)).count() == 2
