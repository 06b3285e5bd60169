"""Creating workspaces, owners and API keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db import transaction as django_transaction

from bookonce.delivery.outbox import operations as outbox
from bookonce.domain.accounts.models import ApiKey, Member, Person, Workspace
from bookonce.foundation import tokens, translation
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import requires_transaction, transaction
from bookonce.foundation.errors import Invalid, Sentence

SCOPES = (
    "calendars:read",
    "calendars:write",
    "links:read",
    "links:write",
    "bookings:read",
    "bookings:write",
    "contacts:read",
    "contacts:write",
    "webhooks:manage",
)
KEY_PREFIX = "bko_"
KEY_NAME = 120
"""The most characters of a key's name."""
UNNAMED_KEY = Sentence(
    "Give the key a name of at most {most} characters: of the program that gets it.", most=KEY_NAME
)
EMAIL_KNOWN = "Somebody with this e-mail address exists already. Use another."
FIRST_PASSWORD_WITHIN = timedelta(days=7)
"""How long a set-up secret of a new member works."""
# The upper limit is beyond any passphrase; it only keeps whole files from being hashed.
SHORTEST, LONGEST = 8, 1000
"""The fewest and the most characters of a password."""
USED_EVERY = timedelta(minutes=1)
"""A key's last use is written at most this often."""


def slug_of(name: str, *, otherwise: str = "workspace") -> str:
    """The name as a slug: lower case, ASCII, hyphens ("Zahnärzte Köln" → ``zahnarzte-koln``).

    ``otherwise``: the slug where nothing of the name can be written so.
    """
    # NFKD leaves ß as it is, and ASCII would then drop it.
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    # Stripped again after the cut, which may end on a hyphen.
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or otherwise


def is_password(text: str) -> bool:
    """Whether this has the length of a password: the one rule for pages and commands."""
    return SHORTEST <= len(text) <= LONGEST


@requires_transaction
def create_workspace(name: str, *, now: datetime, language: str = "") -> Workspace:
    """Create a workspace; where the slug of its name is taken, a number is added."""
    language = language or translation.SOURCE
    while True:
        workspace = Workspace(name=name, slug=_free_slug(name), language=language, created_at=now)
        # The slug is only a proposal: where somebody takes it before this row is written, the next is looked
        # for.
        if all(guarded_rows.insert_unless_conflict(workspace)):
            return Workspace.objects.get(pk=workspace.pk)


def _free_slug(name: str) -> str:
    slug, number = slug_of(name), 1
    while Workspace.objects.filter(slug=slug).exists():
        number += 1
        # 55, so that the number fits into the column's 60; stripped, since two hyphens are in no slug.
        slug = f"{slug_of(name)[:55].rstrip('-')}-{number}"
    return slug


@requires_transaction
def record_workspace_event(kind: str, workspace_id: UUID, *, by: str, now: datetime, **more: Any) -> None:
    """Save an event of a workspace or of its keys that asks for no delivery."""
    data = {"workspace": tokens.public_id("wsp", workspace_id)} | more
    outbox.record_event(outbox.new_event(kind, workspace_id=workspace_id, now=now, by=by, data=data))


@requires_transaction
def add_owner(
    workspace: Workspace,
    *,
    name: str,
    email: str,
    zone: str,
    password: str | None,
    now: datetime,
    language: str = "",
    clock: str = "",
    secret: str | None = None,
) -> tuple[Member, str | None]:
    """Create the owner and their membership. Without a password the second value is their set-up secret.

    It is a new one, or the ``secret`` with which they have come. ``Invalid`` where somebody has the address.
    """
    email = email.strip().lower()
    person = Person(name=name, email=email, zone=zone, language=language, clock=clock, created_at=now)
    if password is None:
        secret = secret or tokens.new_secret()
        person.setup_hash, person.setup_expires_at = tokens.hash_of(secret), now + FIRST_PASSWORD_WITHIN
        # Not an empty one: nobody can sign in by password until the set-up secret was used.
        person.set_unusable_password()
    else:
        secret = None
        person.set_password(password)
    # The constraint decides, since somebody may take the address at the same moment.
    try:
        with django_transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise Invalid(("/owner_email", EMAIL_KNOWN)) from None
    member = Member.objects.create(workspace=workspace, person=person, role=Member.Role.OWNER, created_at=now)
    return member, secret


def key_problems(name: str, scopes: Collection[str]) -> list[tuple[str, str]]:
    """(pointer, sentence) for every fault of an API key with this name and these scopes."""
    problems: list[tuple[str, str]] = []
    if not 1 <= len(name) <= KEY_NAME:
        problems.append(("/name", UNNAMED_KEY))
    if not scopes or not set(scopes) <= set(SCOPES):
        problems.append(("/scopes", "Tick at least one thing that the key may do."))
    return problems


def make_key(
    member: Member,
    *,
    name: str,
    scopes: tuple[str, ...] = SCOPES,
    expires_at: datetime | None = None,
    by: str,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make an API key; the second value is the key itself, which nobody can read again.

    ``Invalid`` where it has no name, or no scope (``key_problems``).
    """
    if wrong := key_problems(name, scopes):
        raise Invalid(*wrong)
    secret = KEY_PREFIX + tokens.new_secret()
    with transaction():
        key = ApiKey.objects.create(
            member=member,
            name=name,
            key_hash=tokens.hash_of(secret),
            scopes=list(scopes),
            created_at=now,
            expires_at=expires_at,
        )
        _record_key_event("key.made", key, by=by, now=now, scopes=key.scopes)
    return key, secret


def revoke_key(key: ApiKey, *, by: str, now: datetime) -> None:
    """End this API key for good. Again: unchanged."""
    with transaction():
        # The condition makes a second call find nothing, so that the event is written once.
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            _record_key_event("key.revoked", key, by=by, now=now)


@requires_transaction
def _record_key_event(kind: str, key: ApiKey, *, by: str, now: datetime, **more: Any) -> None:
    said = {"key": tokens.public_id("key", key.pk), "member": tokens.public_id("mem", key.member_id)}
    record_workspace_event(kind, key.member.workspace_id, by=by, now=now, **said, name=key.name, **more)


def note_key_use(key: ApiKey, *, now: datetime) -> None:
    """Write when the key was last used, at most once a minute; never waits for another writer."""
    if key.last_used_at is None or now - key.last_used_at >= USED_EVERY:
        key.last_used_at = now
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
