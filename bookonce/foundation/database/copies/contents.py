"""What a copy holds: rows by table, and the migrations it has been through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.migrations.loader import MigrationLoader

from bookonce.foundation.database.copies.errors import CopyUnusable

NEEDED = frozenset({"django_migrations", "bookonce_workspace", "bookonce_link", "bookonce_booking"})
"""Tables that every release has had."""


@dataclass(frozen=True, slots=True)
class CopyContents:
    """The rows of each table, and the names of our migrations."""

    rows: Mapping[str, int]
    migrations: frozenset[str]

    @property
    def summary(self) -> str:
        """ "1 workspaces, 120 links, 80 bookings"."""
        names = ("workspace", "link", "booking")
        return ", ".join(f"{self.rows[f'bookonce_{name}']} {name}s" for name in names)


def require_known_form(contents: CopyContents) -> None:
    """Raise ``CopyUnusable`` for what is no database of ours, or one of a newer release."""
    if not contents.rows.keys() >= NEEDED:
        raise CopyUnusable("The file is sound, but holds no database of Bookonce.")
    loader = MigrationLoader(None, replace_migrations=False)
    known = {name for app, name in loader.disk_migrations if app == "bookonce"}
    for migration in loader.disk_migrations.values():
        known |= {name for _, name in migration.replaces}
    if not contents.migrations <= known:
        raise CopyUnusable("The copy was made by a newer release of Bookonce: update this one first.")
