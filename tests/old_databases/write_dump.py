"""``python -m tests.old_databases.write_dump VERSION``: a database as this code leaves it (see README.md)."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing

from tests.old_databases.dumps import HERE
from tests.provision.postgres import create_database, postgres_server

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "bookonce.settings",
    # The tests' own, so that they can derive the tokens.
    "BOOKONCE_SECRET_KEY": "a key for tests, long enough and known to everybody",
    "BOOKONCE_BASE_URL": "https://book.example.org",
}
LEFT_OUT = ("--", "\\", "SET ", "SELECT pg_catalog.set_config")
"""What lines of pg_dump begin with that say nothing of the data, or that only psql understands."""


def main(version: str) -> None:
    """Write the two files of this version."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/old.sqlite3"
        _fill(f"sqlite:///{file}", folder)
        with closing(sqlite3.connect(file)) as database:
            _write(f"{version}.sqlite", "\n".join(database.iterdump()) + "\n")
        with postgres_server() as server:
            url = create_database(server, "old")
            _fill(url, folder)
            how = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", "--no-comments")
            text = subprocess.run(["pg_dump", *how, url], check=True, capture_output=True, text=True).stdout
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith(LEFT_OUT)]
        _write(f"{version}.postgres", "\n".join(lines) + "\n")


def _write(name: str, text: str) -> None:
    # Without a time in it, so that the same dump is the same file.
    (HERE / f"{name}.sql.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _fill(url: str, folder: str) -> None:
    """In a process of its own: Django leads to one database."""
    here = SETTINGS | {"BOOKONCE_DATABASE_URL": url, "BOOKONCE_DATA": folder}
    subprocess.run([sys.executable, "-m", __spec__.name, "--fill"], env=os.environ | here, check=True)


def fill() -> None:
    """One of everything, by the product's own operations."""
    from bookonce.delivery.outbox.models import Delivery
    from bookonce.domain.accounts import mailed_tokens
    from bookonce.domain.bookings import changes
    from bookonce.domain.bookings.guest_details import Guest
    from bookonce.domain.calendars import operations as calendars
    from bookonce.domain.links import link_requests
    from bookonce.domain.links import operations as links
    from bookonce.foundation.database.transactions import transaction
    from bookonce.interfaces.commands import prepare
    from tests import make

    prepare.prepare()
    later, now = make.later, make.NOW
    hana = make.team("Acme", "Hana", location={"kind": "url", "value": "https://meet.example.org/hana"})
    topic = {"key": "topic", "label": "What is it about?", "kind": "text", "required": False}
    calendar = calendars.change_calendar(hana.calendar, by="test", now=now, questions=[topic])
    gil = Guest(
        name="Gil Guest", email="gil@example.net", phone="+49 30 901820", zone="Europe/Lisbon", language="de"
    )
    times = make.slots(calendar, 120)[::20]
    make.link(calendar, label="Open")
    to_gil = make.link(calendar, recipient_name="Gil Guest", recipient_email="gil@example.net")
    make.booking(calendar, times[0], link=to_gil, guest=gil, answers={"topic": "The roof"})
    moved = make.booking(calendar, times[1], link=make.link(calendar, label="Moved"), guest=gil)
    changes.move(moved, starts_at=times[2], by="guest", now=later(1))
    gone = make.booking(calendar, times[3], link=make.link(calendar, label="Cancelled"), guest=gil)
    changes.cancel(gone, by="host", now=later(2), reason="I am ill.")
    back = make.booking(calendar, times[4], link=make.link(calendar, label="Back", on_cancel="reopen"))
    changes.cancel(back, by="guest", now=later(3))
    make.booking(calendar, times[5], guest=make.somebody())
    ended = make.link(calendar, label="Revoked")
    links.revoke(ended, by="test", now=later(4))
    make.link(calendar, label="Expired", expires_at=later(5))
    longer = make.link(calendar, label="Extended", expires_at=later(60))
    links.extend_link(longer, until=later(60 * 24 * 40), by="test", now=now)
    links.change_link(make.link(calendar, label="Before"), label="After", by="test", now=now)
    link_requests.request_new_link(ended, name="Nora Next", reach="nora@example.net", now=later(6))
    person = hana.owner.person
    with transaction():
        mailed_tokens.record_account_event(person, "account.password_changed", to=person.email, now=now)
    # As at an upgrade: some were sent, one is dead, others wait.
    for mail in Delivery.objects.order_by("id")[:2]:
        Delivery.objects.filter(pk=mail.pk).update(state="done", ended_at=now, attempts=1)
    dead = Delivery.objects.filter(state="waiting").order_by("-id")[:1].get()
    Delivery.objects.filter(pk=dead.pk).update(
        state="dead", ended_at=now, attempts=3, last_error="refused: 550"
    )


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        import django

        django.setup()
        fill()
    else:
        main(sys.argv[1])
