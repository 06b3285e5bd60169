"""Rows in one round trip: inserted where a guard of the database may refuse them, and read by SQL of our own.

For the few hot paths (docs/decisions/0008); everything else is plain ORM. ``insert_many`` is for rows by the
thousand.

``insert_unless_conflict`` is the only way by which rows meet ``one_booking_per_link`` and
``one_meeting_at_a_time``: on PostgreSQL by ``ON CONFLICT DO NOTHING`` and the number of rows, never by
catching a failure, which under load becomes a deadlock; on SQLite the trigger's abort is turned into the same
answer.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from bookonce.foundation.database.transactions import allow_long_statement


def insert_unless_conflict(*rows: models.Model) -> list[bool]:
    """Insert these rows in order; True for each that was written.

    A row that conflicts with a unique or exclusion constraint is not. The caller decides, and leaves the
    transaction by an exception where a row that matters is missing. Defaults are the model's; nothing is
    read back.
    """
    # One statement saves a round trip for each row; SQLite, which has none to save, has no such statement.
    if connection.vendor == "postgresql":
        return _together(rows)
    return [_alone(row) for row in rows]


@lru_cache(maxsize=64)
def _statement(model: type[models.Model], vendor: str) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join("%s" for _ in fields)
    table = model._meta.db_table
    # Without a conflict target: whichever constraint refuses the row, it stays out and nothing is raised.
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING', fields


def fields_of(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns that an INSERT names, in order: all but a serial key."""
    return _statement(model, connection.vendor)[1]


def values_of(row: models.Model) -> list[Any]:
    """The row's values as the database takes them, in the order of ``fields_of``."""
    # The proxy that Django calls `connection` would be asked again for every value.
    database = connections[DEFAULT_DB_ALIAS]
    return [
        value if field is None else field.get_db_prep_save(value, database)
        for value, field in (
            (getattr(row, name), field) for name, field in _values(type(row), database.vendor)
        )
    ]


@lru_cache(maxsize=64)
def _values(model: type[models.Model], vendor: str) -> tuple[tuple[str, models.Field[Any, Any] | None], ...]:
    """(attribute, field) of each column; the field is None where the driver takes the value as it is."""
    # psycopg takes these as they are, which spares a hot path a call of the field for each value.
    as_it_is = (
        models.UUIDField,
        models.IntegerField,
        models.DateTimeField,
        models.BinaryField,
        models.ForeignKey,
    )
    _, fields = _statement(model, vendor)
    return tuple(
        (field.attname, None if vendor == "postgresql" and isinstance(field, as_it_is) else field)
        for field in fields
    )


def sql_uuid(value: uuid.UUID | None) -> Any:
    """A UUID as a parameter of SQL of our own: hexadecimal digits on SQLite."""
    return value.hex if value is not None and connection.vendor == "sqlite" else value


def sql_instant(at: datetime | None) -> Any:
    """An instant as a parameter of SQL of our own: text on SQLite."""
    return connection.ops.adapt_datetimefield_value(at)


def select_columns(model: type[models.Model], alias: str) -> str:
    """The model's columns as ``fetch_models`` wants them in a SELECT or RETURNING."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def fetch_models(sql: str, values: Sequence[Any], *of: type[models.Model]) -> list[tuple[Any, ...]]:
    """Run a SELECT (or RETURNING) of the ``select_columns`` of these models: per row, an instance of each.

    What comes after the models' columns is passed on as the database gives it. A model whose key is
    NULL (an outer join that found nothing) is None.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    database = connections[DEFAULT_DB_ALIAS]
    return [_instances(row, of, database) for row in found]


