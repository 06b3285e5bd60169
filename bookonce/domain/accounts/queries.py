"""Reading people and API keys."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from bookonce.domain.accounts.access import manageable_keys
from bookonce.domain.accounts.models import ApiKey, Member, Person, Workspace
from bookonce.foundation import tokens
from bookonce.foundation.errors import NotFound


def find_by_setup_secret(secret: str, *, now: datetime) -> Person | None:
    """The person of this set-up secret; None where it was used or has expired."""
    return Person.objects.filter(setup_hash=tokens.hash_of(secret), setup_expires_at__gt=now).first()


def is_setup_secret_of_somebody(secret: str) -> bool:
    """Whether this is the latest set-up secret of somebody, valid or not."""
    return Person.objects.filter(setup_hash=tokens.hash_of(secret)).exists()


def can_sign_in(person: Person) -> bool:
    """Whether this person has a way to sign in again."""
    return person.has_usable_password() or person.passkeys.exists()


def member_names(keys: Iterable[uuid.UUID], *, workspace_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Id → name of these members of this workspace."""
    found = Member.objects.filter(workspace_id=workspace_id, pk__in=list(keys))
    return dict(found.values_list("pk", "person__name"))


def key_names(keys: Iterable[uuid.UUID], *, workspace_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Id → name of these API keys of this workspace, also of ended ones."""
    found = ApiKey.objects.filter(member__workspace_id=workspace_id, pk__in=list(keys))
    return dict(found.values_list("pk", "name"))


def list_keys(member: Member) -> QuerySet[ApiKey]:
    """The API keys that this member may manage and that are not revoked, newest first."""
    return manageable_keys(member).filter(revoked_at=None).order_by("-created_at", "-id")


def find_key(member: Member, name: str) -> ApiKey:
    """An API key that this member may manage, by its public id, also a revoked one; else ``NotFound``."""
    wanted = tokens.parse_public_id("key", name)
    # Revoked ones as well: a second press on Revoke is told what happened, not that there is no such key.
    found = manageable_keys(member).filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NotFound
    return found


def is_set_up() -> bool:
    """Whether there is a workspace; until then nobody can sign in."""
    return Workspace.objects.exists()
