"""Open requests for a new link, as pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bookonce.domain.links import queries
from bookonce.domain.links.models import Ask
from bookonce.domain.links.queries import ACTIVE, NOT_OPEN
from bookonce.foundation.phones import format_phone

SHOWN = 20
LONG = 160
"""Characters from which on a message is folded where there are others."""
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """One message of a request: text of a stranger."""

    name: str
    reach: str
    message: str
    state: str
    """Why the link did not work: used, expired or revoked."""
    at: datetime

    @classmethod
    def of(cls, said: Mapping[str, str]) -> RequestMessage:
        """A stored message."""
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
        return cls(said["name"], said["reach"], said["message"], said["state"], at)

    @property
    def is_long(self) -> bool:
        return len(self.message) > LONG

    @property
    def beginning(self) -> str:
        """The start of a long message, cut between words where it has any."""
        # Lines and blanks of a stranger take no room in a list.
        begun = " ".join(self.message.split())[:LONG]
        return f"{begun.rpartition(' ')[0] or begun} …"


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A link with an open request, and its messages, oldest first."""

    ask: Ask
    now: datetime

    @property
    def address(self) -> str:
        return f"/asks/{queries.request_id(self.ask)}"

    @property
    def first(self) -> RequestMessage:
        """The first message, which later ones never hide."""
        return RequestMessage.of(self.ask.first)

    @property
    def later(self) -> list[RequestMessage]:
        """The later messages."""
        return [RequestMessage.of(said) for said in self.ask.said[1:]]

    @property
    def recipient(self) -> str:
        """The recipient of the old link and of a new one; empty where none is named."""
        link = self.ask.link
        return link.recipient_name or link.recipient_email or format_phone(link.recipient_phone)

    @property
    def works_again(self) -> bool:
        """Whether the old link can be used again, which the guest may not know."""
        # It may have been extended or reopened since the guest was refused.
        return queries.effective_state(self.ask.link, now=self.now) in (ACTIVE, NOT_OPEN)

    @property
    def can_answer(self) -> bool:
        return self.ask.link.calendar.archived_at is None


def list_waiting(workspace_id: uuid.UUID, *, now: datetime) -> list[WaitingRequest]:
    """The open requests, latest first, as many as a page shows."""
    return [WaitingRequest(ask, now) for ask in queries.list_open_requests(workspace_id)[:SHOWN]]


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """The number of links with an open request, each of which is answered once for all its messages."""

    number: int

    def __bool__(self) -> bool:
        return self.number > 0

    @property
    def shown(self) -> str:
        """The number as shown; above a hundred it is not counted."""
        return f"{self.number}" if self.number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def count_waiting(workspace_id: uuid.UUID) -> WaitingCount:
    """Count the open requests of a workspace, up to a limit."""
    # Shown on every page, so it is not counted further than displayed.
    return WaitingCount(queries.list_open_requests(workspace_id)[:MOST_COUNTED].count())
