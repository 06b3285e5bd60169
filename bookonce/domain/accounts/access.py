"""Every decision on permissions. What belongs to another workspace is a 404, like what does not exist."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.db.models.functions import Lower

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts.models import ApiKey, Member, Person, Workspace
from bookonce.domain.accounts.operations import KEY_PREFIX
from bookonce.foundation import tokens
from bookonce.foundation.errors import Forbidden, NotFound, Refused, Sentence


class Unauthorized(Refused):
    """No API key, or none that is valid."""

    code = "unauthorized"
    status = 401
    title = "A key is needed"
    sentence = "Send a valid API key: Authorization: Bearer bko_…"


@dataclass(frozen=True, slots=True)
class ApiPrincipal:
    """Who acts: an API key of a member, in one workspace."""

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
            raise Forbidden(Sentence("This key lacks the scope {scope}.", scope=scope))


class Verb(StrEnum):
    """What not every member of a workspace may do. All else every member may."""

    CHANGE_WORKSPACE = "change_workspace"
    READ_UNSENT_MAIL = "read_unsent_mail"
    """Read a mail that was never sent, with the guest's token in it (the pages of ``/outbox``)."""
    MANAGE_KEY = "manage_key"
    """See what an API key may do, and revoke it."""


Thing = Workspace | Delivery | ApiKey


@dataclass(frozen=True, slots=True)
class _Rule:
    roles: frozenset[Member.Role] = frozenset([Member.Role.OWNER])
    own: bool = False
    """Whether every member may do it with what is their own."""
    mend: str = Forbidden.sentence


RULES: Mapping[Verb, _Rule] = {
    Verb.CHANGE_WORKSPACE: _Rule(mend="Only an owner of this workspace can change it."),
    Verb.READ_UNSENT_MAIL: _Rule(),
    Verb.MANAGE_KEY: _Rule(own=True),
}


class RoleForbids(Forbidden):
    """The member's role does not allow this."""


def may(member: Member, verb: Verb, thing: Thing) -> bool:
    """Whether this member may do ``verb`` with ``thing``; never with one of another workspace.

    Decides without a query: an API key must be loaded with its member.
    """
    # Before any role: an owner is one in their own workspace alone (promise 19).
    if _workspace_of(thing) != member.workspace_id:
        return False
    rule = RULES[verb]
    is_own = isinstance(thing, ApiKey) and thing.member_id == member.pk
    return member.role in rule.roles or (rule.own and is_own)


def require(member: Member, verb: Verb, thing: Thing) -> None:
    """Raise ``RoleForbids`` where this member may not."""
    if not may(member, verb, thing):
        raise RoleForbids(RULES[verb].mend)


def _workspace_of(thing: Thing) -> uuid.UUID:
    if isinstance(thing, Workspace):
        return thing.pk
    return thing.member.workspace_id if isinstance(thing, ApiKey) else thing.workspace_id


def manageable_keys(member: Member) -> QuerySet[ApiKey]:
    """The keys with which this member ``may`` do ``MANAGE_KEY``, each with its member."""
    keys = ApiKey.objects.filter(member__workspace_id=member.workspace_id).select_related("member__person")
    return keys if member.role in RULES[Verb.MANAGE_KEY].roles else keys.filter(member=member)


def authenticate_key(authorization: str, *, now: datetime) -> ApiPrincipal:
    """The visitor of this ``Authorization`` header, or ``Unauthorized``."""
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    # The form first, so that nonsense costs no query. A key has 47 characters.
    if scheme.lower() != "bearer" or not secret.startswith(KEY_PREFIX) or len(secret) > 100:
        raise Unauthorized
    key = (
        ApiKey.objects.filter(key_hash=tokens.hash_of(secret), revoked_at=None)
        .select_related("member__workspace", "member__person")
        .first()
    )
    # Unknown, revoked and expired get one answer: a stranger must not learn that a key once worked.
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        raise Unauthorized
    return ApiPrincipal(key)


def memberships_of(person: Person) -> list[Member]:
    """The person's memberships, in order of the workspaces' names."""
    seats = Member.objects.filter(person=person).select_related("workspace", "person")
    # In lower case, because the two databases sort capitals differently.
    return list(seats.order_by(Lower("workspace__name"), "pk"))


def choose_membership(seats: Sequence[Member], *, workspace: str = "") -> Member | None:
    """Of a person's memberships that in this workspace (a public id), else the first; None: there is none."""
    wanted = tokens.parse_public_id("wsp", workspace) if workspace else None
    # The key decides between memberships of one second.
    in_time = sorted(seats, key=lambda seat: (seat.created_at, seat.pk))
    return next((seat for seat in in_time if seat.workspace_id == wanted), next(iter(in_time), None))


class MemberUnknown(NotFound):
    """No such member in this workspace."""

    title = "There is no such member"
    sentence = "Name a member of this workspace, like mem_…."


def find_member(name: str, *, workspace_id: uuid.UUID) -> Member:
    """The member by their public id, in this workspace alone; else ``MemberUnknown``."""
    key = tokens.parse_public_id("mem", name)
    member = Member.objects.filter(workspace_id=workspace_id, pk=key).first() if key else None
    if member is None:
        raise MemberUnknown
    return member
