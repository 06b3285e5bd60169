"""Output models of keys, lists and refusals."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from bookonce.domain.accounts.models import ApiKey
from bookonce.domain.schemas.output_calendars import OwnerContactOutput, SlotOutput
from bookonce.domain.schemas.output_types import KeyId, MemberId, Moment, OneOf, WorkspaceId, exact
from bookonce.foundation import tokens


@exact
class WorkspaceOutput(TypedDict):
    id: WorkspaceId
    name: str
    slug: str


@exact
class MemberOutput(TypedDict):
    id: MemberId
    name: str
    email: str
    zone: str
    role: Annotated[str, OneOf(("owner", "member"))]


@exact
class KeyOutput(TypedDict):
    id: KeyId
    name: str
    expires_at: Moment | None


@exact
class MeOutput(TypedDict):
    """Whose key it is, and what it may do."""

    workspace: WorkspaceOutput
    member: MemberOutput
    scopes: list[str]
    key: KeyOutput


@exact
class ListOutput(TypedDict):
    """A page of a list; ``next_cursor`` asks for the next one, null is the end."""

    data: list[Any]
    next_cursor: str | None


@exact
class SlotsOutput(TypedDict):
    """Free times; they have no pages."""

    data: list[SlotOutput]


@exact
class FaultOutput(TypedDict):
    pointer: str
    detail: str


# Not exact: a problem may carry members that are not known yet (RFC 9457, section 3.2).
class ProblemOutput(TypedDict):
    """RFC 9457. `errors` names every field and its mend."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: NotRequired[list[FaultOutput]]
    contact: NotRequired[OwnerContactOutput]
    open: NotRequired[list[SlotOutput]]
    expires_at: NotRequired[Moment | None]
    opens_at: NotRequired[Moment | None]
    retry_after: NotRequired[int]


def describe_key(key: ApiKey) -> MeOutput:
    """Whose key it is, and what it may do."""
    member, workspace = key.member, key.member.workspace
    return {
        "workspace": {
            "id": tokens.public_id("wsp", workspace.pk),
            "name": workspace.name,
            "slug": workspace.slug,
        },
        "member": {
            "id": tokens.public_id("mem", member.pk),
            "name": member.person.name,
            "email": member.person.email,
            "zone": member.person.zone,
            "role": member.role,
        },
        "scopes": key.scopes,
        "key": {"id": tokens.public_id("key", key.pk), "name": key.name, "expires_at": key.expires_at},
    }
