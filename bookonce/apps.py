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


def _guard(*, using: str, **_: Any) -> None:
    from bookonce.diary import guards

    guards.install(using)
