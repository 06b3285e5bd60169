"""``bookonce worker``: sends what waits in the outbox, until told to stop."""

from __future__ import annotations

import argparse
import signal
import threading

from django.conf import settings

from bookonce.delivery.outbox import operations, worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import mails as account_letters
from bookonce.domain.accounts import sessions
from bookonce.domain.bookings import mails as booking_letters
from bookonce.domain.links import link_request_mail
from bookonce.foundation.idempotency import cleanup
from bookonce.interfaces.commands import prepare


def run(args: argparse.Namespace) -> None:
    """Deliver until told to stop; what is being sent is finished."""
    prepare.prepare()
    deliver()


def deliver() -> None:
    """Deliver on a database that is ready."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: _tell(stop))
    worker.run({"email": by_mail}, stop, first=at_first(), chores=[cleanup.Walk().step, sessions.tidy])


def at_first() -> list[worker.Chore]:
    """What is to be done before anything is sent: without a server nothing waits until one is back."""
    return [] if settings.EMAIL_URL else [operations.take_at_once]


def by_mail(delivery: Delivery) -> None:
    """Whatever goes by mail, made by the room that knows what it speaks of."""
    kind = delivery.event.kind
    if kind.startswith(account_letters.KINDS):
        account_letters.deliver(delivery)
    elif kind == link_request_mail.KIND:
        link_request_mail.deliver(delivery)
    else:
        booking_letters.deliver(delivery)


def _tell(stop: threading.Event) -> None:
    """Set it from another thread: this one may hold the event's own lock as the signal comes."""
    threading.Thread(target=stop.set).start()
