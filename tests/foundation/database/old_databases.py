"""Databases as releases before left them: every table of that time, with a row in each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from bookonce.foundation import tokens
from tests.make import ALWAYS, NOW
from tests.provision import databases

STARTS, ENDS = NOW + timedelta(days=1), NOW + timedelta(days=1, minutes=30)
MEMBER, BOOKING, LINK = (uuid.UUID(int=number) for number in (1, 2, 3))
LEFT_EMPTY = {
    "gave_back_at",
    "revoked_at",
    "closed_at",
    "lease_until",
    "ended_at",
    "archived_at",
    "cancelled_at",
    "answer",
    "copy_of",
}
"""What would end a thing: null in every row that is made here."""
VALUES: dict[str, dict[str, Any]] = {
    "Person": {"email": "hana@example.org", "language": "en", "zone": "Europe/Berlin"},
    "Calendar": {
        "minutes": [30], "hours": ALWAYS, "zone": "Europe/Berlin", "slot_step": 30, "limit_per_day": 9,
        "limit_per_week": 30, "window_from": None, "window_to": None, "location": None, "slug": "talk",
    },
    "Member": {"id": MEMBER, "role": "owner"},
    "Link": {"id": LINK, "window_from": None, "window_to": None, "location": None, "on_cancel": ""},
    "Booking": {
        "id": BOOKING, "state": "confirmed", "wall": "2026-11-24T07:00:00", "zone": "Europe/Berlin",
        "minutes": 30, "guest_email": "gil@example.net", "uid": f"{BOOKING}@example.org",
        "location": None, "cancelled_by": "", "cancel_reason": "",
    },
    "Event": {
        "kind": "booking.made", "booking_id": BOOKING, "link_id": None,
        "data": {"hosts": [tokens.public_id("mem", MEMBER)]},
    },
    "Delivery": {"channel": "email", "audience": "host", "to": "h@example.org", "thread": f"{BOOKING}:host"},
}  # fmt: skip

MORE: list[tuple[str, dict[str, Any]]] = [
    ("Event", {"kind": "link.minted", "link_id": LINK, "booking_id": None}),
    ("Delivery", {"audience": "guest", "to": "gil@example.net", "thread": f"{BOOKING}:guest"}),
]
"""Without these the rows would break a promise."""


@contextmanager
def empty_database_here(folder: Path) -> Iterator[None]:
    """Django's connection leads to a new database in which nothing is yet, and back when this ends."""
    before = connection.settings_dict["NAME"]
    with databases.empty_database(folder) as url:
        address = urlsplit(url)
        connection.close()
        connection.settings_dict["NAME"] = address.path if address.scheme == "sqlite" else address.path[1:]
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


def migrate_as_then(last: str) -> Any:
    """Apply the migrations one by one up to this one; return the registry of the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    state = executor.migrate([("bookonce", last)])
    return state.apps


def fill_every_table(apps: Any) -> dict[str, dict[str, Any]]:
    """Write one row into every table; return what was written by the model's name."""
    made: dict[str, dict[str, Any]] = {}
    waiting = list(apps.get_app_config("bookonce").get_models())
    while waiting:
        ready = [one for one in waiting if _needs(one) <= set(made)]
        assert ready, f"{[one.__name__ for one in waiting]} wait for each other"
        for model in ready:
            made[model.__name__] = _written(model, made)
            waiting.remove(model)
    for model, other in MORE:
        _written(apps.get_model("bookonce", model), made, **other)
    return made


def _needs(model: type[models.Model]) -> set[str]:
    fields = [one for one in model._meta.concrete_fields if one.remote_field and one.name not in LEFT_EMPTY]
    return {field.related_model.__name__ for field in fields}  # type: ignore[union-attr]


def _written(model: Any, made: dict[str, dict[str, Any]], **other: Any) -> dict[str, Any]:
    own = VALUES.get(model.__name__, {}) | other
    values = {
        field.attname: own[field.name] if field.name in own else _value(field, made)
        for field in model._meta.concrete_fields
        if not (field.primary_key and field.name not in own and not field.remote_field)
    }
    row = model.objects.create(**values)
    [written] = model.objects.filter(pk=row.pk).values()
    return dict(written)


def _value(field: Any, made: dict[str, dict[str, Any]]) -> Any:
    """Something that fits into the column and that the product would write."""
    if field.null and field.name in LEFT_EMPTY:
        return None
    if field.remote_field:
        target = made.get(field.related_model.__name__)
        return target["id"] if target else None
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateTimeField):
        return {"starts_at": STARTS, "ends_at": ENDS, "expires_at": ENDS}.get(field.name, NOW)
    if isinstance(field, models.DateField):
        return date(2026, 12, 24)
    if isinstance(field, models.BinaryField):
        return field.model.__name__.encode().ljust(field.max_length or 16, b".")[: field.max_length or 16]
    if field.has_default():
        return field.get_default()
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.CharField | models.TextField):
        return field.name[: field.max_length]
    return 1


def schema() -> dict[str, Any]:
    """Every table of ours with its columns, and with its constraints and indexes by their names."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name.startswith("bookonce_")
        ]
        return {table: (_columns(cursor, table), _constraints(cursor, table)) for table in sorted(tables)}


def _columns(cursor: Any, table: str) -> dict[str, Any]:
    described = connection.introspection.get_table_description(cursor, table)
    return {one.name: (one.type_code, one.display_size, one.null_ok, one.default) for one in described}


def _constraints(cursor: Any, table: str) -> Any:
    found = connection.introspection.get_constraints(cursor, table)
    parts = ("columns", "primary_key", "unique", "foreign_key", "check", "index")
    # SQLite names no foreign key, and Django numbers them as they come.
    return sorted(
        (
            "" if connection.vendor == "sqlite" and each["foreign_key"] else name,
            str([each[part] for part in parts]),
        )
        for name, each in found.items()
    )
