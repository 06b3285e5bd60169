"""How many rows of a booking an installation holds."""

from __future__ import annotations

import sqlite3

import psycopg

from bench.installations import Installation

COUNTS = {
    "links": "SELECT count(*) FROM bookonce_link WHERE used_at IS NOT NULL",
    "contacts": "SELECT count(*) FROM bookonce_contact",
    "bookings": "SELECT count(*) FROM bookonce_booking",
    "held": "SELECT count(*) FROM bookonce_heldtime",
    "events": "SELECT count(*) FROM bookonce_event WHERE kind = 'booking.made'",
    "mails": "SELECT count(*) FROM bookonce_delivery",
}


def rows(installation: Installation) -> dict[str, int]:
    """The number of rows of each kind that a booking writes."""
    if installation.kind == "sqlite":
        file = sqlite3.connect(installation.path)
        counted = {name: file.execute(question).fetchone()[0] for name, question in COUNTS.items()}
        file.close()
        return counted
    with psycopg.connect(installation.url) as server:
        return {name: (server.execute(question).fetchone() or (0,))[0] for name, question in COUNTS.items()}
