"""Writing rows that a guard of the database may refuse, without an exception and in one trip.

``insert`` is the only way by which rows meet ``one_booking_per_link`` and ``one_meeting_at_a_time``:
on PostgreSQL by ``ON CONFLICT DO NOTHING`` and the number of rows, never by catching a failure,
which under load becomes a deadlock; on SQLite the trigger's abort is turned into the same answer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, models


def insert(*rows: models.Model) -> list[bool]:
    """Insert these rows in order; say of each whether it went in.

    A row that meets a unique or exclusion guard stays out. The caller decides, and leaves the
    transaction by an exception where a row that matters is missing. Defaults are the model's; nothing
    is read back.
    """
    if connection.vendor == "postgresql":
        return _together(rows)
    return [_alone(row) for row in rows]


@lru_cache(maxsize=64)
def _statement(model: type[models.Model], vendor: str) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING', fields


def fields_of(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns that we write ourselves, in their order: all but a serial key."""
    return _statement(model, connection.vendor)[1]


def values_of(row: models.Model) -> list[Any]:
    """The row's values as the database takes them, in the order of its columns, without a serial key."""
    _, fields = _statement(type(row), connection.vendor)
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _together(rows: tuple[models.Model, ...]) -> list[bool]:
    parts, counts, values = [], [], []
    for number, row in enumerate(rows):
        sql, _ = _statement(type(row), "postgresql")
        parts.append(f"r{number} AS ({sql} RETURNING 1)")
        counts.append(f"(SELECT count(*) FROM r{number})")
        values += values_of(row)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT {', '.join(counts)}", values)
        return [bool(count) for count in cursor.fetchone()]


def _alone(row: models.Model) -> bool:
    sql, _ = _statement(type(row), "sqlite")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values_of(row))
            return bool(cursor.rowcount == 1)
    except IntegrityError as refused:
        if "one_meeting_at_a_time" in str(refused):
            return False
        raise
