"""Letters as their owner sees them: to whom, about what, how it went, and whether once more makes sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from bookonce.delivery.mail.registry import Composer, composer_of
from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import SAMPLE
from bookonce.delivery.outbox.recipients import GUEST, HOST
from bookonce.foundation import tokens

ROLES = (GUEST, HOST)
"""Whose letters the pages of a workspace show: what concerns somebody's account is theirs alone."""

State = Delivery.State

AGAIN, RETRY, NOW, HURRY = "again", "retry", "now", "hurry"
"""What a press sends: a letter that had arrived once more, one that failed anew, one that never left, and
one that will be tried again at once."""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One letter of a list. ``state``: waiting, trying, sending, sent, kept, dropped, sample, failed."""

    delivery: Delivery
    subject: str
    state: str
    at: datetime
    offer: str
    """What a press could do now; empty where there is no server, where it waits untried or overtaken."""

    @property
    def address(self) -> str:
        return address_of(self.delivery)

    @property
    def composer(self) -> Composer | None:
        """What this sort of mail is called; None where it is not known here."""
        return composer_of(self.delivery)

    @property
    def failure(self) -> tuple[str, str]:
        """Why it did not arrive: what it was, and the server's numbers."""
        what, _, numbers = self.delivery.last_error.partition(": ")
        return (what, numbers) if numbers.replace(".", "").replace(" ", "").isdigit() else (what, "")


def address_of(delivery: Delivery) -> str:
    """Where this letter's page is."""
    return f"/outbox/{tokens.public_id('dlv', delivery.pk)}"


def mail_rows(found: Iterable[Delivery], *, now: datetime) -> list[MailRow]:
    """These deliveries (``queries.list_mails``) for a page."""
    return [_mail(one, now=now) for one in found]


def _mail(delivery: Any, *, now: datetime) -> MailRow:
    waits, state = delivery.state == State.WAITING, _state(delivery, now=now)
    return MailRow(
        delivery,
        subject=subject_of(delivery),
        state=state,
        at=delivery.not_before if waits else delivery.ended_at or delivery.event.at,
        offer="" if delivery.overtaken or not settings.EMAIL_URL else _offer(state),
    )


def _offer(state: str) -> str:
    quiet = dict.fromkeys(("waiting", "sending", "sample"), "")
    return (quiet | {"sent": AGAIN, "failed": RETRY, "trying": HURRY}).get(state, NOW)


def subject_of(delivery: Delivery) -> str:
    """Its subject line; empty where that is known only as it is sent."""
    composer = composer_of(delivery)
    if composer is None or composer.as_of_sending:
        return ""
    return composer.compose(delivery, now=written_at(delivery), masked=True).subject


def written_at(delivery: Delivery) -> datetime:
    """When it was made, or as near to that as is known."""
    return delivery.ended_at or delivery.event.at


def _state(delivery: Delivery, *, now: datetime) -> str:
    if delivery.state == State.WAITING:
        if delivery.lease_until is not None and delivery.lease_until > now:
            return "sending"
        return "trying" if delivery.attempts else "waiting"
    if delivery.state == State.DONE:
        return "kept" if email.is_kept(str(delivery.pk)) else "sent"
    if delivery.state == State.DROPPED:
        return "sample" if delivery.last_error == SAMPLE else "dropped"
    return "failed"
