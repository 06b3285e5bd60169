"""Whether the database is in the form that this release needs."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_migrated = False


def is_migrated() -> bool:
    """Whether every migration is applied; once true, it is not asked again in this process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
