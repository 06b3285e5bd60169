"""Reading people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from bookonce import tokens
from bookonce.accounts.models import ApiKey, Member, Person


def awaits_password(secret: str) -> Person | None:
    """Whoever sets their first password with this secret; None once it is set."""
    return Person.objects.filter(setup_hash=tokens.hash_of(secret)).first()


def member_names(keys: Iterable[uuid.UUID], *, workspace_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The names of these members of this workspace."""
    found = Member.objects.filter(workspace_id=workspace_id, pk__in=list(keys))
    return dict(found.values_list("pk", "person__name"))


def key_names(keys: Iterable[uuid.UUID], *, workspace_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The names of these API keys of this workspace, those that have ended among them."""
    found = ApiKey.objects.filter(member__workspace_id=workspace_id, pk__in=list(keys))
    return dict(found.values_list("pk", "name"))
