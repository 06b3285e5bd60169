"""One registry says which mails there are; worker and pages read it, and nothing is told by no mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.module_loading import import_string

from bookonce.delivery.mail.delivering import message_of
from bookonce.delivery.mail.registry import registered_composers
from bookonce.delivery.outbox import registry, worker
from bookonce.delivery.outbox.errors import NotDelivered
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import NOTICE
from bookonce.domain.accounts.mail_texts import NOTES
from bookonce.domain.bookings import notifications
from tests import make
from tests.make import NOW


def test_every_event_that_is_told_has_a_mail() -> None:
    told = {*notifications.TOLD, *NOTES, "link.asked"}
    assert {kind for kind, purpose in registered_composers() if purpose == NOTICE} == told


def test_whatever_is_registered_is_there() -> None:
    assert all(callable(import_string(composer.path)) for composer in registered_composers().values())
    assert {*registry.delivery_handlers()} == {"email"}
    assert all(callable(job) for job in registry.periodic_jobs().values())


@pytest.mark.django_db
def test_a_mail_that_nobody_can_write_waits_for_a_release_that_can(hana: make.Team, settings: Any) -> None:
    make.booking(hana.calendar)
    Delivery.objects.update(purpose="of tomorrow")
    settings.EMAIL_URL = "smtp://localhost:1"
    delivery = worker.deliver_one(registry.delivery_handlers(), now=NOW)
    assert delivery is not None
    with pytest.raises(NotDelivered, match="no mail of this kind"):
        message_of(delivery, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
