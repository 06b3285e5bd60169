"""The one Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from bookonce.foundation.translation import gettext_noop


class Bookonce(AppConfig):
    name = "bookonce"
    verbose_name = "Bookonce"

    def ready(self) -> None:
        post_migrate.connect(_guard, sender=self)
        connection_created.connect(_limit_waits)
        _remember_calls()
        _register_worker()
        _register_mails()
        _register_snapshots()


def _limit_waits(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """On SQLite; PostgreSQL is told as the connection is made."""
    from bookonce.foundation.database import patience, sqlite

    limit = patience.current_limit()
    if connection.vendor == "sqlite" and limit is not None:
        sqlite.limit_busy_wait(connection.connection, limit)


def _remember_calls() -> None:
    """Register which things in use keep the repeatable calls that made them."""
    # Imported here: models cannot be before Django has loaded its apps.
    from bookonce.foundation.idempotency.cleanup import register_retention

    register_retention("lnk", "bookonce.domain.links.queries.links_in_use")
    register_retention("bat", "bookonce.domain.links.queries.batches_in_use")
    register_retention("bkg", "bookonce.domain.bookings.queries.bookings_in_use")
    register_retention("cal", "bookonce.domain.calendars.queries.calendars_in_use")


def _register_worker() -> None:
    """Register the worker's delivery handlers and periodic jobs."""
    from bookonce.delivery.outbox.registry import register_channel, register_job

    register_channel("email", "bookonce.delivery.mail.delivering.deliver")
    register_job("forget repeatable calls", "bookonce.foundation.idempotency.cleanup.forget_calls")
    register_job(
        "take back abandoned batches", "bookonce.domain.links.unfinished_batches.take_back_abandoned"
    )
    register_job("forget sessions", "bookonce.domain.accounts.sessions.delete_ended_sessions")
    register_job("forget mailed links", "bookonce.domain.accounts.mailed_tokens.delete_ended_links")


BOOKING_MAILS = {
    "booking.made": gettext_noop("Booked"),
    "booking.requested": gettext_noop("Requested"),
    "booking.moved": gettext_noop("Moved"),
    "booking.cancelled": gettext_noop("Cancelled"),
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
    """Register the composer of every kind of mail."""
    from bookonce.delivery.mail.registry import Composer, register_mail
    from bookonce.delivery.outbox.operations import NOTICE

    for kind, label in BOOKING_MAILS.items():
        register_mail(kind, NOTICE, Composer("bookonce.domain.bookings.mails.compose", label))
    asked = Composer(
        "bookonce.domain.links.link_request_mail.compose",
        gettext_noop("Somebody asks for a new link"),
        dropped=gettext_noop("Not sent: nobody waits for an answer any more"),
        as_of_sending=True,
    )
    register_mail("link.asked", NOTICE, asked)
    for kind in ACCOUNT_MAILS:
        # No list shows these: whoever they are about reads them as mails alone.
        register_mail(
            kind, NOTICE, Composer("bookonce.domain.accounts.mails.compose", gettext_noop("A mail"))
        )


def _register_snapshots() -> None:
    """Register how events of releases before are read; a list only grows."""
    from bookonce.delivery.outbox.snapshots import register_snapshots

    register_snapshots("booking", "bookonce.domain.bookings.snapshots.complete_first_version")


def _guard(*, using: str, **_: Any) -> None:
    from bookonce.domain.diary import guards

    guards.install_guards(using)
