"""The one Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from bookonce.catalogues import mark


class Bookonce(AppConfig):
    name = "bookonce"
    verbose_name = "Bookonce"

    def ready(self) -> None:
        post_migrate.connect(_guard, sender=self)
        _remember_calls()
        _register_worker()
        _register_mails()


def _remember_calls() -> None:
    """Say how long a repeatable call is remembered: as long as what it made is in use."""
    from bookonce.bookings.queries import bookings_in_use
    from bookonce.calendars.queries import calendars_in_use
    from bookonce.links.queries import batches_in_use, links_in_use
    from bookonce.repeats.tidying import remember_while_in_use

    remember_while_in_use("lnk", links_in_use)
    remember_while_in_use("bat", batches_in_use)
    remember_while_in_use("bkg", bookings_in_use)
    remember_while_in_use("cal", calendars_in_use)


def _register_worker() -> None:
    """Say by what the worker delivers, and what it does on the side."""
    from bookonce.outbox.registry import register_channel, register_job

    register_channel("email", "bookonce.mail.delivering.deliver")
    register_job("forget repeatable calls", "bookonce.repeats.tidying.forget_calls")
    register_job("forget sessions", "bookonce.accounts.sessions.tidy")


BOOKING_MAILS = {
    "booking.made": mark("Booked"),
    "booking.requested": mark("Requested"),
    "booking.moved": mark("Moved"),
    "booking.cancelled": mark("Cancelled"),
}
ACCOUNT_MAILS = (
    "account.password_forgotten",
    "account.email_new",
    "account.password_changed",
    "account.password_set",
    "account.email_changed",
    "account.passkey_added",
    "account.passkey_removed",
    "account.authenticator_on",
    "account.authenticator_off",
)


def _register_mails() -> None:
    """Say who composes each mail that there is."""
    from bookonce.mail.registry import Composer, register_mail
    from bookonce.outbox.operations import NOTICE

    for kind, label in BOOKING_MAILS.items():
        register_mail(kind, NOTICE, Composer("bookonce.bookings.letters.compose", label))
    asked = Composer(
        "bookonce.links.ask_letter.compose",
        mark("Somebody asks for a new link"),
        dropped=mark("Not sent: nobody waits for an answer any more"),
        as_of_sending=True,
    )
    register_mail("link.asked", NOTICE, asked)
    for kind in ACCOUNT_MAILS:
        # No list shows these: whoever they are about reads them as mails alone.
        register_mail(kind, NOTICE, Composer("bookonce.accounts.letters.compose", mark("A mail")))


def _guard(*, using: str, **_: Any) -> None:
    from bookonce.diary import guards

    guards.install(using)
