"""The composer of every mail, by kind of event and purpose: for the worker and the Outbox pages alike.

A composer is named by its dotted path, so that this room knows none of those that it calls; it is
imported when the first such mail is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.module_loading import import_string

from bookonce.delivery.mail.composed import ComposedMail
from bookonce.delivery.outbox.faults import refuse_unmakeable
from bookonce.delivery.outbox.models import Delivery


class Compose(Protocol):
    def __call__(self, delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
        """The mail of this delivery as of ``now``.

        ``masked``: for a reader other than its recipient, without the recipient's tokens. Raises
        ``NotDelivered`` where it cannot be composed, or need not be sent.
        """


@dataclass(frozen=True, slots=True)
class Composer:
    """The composer of one sort of mail, and how lists of mails describe it."""

    path: str
    label: str
    """A word or two for lists of one booking's mails; marked for the catalogues."""
    dropped: str = ""
    """Why such a mail is dropped, where not because something newer was written."""
    as_of_sending: bool = False
    """Whether it is written from the state at sending: it cannot be composed again later."""

    def compose(self, delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
        """The mail; ``NotDelivered`` as the composer raises it, and ``Unmakeable`` where it fails."""
        called: Compose = import_string(self.path)
        with refuse_unmakeable():
            return called(delivery, now=now, masked=masked)


_composers: dict[tuple[str, str], Composer] = {}


def register_mail(kind: str, purpose: str, composer: Composer) -> None:
    """Register the composer of mails for this purpose about events of this kind."""
    _composers[kind, purpose] = composer


def composer_of(delivery: Delivery) -> Composer | None:
    """The composer of this delivery; None where none is registered, as after a downgrade."""
    return _composers.get((delivery.event.kind, delivery.purpose))


def registered_composers() -> dict[tuple[str, str], Composer]:
    """Every composer, by (kind of event, purpose)."""
    return dict(_composers)
