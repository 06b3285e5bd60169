"""Minting many links at once: one batch, one commit, and for each link its own token and event.

It must keep pace with what the database can take in, so rows do not pass through the ORM one by one:
what links have in common is prepared once, and only what differs is made for each.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models

from bookonce import rows, tokens
from bookonce.calendars.models import Calendar
from bookonce.contacts.operations import find_or_make_many
from bookonce.doors import door, step
from bookonce.links.models import Batch, Link
from bookonce.links.operations import Terms, happened, new
from bookonce.outbox.models import Event


@dataclass(frozen=True, slots=True)
class Minted:
    """A batch and its links in the order in which they were asked for. The tokens are told here, once."""

    batch: Batch
    ids: list[uuid.UUID] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        return [f"{settings.BASE_URL}/o/{token}" for token in self.tokens]


def mint_many(
    calendar: Calendar, terms: Sequence[Terms], *, by: str, via: str, now: datetime, label: str = ""
) -> Minted:
    """Make a link for each of these terms, all or none. They are committed before any address is told.

    Terms that several links share should be one object, which is then prepared once.
    """
    batch = Batch(
        workspace_id=calendar.workspace_id, calendar=calendar, label=label, size=len(terms), created_at=now
    )
    made, told = Minted(batch), list[list[Any]]()
    with door():
        batch.save(force_insert=True)
        contacts = _contacts(calendar, terms, now=now)
        patterns = _patterns(calendar, terms, batch=batch, by=by, via=via, now=now)
        _write(Link, _links(patterns, contacts, made, told))
        _write(Event, told)
    return made


@step
def _contacts(calendar: Calendar, terms: Sequence[Terms], *, now: datetime) -> list[uuid.UUID | None]:
    people = [(term.recipient_name, term.recipient_email, term.recipient_phone) for term in terms]
    found = find_or_make_many(calendar.workspace_id, set(people), now=now)
    return [term.contact_id or found.get(person) for term, person in zip(terms, people, strict=True)]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the rows of a link and of its event hold, but for what each link has of its own."""

    link: list[Any]
    event: list[Any]
    told: tuple[str, str]
    """The event's snapshot as JSON, before and after the link's own name."""


def _patterns(
    calendar: Calendar, terms: Sequence[Terms], *, batch: Batch, by: str, via: str, now: datetime
) -> Iterator[_Pattern]:
    known: Terms | None = None
    pattern: _Pattern | None = None
    for term in terms:
        if pattern is None or term is not known:
            link = new(calendar, term, via=via, now=now)
            link.batch_id = batch.pk
            event = happened("link.minted", link, by=by, now=now)
            before, after = json.dumps(event.data).split(tokens.public_id("lnk", link.pk))
            pattern = _Pattern(rows.values_of(link), rows.values_of(event), (before, after))
            known = term
        yield pattern


def _links(
    patterns: Iterator[_Pattern],
    contacts: Sequence[uuid.UUID | None],
    made: Minted,
    told: list[list[Any]],
) -> Iterator[list[Any]]:
    """The values of each link's row; those of its event are put into ``told``."""
    id_at, nonce_at, hash_at, contact_at = _places(Link, "id", "nonce", "token_hash", "contact_id")
    event_at, link_at, data_at = _places(Event, "id", "link_id", "data")
    for pattern, contact in zip(patterns, contacts, strict=True):
        key, nonce = tokens.new_id(), tokens.new_nonce()
        token = tokens.token_of(nonce, tokens.LINK)
        made.ids.append(key)
        made.tokens.append(token)
        link, event = pattern.link.copy(), pattern.event.copy()
        link[id_at], link[nonce_at], link[hash_at] = key.hex, nonce, tokens.hash_of(token)
        link[contact_at] = contact.hex if contact else None
        event[event_at], event[link_at] = tokens.new_id().hex, key.hex
        event[data_at] = tokens.public_id("lnk", key).join(pattern.told)
        told.append(event)
        yield link


def _places(model: type[models.Model], *names: str) -> list[int]:
    columns = [field.attname for field in rows.fields_of(model)]
    return [columns.index(name) for name in names]


def _write(model: type[models.Model], values: Iterable[list[Any]]) -> None:
    """Write rows that meet no guard: by COPY where there is one."""
    table, names = model._meta.db_table, ", ".join(f'"{field.column}"' for field in rows.fields_of(model))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("%s" for _ in rows.fields_of(model))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values))
