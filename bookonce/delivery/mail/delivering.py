"""The delivery handler of the channel ``email``: compose the mail and send it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.conf import settings

from bookonce.delivery.mail.message import build_message
from bookonce.delivery.mail.registry import composer_of
from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.errors import NotDelivered, Postponed
from bookonce.delivery.outbox.faults import refuse_unmakeable
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.recipients import GUEST
from bookonce.foundation import clock, rate_limits


def deliver(delivery: Delivery) -> None:
    """Compose the mail and send it, or raise ``NotDelivered``."""
    message, to = message_of(delivery, now=clock.now()), email.require_mailable(delivery.to)
    # Only guests' addresses come from public forms. Without a server nothing is sent that could flood one.
    counted = delivery.recipient == GUEST and bool(settings.EMAIL_URL)
    if counted:
        _must_have_room(to)
    # Counted after it was sent: a failed attempt must not use up the rate of the next one.
    email.send_mail(message, to=to, key=str(delivery.pk))
    if counted:
        rate_limits.add_attempt("letters_to_guest", to.lower(), now=clock.now_precise())


def message_of(delivery: Delivery, *, now: datetime, masked: bool = False) -> EmailMessage:
    """The message of this delivery as of ``now``; ``NotDelivered`` where there is none to send."""
    composer = composer_of(delivery)
    if composer is None:
        # Not for good: after an update of the worker it can be composed.
        raise NotDelivered("no mail of this kind is known here")
    composed = composer.compose(delivery, now=now, masked=masked)
    with refuse_unmakeable():
        return build_message(composed, to=email.require_mailable(delivery.to), now=now)


def _must_have_room(to: str) -> None:
    """Raise ``Postponed`` where this address has reached its rate: it is not proven to be the guest's."""
    verdict = rate_limits.check_without_counting("letters_to_guest", to.lower(), now=clock.now_precise())
    if not verdict.ok:
        wait = timedelta(seconds=verdict.reset)
        raise Postponed("this address has had as many mails as it gets in an hour", wait)
