"""The only place that decides "may you". A miss is the same 404 as a thing that does not exist."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from bookonce.domain.accounts.models import ApiKey, Member, Person
from bookonce.domain.accounts.operations import KEY_PREFIX
from bookonce.foundation import tokens
from bookonce.foundation.errors import Forbidden, NotFound, Refused


class Unauthorized(Refused):
    """No key, or none that is good."""

    code = "unauthorized"
    status = 401
    title = "A key is needed"
    sentence = "Send a valid API key: Authorization: Bearer bko_…"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is acting: a key of a member, in one workspace."""

    key: ApiKey

    @property
    def workspace_id(self) -> uuid.UUID:
        return self.key.member.workspace_id

    @property
    def by(self) -> str:
        return tokens.public_id("key", self.key.pk)

    def may(self, scope: str) -> bool:
        return scope in self.key.scopes

    def need(self, scope: str) -> None:
        """Raise ``Forbidden`` where the key lacks this scope."""
        if not self.may(scope):
            raise Forbidden(f"This key lacks the scope {scope}.")


def with_key(authorization: str, *, now: datetime) -> Visitor:
    """The visitor who shows this ``Authorization`` header, or ``Unauthorized``."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(KEY_PREFIX) or len(secret) > 100:
        raise Unauthorized
    key = (
        ApiKey.objects.filter(key_hash=tokens.hash_of(secret), revoked_at=None)
        .select_related("member__workspace", "member__person")
        .first()
    )
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        raise Unauthorized
    return Visitor(key)


def seat_of(person: Person, *, workspace: str = "") -> Member | None:
    """The person as a member of this workspace (its public id), else of their first; None: of none."""
    seats = (
        Member.objects.filter(person=person)
        .select_related("workspace", "person")
        .order_by("created_at", "pk")
    )
    wanted = tokens.key_of("wsp", workspace) if workspace else None
    return (seats.filter(workspace_id=wanted).first() if wanted else None) or seats.first()


def seats_of(person: Person) -> list[Member]:
    """Everywhere that this person is a member, by the name of the workspace."""
    return list(
        Member.objects.filter(person=person).select_related("workspace").order_by("workspace__name", "pk")
    )


class MemberUnknown(NotFound):
    """No such member in this workspace."""

    title = "There is no such member"
    sentence = "Name a member of this workspace, like mem_…."


def member_of(name: str, *, workspace_id: uuid.UUID) -> Member:
    """The member by their public id, in this workspace alone; else ``MemberUnknown``."""
    key = tokens.key_of("mem", name)
    member = Member.objects.filter(workspace_id=workspace_id, pk=key).first() if key else None
    if member is None:
        raise MemberUnknown
    return member
