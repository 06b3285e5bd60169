"""Mails as lists show them: recipient, subject, state, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from bookonce.delivery.mail.registry import Composer, composer_of
from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.errors import NotDelivered
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import SAMPLE
from bookonce.delivery.outbox.recipients import GUEST, HOST
from bookonce.foundation import tokens

ROLES = (GUEST, HOST)
"""The recipients whose mails a workspace sees; mails about an account are its owner's alone."""

State = Delivery.State

AGAIN, RETRY, NOW, HURRY = "again", "retry", "now", "hurry"
"""The actions of the button: send a delivered mail once more, a failed one again, one that was never sent, or
try a waiting one at once."""


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in a list. ``state``: waiting, trying, sending, sent, kept, dropped, sample, failed."""

    delivery: Delivery
    subject: str
    state: str
    at: datetime
    offer: str
    """The action to offer; empty without a server, and for mails that wait untried or are overtaken."""

    @property
    def address(self) -> str:
        return address_of(self.delivery)

    @property
    def composer(self) -> Composer | None:
        """The composer of this sort of mail; None where none is registered."""
        return composer_of(self.delivery)

    @property
    def failure(self) -> tuple[str, str]:
        """Why the attempt failed: the reason, and the server's status codes."""
        what, _, numbers = self.delivery.last_error.partition(": ")
        return (what, numbers) if numbers.replace(".", "").replace(" ", "").isdigit() else (what, "")


def address_of(delivery: Delivery) -> str:
    """The path of a mail's page."""
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
    """The subject; empty where it is known only as the mail is sent, or where none can be made."""
    composer = composer_of(delivery)
    if composer is None or composer.as_of_sending:
        return ""
    try:
        # Masked: whoever reads this list is not the guest.
        return composer.compose(delivery, now=written_at(delivery), masked=True).subject
    except NotDelivered:
        # One mail that cannot be made must not take the list of all others with it.
        return ""


def written_at(delivery: Delivery) -> datetime:
    """When the mail was recorded, or the closest known time."""
    return delivery.ended_at or delivery.event.at


def _state(delivery: Delivery, *, now: datetime) -> str:
    if delivery.state == State.WAITING:
        # An expired lease belongs to a worker that died; the mail is waiting again.
        if delivery.lease_until is not None and delivery.lease_until > now:
            return "sending"
        return "trying" if delivery.attempts else "waiting"
    if delivery.state == State.DONE:
        return "kept" if email.is_kept(str(delivery.pk)) else "sent"
    if delivery.state == State.DROPPED:
        return "sample" if delivery.last_error == SAMPLE else "dropped"
    return "failed"