def _instances(
    row: tuple[Any, ...], of: tuple[type[models.Model], ...], database: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    made: list[Any] = []
    at = 0
    for model in of:
        names, converters = _shape(model, database.vendor)
        part = list(row[at : at + len(names)])
        at += len(names)
        # The key is the first column of every model: NULL means that an outer join found nothing.
        if part[0] is None:
            made.append(None)
            continue
        for place, convert, expression in converters:
            part[place] = convert(part[place], expression, database)
        made.append(model.from_db(DEFAULT_DB_ALIAS, names, part))
    return (*made, *row[at:])


@lru_cache(maxsize=64)
def _shape(model: type[models.Model], vendor: str) -> tuple[list[str], list[tuple[int, Any, Any]]]:
    """The names of the model's columns, and how this database's values become Python's."""
    fields = model._meta.concrete_fields
    converters = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        found = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        converters += [(place, convert, column) for convert in found]
    return [field.attname for field in fields], converters


def _together(rows: tuple[models.Model, ...]) -> list[bool]:
    values = [value for row in rows for value in values_of(row)]
    with connection.cursor() as cursor:
        cursor.execute(_one_statement(tuple(type(row) for row in rows)), values)
        return [bool(count) for count in cursor.fetchone()]


@lru_cache(maxsize=64)
def _one_statement(kinds: tuple[type[models.Model], ...]) -> str:
    parts, counts = [], []
    for number, model in enumerate(kinds):
        sql, _ = _statement(model, "postgresql")
        # The count of each part says whether its row went in; RETURNING gives it something to count.
        parts.append(f"r{number} AS ({sql} RETURNING 1)")
        counts.append(f"(SELECT count(*) FROM r{number})")
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"


def _alone(row: models.Model) -> bool:
    sql, _ = _statement(type(row), "sqlite")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values_of(row))
            return bool(cursor.rowcount == 1)
    except IntegrityError as refused:
        # ON CONFLICT covers unique indexes; the guard against overlaps is a trigger, known by its name.
        if "one_meeting_at_a_time" in str(refused):
            return False
        raise


BLOCK = 500


class RowPattern:
    """A row whose values are prepared once, and the positions of those that differ from row to row."""

    def __init__(self, row: models.Model, *own: str) -> None:
        columns = [column.attname for column in fields_of(type(row))]
        self.values = values_of(row)
        self.places = [columns.index(name) for name in own]
        # The line is a %-pattern, so a percent sign of a shared value has to be doubled.
        shared = {place: _as_text(value).replace("%", "%%") for place, value in enumerate(self.values)}
        self.line = "\t".join((shared | dict.fromkeys(self.places, "%s")).values()) + "\n"

    def row(self, *own: Any) -> list[Any]:
        """The values for an INSERT (SQLite), with its own ones in their places."""
        values = self.values.copy()
        for place, value in zip(self.places, own, strict=True):
            values[place] = value
        return values


def insert_many(model: type[models.Model], own: Iterable[tuple[RowPattern, tuple[Any, ...]]]) -> None:
    """Insert a row for each pattern, with its own values in place: by COPY on PostgreSQL.

    For many rows that no guard can refuse: a conflict raises ``IntegrityError``.
    """
    fields = fields_of(model)
    table, names = model._meta.db_table, ", ".join(f'"{column.column}"' for column in fields)
    with connection.cursor() as cursor, allow_long_statement():
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for block in _blocks(own):
                    copy.write(block)
        else:
            marks = ", ".join("%s" for _ in fields)
            values = [pattern.row(*mine) for pattern, mine in own]
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)


def _blocks(own: Iterable[tuple[RowPattern, tuple[Any, ...]]]) -> Iterator[str]:
    """The rows in COPY's text format, ``BLOCK`` of them at a time."""
    lines = (pattern.line % tuple(map(_as_text, mine)) for pattern, mine in own)
    while block := "".join(islice(lines, BLOCK)):
        yield block


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_text(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    # Known by its name: to import psycopg for it would cost every process on SQLite some MB.
    text = json.dumps(value.obj) if type(value).__name__ == "Jsonb" else str(value)
    return text.translate(_ESCAPED) if "\\" in text or not text.isprintable() else text
