"""Each index is paid for by every row that is written: none of them does what another does."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another() -> None:
    doubled = [
        (table, name, other)
        for table in {model._meta.db_table for model in apps.get_app_config("bookonce").get_models()}
        for name, columns in _indexes(table).items()
        for other, longer in _indexes(table).items()
        if name != other and longer[: len(columns)] == columns
    ]
    assert doubled == []


def _indexes(table: str) -> dict[str, list[str]]:
    """The columns of a table's indexes that hold every row, in the usual order."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
        partial = _partial(cursor)
    return {
        name: told["columns"]
        for name, told in found.items()
        if told["columns"]
        and (told["index"] or told["unique"])
        and name not in partial
        # PostgreSQL looks for how a text begins in an index that orders it byte by byte.
        and not name.endswith("_like")
    }


def _partial(cursor: Any) -> set[str]:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")
    return {str(name) for (name,) in cursor.fetchall()}
