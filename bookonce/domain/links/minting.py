"""Minting many links at once: one batch, all or none, and for each link its own token and event.

Ten thousand links are one call, so rows do not pass through the ORM one by one: what links have in common is
prepared once, and only what differs is made for each.

They are written a few to a commit, since SQLite has one writer and guests who book wait for it. Nobody is
given an address before the last commit, which sets the batch's ``size``; until then it is 0. What breaks off
is taken back: at once, or by the worker where the process was killed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from bookonce.delivery.outbox.bulk import event_pattern, record_events
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.contacts.operations import find_or_create_contacts
from bookonce.domain.links.models import Batch, Link
from bookonce.domain.links.operations import LinkOptions, build_link, new_event
from bookonce.domain.links.unfinished_batches import complete_batch, take_back_quietly
from bookonce.foundation import tokens
from bookonce.foundation.database import failpoints, guarded_rows
from bookonce.foundation.database.guarded_rows import RowPattern
from bookonce.foundation.database.transactions import assert_no_transaction, requires_transaction, transaction
from bookonce.foundation.guest_paths import link_path

FEW, MANY = 250, 5_000
"""Links of one commit on SQLite, whose other writers wait meanwhile, and on PostgreSQL, where nobody does."""


@dataclass(frozen=True, slots=True)
class Minted:
    """A batch and its links in the order of the request. Only here are their tokens given."""

    batch: Batch
    ids: list[uuid.UUID] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        before = settings.BASE_URL + link_path("")
        return [before + token for token in self.tokens]


def mint_many(
    calendar: Calendar, terms: Sequence[LinkOptions], *, by: str, via: str, now: datetime, label: str = ""
) -> Minted:
    """Mint a link for each of these options, all or none; committed before any address is given out.

    Options that neighbouring links share should be one object, which is then prepared once.
    """
    with links_written(prepare_links(calendar, terms, by=by, via=via, now=now, label=label)) as written:
        return written.finish()


@dataclass(frozen=True, slots=True)
class PreparedLinks:
    """Links prepared as far as possible without the database."""

    calendar: Calendar
    batch: Batch
    terms: Sequence[LinkOptions]
    patterns: Sequence[_Patterns]


def prepare_links(
    calendar: Calendar, terms: Sequence[LinkOptions], *, by: str, via: str, now: datetime, label: str = ""
) -> PreparedLinks:
    """Prepare a link for each of these options; where all differ, this is most of the work.

    Called before the transaction is opened, so that no other writer waits for this work.
    """
    batch = Batch(
        workspace_id=calendar.workspace_id, calendar=calendar, label=label, size=len(terms), created_at=now
    )
    patterns = list(_patterns(calendar, terms, batch=batch, by=by, via=via, now=now))
    return PreparedLinks(calendar, batch, terms, patterns)


@contextmanager
def links_written(drafts: PreparedLinks) -> Iterator[WrittenLinks]:
    """Write prepared links, all but the last few of them; what the caller does inside must ``finish``.

    Where it raises, or this does, none is left. Outside a transaction.
    """
    assert_no_transaction()
    written = WrittenLinks(drafts)
    try:
        written.write_all_but_the_last()
        yield written
    except BaseException:
        if written.begun:
            take_back_quietly(drafts.batch.pk)
        raise


class WrittenLinks:
    """Links of a batch that are being written. Contacts are made with them, and stay: they may be in use."""

    def __init__(self, drafts: PreparedLinks) -> None:
        self.begun = False
        self._drafts = drafts
        self._made = Minted(drafts.batch)
        self._piece = FEW if connection.vendor == "sqlite" else MANY
        self._size = len(drafts.terms)

    def write_all_but_the_last(self) -> None:
        """Write the links, a piece to a commit, until no more than one piece is left."""
        while self._size - len(self._made.ids) > self._piece:
            with transaction():
                self._write()
            self.begun = True
            failpoints.failpoint("mint.piece")

    def finish(self) -> Minted:
        """Write what is left and complete the batch, in one transaction that the caller may have opened."""
        with transaction():
            self._write()
            if self.begun:
                complete_batch(self._made.batch.pk, size=self._size)
        return self._made

    @requires_transaction
    def _write(self) -> None:
        drafts, batch, start = self._drafts, self._made.batch, len(self._made.ids)
        if not start:
            # A batch that is written in one commit never shows a size of 0.
            batch.size = 0 if self._size > self._piece else self._size
            batch.save(force_insert=True)
            batch.size = self._size
        piece = slice(start, start + self._piece)
        events: Events = []
        contacts = _contacts(drafts.calendar, drafts.terms[piece], now=batch.created_at)
        guarded_rows.insert_many(Link, _links(drafts.patterns[piece], contacts, self._made, events))
        record_events(events)


@requires_transaction
def _contacts(calendar: Calendar, terms: Sequence[LinkOptions], *, now: datetime) -> list[uuid.UUID | None]:
    people = [(term.recipient_name, term.recipient_email, term.recipient_phone) for term in terms]
    found = find_or_create_contacts(calendar.workspace_id, set(people), now=now)
    return [term.contact_id or found.get(person) for term, person in zip(terms, people, strict=True)]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of a link and of its event, and the event's JSON before and after the link's public id."""

    link: RowPattern
    event: RowPattern
    told: tuple[str, str]


def _patterns(
    calendar: Calendar, terms: Sequence[LinkOptions], *, batch: Batch, by: str, via: str, now: datetime
) -> Iterator[_Patterns]:
    known: LinkOptions | None = None
    patterns: _Patterns | None = None
    for term in terms:
        # By identity: options that links share are one object (see mint_many).
        if patterns is None or term is not known:
            link = build_link(calendar, term, via=via, now=now)
            link.batch_id = batch.pk
            event = new_event("link.minted", link, by=by, now=now)
            # In two parts exactly: no label and no metadata can hold an id that was made a moment ago.
            before, after = json.dumps(event.data).split(tokens.public_id("lnk", link.pk))
            patterns = _Patterns(
                RowPattern(link, "id", "contact_id", "nonce", "token_hash"),
                event_pattern(event),
                (before, after),
            )
            known = term
        yield patterns


Events = list[tuple[RowPattern, tuple[str, str, str]]]


def _links(
    patterns: Sequence[_Patterns], contacts: Sequence[uuid.UUID | None], made: Minted, events: Events
) -> Iterator[tuple[RowPattern, tuple[Any, ...]]]:
    """The own values of each link; those of its event are appended to ``events``."""
    for pattern, contact in zip(patterns, contacts, strict=True):
        key, nonce = tokens.new_id(), tokens.new_nonce()
        token = tokens.token_of(nonce, tokens.LINK)
        made.ids.append(key)
        made.tokens.append(token)
        # In hexadecimal, as SQLite stores it; COPY reads it as a UUID.
        name, data = key.hex, tokens.public_id("lnk", key).join(pattern.told)
        events.append((pattern.event, (tokens.new_id().hex, name, data)))
        yield pattern.link, (name, contact.hex if contact else None, nonce, tokens.hash_of(token))
