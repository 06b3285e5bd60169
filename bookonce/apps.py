"""The one Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Bookonce(AppConfig):
    name = "bookonce"
    verbose_name = "Bookonce"

    def ready(self) -> None:
        post_migrate.connect(_guard, sender=self)
        _remember_calls()


def _remember_calls() -> None:
    """Say how long a repeatable call is remembered: as long as what it made is in use."""
    from bookonce.domain.bookings.queries import bookings_in_use
    from bookonce.domain.calendars.queries import calendars_in_use
    from bookonce.domain.links.queries import batches_in_use, links_in_use
    from bookonce.foundation.idempotency.cleanup import remember_while_in_use

    remember_while_in_use("lnk", links_in_use)
    remember_while_in_use("bat", batches_in_use)
    remember_while_in_use("bkg", bookings_in_use)
    remember_while_in_use("cal", calendars_in_use)


def _guard(*, using: str, **_: Any) -> None:
    from bookonce.domain.diary import guards

    guards.install(using)
