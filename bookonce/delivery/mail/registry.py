"""Which mails there are, by kind of event and purpose, and who composes each: for worker and pages alike.

A composer is named by its dotted path, so that this room knows none of those that it calls; it is
imported when the first such mail is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.module_loading import import_string

from bookonce.delivery.mail.composed import ComposedMail
from bookonce.delivery.outbox.models import Delivery


class Compose(Protocol):
    def __call__(self, delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
        """The mail that this delivery is, as of ``now``.

        ``masked``: for another than its recipient, without what opens the recipient's own pages. Raises
        ``NotDelivered`` where it cannot be made, or need not be.
        """


@dataclass(frozen=True, slots=True)
class Composer:
    """Who composes one sort of mail, and what lists of mails call it."""

    path: str
    label: str
    """A word or two, where it is clear what it is about; marked for the catalogues."""
    dropped: str = ""
    """Why one was not sent, where that is not because something newer was written."""
    as_of_sending: bool = False
    """It says what is so as it is sent: neither its subject nor its words are known later on."""

    def compose(self, delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
        called: Compose = import_string(self.path)
        return called(delivery, now=now, masked=masked)


_composers: dict[tuple[str, str], Composer] = {}


def register_mail(kind: str, purpose: str, composer: Composer) -> None:
    """Say who composes the mails for this purpose that tell of events of this kind."""
    _composers[kind, purpose] = composer


def composer_of(delivery: Delivery) -> Composer | None:
    """Who composes this one; None where no such mail is known, as after going back to an older release."""
    return _composers.get((delivery.event.kind, delivery.purpose))


def registered_composers() -> dict[tuple[str, str], Composer]:
    """Every sort of mail that there is, by kind of event and purpose."""
    return dict(_composers)
