"""Whether the database is in the form that this release needs."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = "bookonce"
_migrated = False

SQUASHED = "0013_fewer_indexes"
"""The last of those that one migration replaces: up to here, databases know names that may leave the code."""


def is_migrated() -> bool:
    """Whether every migration is applied; once true, it is not asked again in this process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def newer_migrations() -> list[str]:
    """The migrations of the database that this release does not know: a newer one has made them."""
    loader = MigrationLoader(connection)
    known = {name for app, name in loader.disk_migrations or {} if app == OURS}
    applied = {name for app, name in loader.applied_migrations if app == OURS}
    return sorted(name for name in applied - known if name > SQUASHED)
