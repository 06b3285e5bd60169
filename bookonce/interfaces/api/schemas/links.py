"""What programs say to mint, change and list one-time links."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bookonce.domain.schemas.links import LinkFields, Row, Shared
from bookonce.domain.schemas.long_lists import validated_in_parts
from bookonce.domain.schemas.parsing import RequestBody
from bookonce.domain.schemas.types import Id, Line, Settable
from bookonce.interfaces.api.schemas.lists import Moment, Page

MOST_RECIPIENTS = 10_000


class NewBatch(Shared):
    """Links for many people at once."""

    calendar: Id
    recipients: Annotated[
        list[Row], Field(min_length=1, max_length=MOST_RECIPIENTS), validated_in_parts(MOST_RECIPIENTS)
    ]


class NewLink(LinkFields):
    """A link to be minted."""

    calendar: Id


class LinkChange(LinkFields):
    """What is to be changed of a living link; what is not named stays."""


class Extension(RequestBody):
    """Until when; two weeks more, where nothing is said."""

    expires_at: Settable = None


class Nothing(RequestBody):
    """No field at all."""


class LinkPage(Page):
    """Which links."""

    state: Literal["active", "not_open", "paused", "used", "expired", "revoked"] | None = None
    calendar: Id | None = None
    contact: Id | None = None
    created_from: Moment = None
    created_to: Moment = None
    label: Line | None = None
