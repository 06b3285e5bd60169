"""The two guards of the database, which hold whatever the code does (promises 1 and 6).

Django rebuilds a table of SQLite on many migrations and silently drops its triggers; therefore one
idempotent function installs both guards after every migration, on both databases, and
``missing_guards`` names those that are not there.
"""

from __future__ import annotations

from django.db import connections

ONE_MEETING = "one_meeting_at_a_time"
ONE_BOOKING = "one_booking_per_link"
WHOLE_SECONDS = "whole_seconds"

_OVERLAP = f"""
CREATE TRIGGER IF NOT EXISTS "{{name}}" BEFORE {{when}} ON "bookonce_heldtime"
WHEN EXISTS (
    SELECT 1 FROM "bookonce_heldtime" AS other
    WHERE other.diary_id = NEW.diary_id AND other.id IS NOT NEW.id
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN SELECT RAISE(ABORT, '{ONE_MEETING}'); END
"""

_SECONDS = f"""
CREATE TRIGGER IF NOT EXISTS "{WHOLE_SECONDS}_{{when}}" BEFORE {{when}} ON "bookonce_heldtime"
WHEN length(NEW.starts_at) <> 19 OR length(NEW.ends_at) <> 19
BEGIN SELECT RAISE(ABORT, '{WHOLE_SECONDS}'); END
"""

# SQLite stores times as text, which compares rightly only where every one has the same shape: hence a
# trigger that refuses fractions of a second.
SQLITE = {
    ONE_MEETING: _OVERLAP.format(name=ONE_MEETING, when="INSERT"),
    f"{ONE_MEETING}_moved": _OVERLAP.format(name=f"{ONE_MEETING}_moved", when="UPDATE"),
    f"{WHOLE_SECONDS}_INSERT": _SECONDS.format(when="INSERT"),
    f"{WHOLE_SECONDS}_UPDATE": _SECONDS.format(when="UPDATE"),
}

# Word for word the index that Django makes from ``Booking``'s constraint, so that it can be put
# back; a test compares them.
_ONE_BOOKING = f"""
CREATE UNIQUE INDEX "{ONE_BOOKING}" ON "bookonce_booking" ("link_id")
WHERE ("gave_back_at" IS NULL AND "link_id" IS NOT NULL)
"""
SQLITE[ONE_BOOKING] = _ONE_BOOKING

# A host's id as a range of one value: equality in a gist index would need the extension btree_gist.
POSTGRES = {
    ONE_MEETING: f"""
        ALTER TABLE "bookonce_heldtime" ADD CONSTRAINT "{ONE_MEETING}" EXCLUDE USING gist (
            int8range(diary_id, diary_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
        )
    """,
    ONE_BOOKING: _ONE_BOOKING,
}


def install_guards(using: str = "default") -> None:
    """Create the guards that are missing."""
    connection = connections[using]
    # Called after every migration, also those that come before the two tables.
    if not {"bookonce_heldtime", "bookonce_booking"} <= set(connection.introspection.table_names()):
        return
    standing = _standing(using)
    wanted = SQLITE if connection.vendor == "sqlite" else POSTGRES
    with connection.cursor() as cursor:
        for name, sql in wanted.items():
            if name not in standing:
                cursor.execute(sql)


def missing_guards(using: str = "default") -> list[str]:
    """The names of the guards that are missing; the program refuses to run without one."""
    wanted = SQLITE if connections[using].vendor == "sqlite" else POSTGRES
    standing = _standing(using)
    return [name for name in wanted if name not in standing]


def _standing(using: str) -> set[str]:
    connection = connections[using]
    if connection.vendor == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index')"
    else:
        # One that is not valid is no guard: a constraint that old rows were not checked against, or an index
        # whose concurrent build failed.
        sql = (
            "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
            " AND convalidated UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND i.indisvalid AND i.indisunique"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}
