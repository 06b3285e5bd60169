"""Late guests who ask for a new link, as the desk tells of them."""

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
"""A message of more signs is folded where others wait as well."""
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """What one person said, once: text to be read, and nothing else."""

    name: str
    reach: str
    message: str
    state: str
    """Why the link did not work: used, expired or revoked."""
    at: datetime

    @classmethod
    def of(cls, said: Mapping[str, str]) -> RequestMessage:
        """What the ask keeps of it."""
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
        return cls(said["name"], said["reach"], said["message"], said["state"], at)

    @property
    def is_long(self) -> bool:
        return len(self.message) > LONG

    @property
    def beginning(self) -> str:
        """How a long message begins, cut between words where it has any."""
        begun = " ".join(self.message.split())[:LONG]
        return f"{begun.rpartition(' ')[0] or begun} …"


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """One link about which is asked, with everything that is kept of what was said, the first first."""

    ask: Ask
    now: datetime

    @property
    def address(self) -> str:
        return f"/asks/{queries.request_id(self.ask)}"

    @property
    def first(self) -> RequestMessage:
        """Who came first, whom nobody that comes later may hide."""
        return RequestMessage.of(self.ask.first)

    @property
    def later(self) -> list[RequestMessage]:
        """Whoever asked after that, at the same link."""
        return [RequestMessage.of(said) for said in self.ask.said[1:]]

    @property
    def recipient(self) -> str:
        """For whom the link was, and a new one will be; empty where nobody was named."""
        link = self.ask.link
        return link.recipient_name or link.recipient_email or format_phone(link.recipient_phone)

    @property
    def works_again(self) -> bool:
        """Whether the old link can be used: whoever asked may not know it."""
        return self.can_answer and queries.state_of(self.ask.link, now=self.now) in (ACTIVE, NOT_OPEN)

    @property
    def can_answer(self) -> bool:
        return self.ask.link.calendar.archived_at is None


def list_waiting(workspace_id: uuid.UUID, *, now: datetime) -> list[WaitingRequest]:
    """Those who wait for an answer, the latest first, as many as a page bears."""
    return [WaitingRequest(ask, now) for ask in queries.list_open_requests(workspace_id)[:SHOWN]]


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """For how many links a new one is asked: each is answered once, whoever and however many asked at it."""

    number: int

    def __bool__(self) -> bool:
        return self.number > 0

    @property
    def shown(self) -> str:
        """The number as it is told; nobody counts further than a hundred."""
        return f"{self.number}" if self.number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def count_waiting(workspace_id: uuid.UUID) -> WaitingCount:
    """Those that wait for an answer, counted."""
    return WaitingCount(queries.list_open_requests(workspace_id)[:MOST_COUNTED].count())
