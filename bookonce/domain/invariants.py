"""The promises as queries: in every committed state each must return no row.

``bookonce doctor`` runs them, and so do the tests that kill processes. Each row is the id of an object that
breaks the promise.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection

from bookonce.foundation import tokens

# Enough to see what the broken ones have in common; a broken guard may leave thousands.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise (docs/promises.md), what a breach means, and the query that finds breaches."""

    name: str
    promise: int
    means: str
    sql: str
    kind: str = "bkg"
    """The prefix of the ids that it returns."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise, and what breaks it."""

    name: str
    promise: int
    means: str
    ids: list[str]


# Written out, though other rooms have them as constants: these queries must hold also where those are wrong.
# Tests compare the literals with the table of states.
_LIVE = "b.gave_back_at IS NULL"
_BLOCKING = "b.state IN ('pending', 'confirmed')"
_TOLD = "('booking.requested', 'booking.made', 'booking.moved', 'booking.cancelled')"
# The first of each: a copy that a person asked for (``outbox.send_again``) is no second message.
_NOTICE = "d.channel = 'email' AND d.purpose = 'notice' AND d.copy_of_id IS NULL"
_FIRST = "('booking.requested', 'booking.made')"

# Asked also where a constraint holds: SQLite drops triggers as it rebuilds a table. What spans several
# tables has no constraint at all.
INVARIANTS = (
    Invariant(
        "one_booking_per_link",
        1,
        "several bookings stand on one link",
        f"SELECT b.link_id FROM bookonce_booking b WHERE b.link_id IS NOT NULL AND {_LIVE} "
        "GROUP BY b.link_id HAVING count(*) > 1",
        "lnk",
    ),
    Invariant(
        "spent_without_a_booking",
        2,
        "a link is used, and no booking stands on it",
        "SELECT l.id FROM bookonce_link l WHERE l.used_at IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM bookonce_booking b WHERE b.link_id = l.id AND {_LIVE})",
        "lnk",
    ),
    Invariant(
        "booked_without_spending",
        2,
        "a booking stands on a link that is not used",
        "SELECT b.id FROM bookonce_booking b JOIN bookonce_link l ON l.id = b.link_id "
        f"WHERE {_LIVE} AND l.used_at IS NULL",
    ),
    Invariant(
        "standing_after_giving_back",
        2,
        "a booking has given its link back and still stands",
        f"SELECT b.id FROM bookonce_booking b WHERE NOT ({_LIVE}) AND {_BLOCKING}",
    ),
    Invariant(
        "one_meeting_at_a_time",
        6,
        "two meetings of one host overlap",
        # By id, so that each pair is found once, and no row meets itself.
        "SELECT a.booking_id FROM bookonce_heldtime a JOIN bookonce_heldtime b ON a.diary_id = b.diary_id "
        "AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
    Invariant(
        "standing_without_its_time",
        6,
        "a booking stands, and its host's time is not held for it exactly",
        # Exactly one row, and exactly its time: without it the host could be booked a second time.
        f"SELECT b.id FROM bookonce_booking b WHERE {_BLOCKING} AND 1 <> (SELECT count(*) "
        "FROM bookonce_heldtime h JOIN bookonce_diary d ON d.id = h.diary_id WHERE h.booking_id = b.id "
        "AND h.starts_at = b.starts_at AND h.ends_at = b.ends_at AND d.member_id = b.host_id)",
    ),
    Invariant(
        "time_held_for_nothing",
        6,
        "time is held for a booking that does not stand",
        # Not no_show: its time is past, and stays in the diary as it was.
        "SELECT b.id FROM bookonce_booking b JOIN bookonce_heldtime h ON h.booking_id = b.id "
        "WHERE b.state IN ('cancelled', 'declined', 'lapsed')",
    ),
    Invariant(
        "booked_untold",
        12,
        "a booking has no event that tells of its making",
        "SELECT b.id FROM bookonce_booking b WHERE 1 <> (SELECT count(*) FROM bookonce_event e "
        f"WHERE e.booking_id = b.id AND e.kind IN {_FIRST})",
    ),
    Invariant(
        "told_without_a_booking",
        12,
        "an event tells of a booking that is not there",
        "SELECT e.booking_id FROM bookonce_event e WHERE e.booking_id IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM bookonce_booking b WHERE b.id = e.booking_id)",
    ),
    Invariant(
        "host_not_written_to",
        12,
        "an event has not exactly one message for the host",
        f"SELECT e.booking_id FROM bookonce_event e WHERE e.kind IN {_TOLD} AND 1 <> (SELECT count(*) FROM "
        f"bookonce_delivery d WHERE d.event_id = e.id AND {_NOTICE} AND d.recipient LIKE 'host%%')",
    ),
    Invariant(
        "guest_not_written_to",
        12,
        "an event has not exactly one message for the guest whose address is known",
        # By the address in the event's own snapshot, from which its deliveries were made.
        f"SELECT e.booking_id FROM bookonce_event e WHERE e.kind IN {_TOLD} AND {{email}} <> '' AND 1 <> "
        f"(SELECT count(*) FROM bookonce_delivery d WHERE d.event_id = e.id AND {_NOTICE} "
        "AND d.recipient = 'guest')",
    ),
    Invariant(
        "minted_untold",
        27,
        "a link has no event that tells of its minting",
        "SELECT l.id FROM bookonce_link l WHERE 1 <> (SELECT count(*) FROM bookonce_event e "
        "WHERE e.link_id = l.id AND e.kind = 'link.minted')",
        "lnk",
    ),
    Invariant(
        "revoked_untold",
        27,
        "a link is revoked, and no event tells of it",
        "SELECT l.id FROM bookonce_link l WHERE l.revoked_at IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM bookonce_event e WHERE e.link_id = l.id AND e.kind = 'link.revoked')",
        "lnk",
    ),
    Invariant(
        "message_without_an_end",
        13,
        "a message has ended without a time, or waits with one",
        "SELECT e.booking_id FROM bookonce_delivery d JOIN bookonce_event e ON e.id = d.event_id "
        "WHERE (d.state = 'waiting') = (d.ended_at IS NOT NULL)",
    ),
    Invariant(
        "sequence_behind",
        15,
        "a booking's SEQUENCE is not that of its last event",
        # Events of a booking alone: those of its link name the booking as well, and have no SEQUENCE.
        "SELECT b.id FROM bookonce_booking b WHERE b.sequence <> (SELECT max({sequence}) "
        "FROM bookonce_event e WHERE e.booking_id = b.id AND e.kind LIKE 'booking.%%')",
    ),
    Invariant(
        "sequence_repeated",
        15,
        "two changes of a booking carry one SEQUENCE",
        f"SELECT e.booking_id FROM bookonce_event e WHERE e.kind IN {_TOLD} "
        "GROUP BY e.booking_id HAVING count({sequence}) <> count(DISTINCT {sequence})",
    ),
    Invariant(
        "request_after_cancel",
        15,
        "a booking was made or moved after it was cancelled",
        "SELECT c.booking_id FROM bookonce_event c JOIN bookonce_event e ON e.booking_id = c.booking_id "
        "WHERE c.kind = 'booking.cancelled' AND e.kind IN ('booking.made', 'booking.requested', "
        "'booking.moved') AND {sequence} > {sequence_of_c}",
    ),
    Invariant(
        "state_and_events_differ",
        16,
        "a booking's state is not what its events tell",
        "SELECT b.id FROM bookonce_booking b WHERE (b.state = 'cancelled') <> EXISTS (SELECT 1 FROM "
        "bookonce_event e WHERE e.booking_id = b.id AND e.kind = 'booking.cancelled') "
        "OR (b.state = 'cancelled') <> (b.cancelled_at IS NOT NULL)",
    ),
    Invariant(
        "workspaces_crossed",
        19,
        "a booking, its calendar, link or contact belong to different workspaces",
        "SELECT b.id FROM bookonce_booking b JOIN bookonce_calendar c ON c.id = b.calendar_id "
        "LEFT JOIN bookonce_link l ON l.id = b.link_id LEFT JOIN bookonce_contact p ON p.id = b.contact_id "
        "JOIN bookonce_member m ON m.id = b.host_id WHERE b.workspace_id <> c.workspace_id "
        # Where there is no link or contact the comparison is NULL, which WHERE takes for no.
        "OR b.workspace_id <> l.workspace_id OR b.workspace_id <> p.workspace_id "
        "OR b.workspace_id <> m.workspace_id",
    ),
    Invariant(
        "links_crossed",
        19,
        "a link and its calendar or contact belong to different workspaces",
        "SELECT l.id FROM bookonce_link l JOIN bookonce_calendar c ON c.id = l.calendar_id "
        "LEFT JOIN bookonce_contact p ON p.id = l.contact_id "
        "WHERE l.workspace_id <> c.workspace_id OR l.workspace_id <> p.workspace_id",
        "lnk",
    ),
)

_SPEECH = {
    "sqlite": {
        "email": "coalesce(json_extract(e.data, '$.guest.email'), '')",
        "sequence": "CAST(json_extract(e.data, '$.sequence') AS INTEGER)",
        "sequence_of_c": "CAST(json_extract(c.data, '$.sequence') AS INTEGER)",
    },
    "postgresql": {
        "email": "coalesce(e.data #>> '{{guest,email}}', '')",
        "sequence": "CAST(e.data ->> 'sequence' AS integer)",
        "sequence_of_c": "CAST(c.data ->> 'sequence' AS integer)",
    },
}


def find_broken() -> list[Finding]:
    """The promises that do not hold in the committed state; empty unless something is wrong.

    One statement finds which, all at the same instant; what breaks them is looked up only where there is one.
    """
    exists = (f"SELECT {at} WHERE EXISTS ({_spoken(one)})" for at, one in enumerate(INVARIANTS))
    with connection.cursor() as cursor:
        # With an empty list of values, so that %% in the queries means % on both databases.
        cursor.execute(" UNION ALL ".join(exists), [])
        broken = [INVARIANTS[at] for (at,) in sorted(cursor.fetchall())]
    return [Finding(one.name, one.promise, one.means, find_breaches(one)) for one in broken]


def find_breaches(invariant: Invariant) -> list[str]:
    """The public ids of what breaks this promise, the first few."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT found.* FROM ({_spoken(invariant)}) AS found LIMIT {SHOWN}", [])
        # SQLite returns a UUID as the text that it stores.
        return [_named(invariant.kind, key) for (key,) in cursor.fetchall()]


def _spoken(invariant: Invariant) -> str:
    """Its query in the words of the database that is in use."""
    sql = invariant.sql
    for name, words in _SPEECH[connection.vendor].items():
        sql = sql.replace(f"{{{name}}}", words.replace("{{", "{").replace("}}", "}"))
    return sql


def _named(kind: str, key: object) -> str:
    if key is None:
        return "?"
    return tokens.public_id(kind, key if isinstance(key, uuid.UUID) else uuid.UUID(str(key)))
