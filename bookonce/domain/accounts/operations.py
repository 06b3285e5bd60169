"""Founding a workspace, making keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookonce.delivery.outbox import operations as outbox
from bookonce.domain.accounts.models import ApiKey, Member, Person, Workspace
from bookonce.foundation import tokens, translation
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
FIRST_PASSWORD_WITHIN = timedelta(days=7)
"""How long whoever was made a member has for setting their first password."""
SHORTEST, LONGEST = 8, 1000
"""How many characters a password has."""
USED_EVERY = timedelta(minutes=1)
"""A key's last use is written at most this often."""


def slug_of(name: str, *, otherwise: str = "workspace") -> str:
    """The name as an address: lower case, ASCII, hyphens ("Zahnärzte Köln" → ``zahnarzte-koln``).

    ``otherwise``: where nothing of the name can be written so.
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or otherwise


def is_password(text: str) -> bool:
    """Whether this can be somebody's password: the one rule, wherever one is chosen."""
    return SHORTEST <= len(text) <= LONGEST


@requires_transaction
def create_workspace(name: str, *, now: datetime, language: str = "") -> Workspace:
    """A new workspace; where its slug is taken already, a number is added."""
    slug, number = slug_of(name), 1
    while Workspace.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{slug_of(name)[:55]}-{number}"
    return Workspace.objects.create(
        name=name, slug=slug, language=language or translation.SOURCE, created_at=now
    )


@requires_transaction
def record_workspace_event(kind: str, workspace_id: UUID, *, by: str, now: datetime, **more: Any) -> None:
    """Write down what happened to a workspace or to its keys; nobody is told of it."""
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
    """Make the owner a member. Without a password, the second value is the secret of their set-up address.

    That is a new one, or the ``secret`` by which they have come.
    """
    email = email.strip().lower()
    if Person.objects.filter(email=email).exists():
        raise Invalid(("/owner_email", "Somebody with this e-mail address exists already. Use another."))
    person = Person(name=name, email=email, zone=zone, language=language, clock=clock, created_at=now)
    if password is None:
        secret = secret or tokens.new_secret()
        person.setup_hash, person.setup_expires_at = tokens.hash_of(secret), now + FIRST_PASSWORD_WITHIN
        person.set_unusable_password()
    else:
        secret = None
        person.set_password(password)
    person.save(force_insert=True)
    member = Member.objects.create(workspace=workspace, person=person, role=Member.Role.OWNER, created_at=now)
    return member, secret


def key_problems(name: str, scopes: Collection[str]) -> list[tuple[str, str]]:
    """What keeps a key of this name with these scopes from being made."""
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

    ``Invalid`` where it has no name, or may do nothing (``key_problems``).
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
    """Let this key open nothing any more, for good. Again: unchanged."""
    with transaction():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            _record_key_event("key.revoked", key, by=by, now=now)


@requires_transaction
def _record_key_event(kind: str, key: ApiKey, *, by: str, now: datetime, **more: Any) -> None:
    said = {"key": tokens.public_id("key", key.pk), "member": tokens.public_id("mem", key.member_id)}
    record_workspace_event(kind, key.member.workspace_id, by=by, now=now, **said, name=key.name, **more)


def note_key_use(key: ApiKey, *, now: datetime) -> None:
    """Remember that the key was used, at most once a minute; never waits for anybody."""
    if key.last_used_at is None or now - key.last_used_at >= USED_EVERY:
        key.last_used_at = now
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
