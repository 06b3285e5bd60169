"""Reading one-time links: the one definition of their state, look-ups and lists."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from bookonce.domain.accounts.models import Member
from bookonce.domain.calendars.queries import OWNED, OWNED_COLUMNS, WITH_OWNER, contact_of, with_owner
from bookonce.domain.links.errors import (
    LinkExpired,
    LinkNotOpen,
    LinkPaused,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
)
from bookonce.domain.links.models import Ask, Link, Observation
from bookonce.foundation import tokens
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.errors import NotFound, Refused
from bookonce.foundation.guest_paths import link_path
from bookonce.foundation.phones import search_digits

ACTIVE, NOT_OPEN, PAUSED, USED = "active", "not_open", "paused", "used"
EXPIRED, REVOKED = "expired", "revoked"
STATES = (ACTIVE, NOT_OPEN, PAUSED, USED, EXPIRED, REVOKED)

STATE_SQL = """CASE
    WHEN bookonce_link.revoked_at IS NOT NULL THEN 'revoked'
    WHEN bookonce_link.used_at IS NOT NULL THEN 'used'
    WHEN bookonce_link.expires_at <= %s THEN 'expired'
    WHEN bookonce_link.paused_at IS NOT NULL THEN 'paused'
    WHEN bookonce_link.opens_at > %s THEN 'not_open'
    ELSE 'active' END"""
"""A link's state in SQL, for the guarded UPDATE and every list; a test compares it with ``state_of``."""


def state_of(link: Link, *, now: datetime) -> str:
    """Whether a link can be used, else why not; a test compares it with ``STATE_SQL``."""
    if link.revoked_at is not None:
        return REVOKED
    # Before the end: whoever opens a used link later reads that it has done its job, whatever the date.
    if link.used_at is not None:
        return USED
    if link.expires_at is not None and link.expires_at <= now:
        return EXPIRED
    if link.paused_at is not None:
        return PAUSED
    if link.opens_at is not None and link.opens_at > now:
        return NOT_OPEN
    return ACTIVE


def effective_state(link: Link, *, now: datetime) -> str:
    """What people and programs are told: every link of an archived calendar counts as revoked."""
    # Archiving ends a calendar's links without a write to each of them.
    return REVOKED if link.calendar.archived_at else state_of(link, now=now)


def with_state(links: QuerySet[Link], state: str, *, now: datetime) -> QuerySet[Link]:
    """The links whose ``effective_state`` is this now."""
    at = guarded_rows.sql_instant(now)
    links = links.annotate(state=RawSQL(STATE_SQL, [at, at], output_field=CharField()))
    ended = Q(calendar__archived_at__isnull=False)
    return links.filter(Q(state=state) | ended) if state == REVOKED else links.filter(~ended, state=state)


def count_by_state(*, now: datetime) -> dict[str, int]:
    """``effective_state`` → how many of all links are in it; none: missing."""
    at = guarded_rows.sql_instant(now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [at, at])
        return dict(cursor.fetchall())


# The state is in no column, so every link is read. The few archived calendars are looked up once, before: a
# join would search the calendars for each link.
_COUNTED = f"""
SELECT CASE
    WHEN calendar_id IN (SELECT id FROM bookonce_calendar WHERE archived_at IS NOT NULL) THEN 'revoked'
    ELSE {STATE_SQL} END, count(*)
FROM bookonce_link GROUP BY 1
"""


def list_paused(workspace_id: uuid.UUID | None, *, now: datetime) -> QuerySet[Link]:
    """The links of this workspace (None: of all) that wait for a release, with calendars, oldest first."""
    # Said first, so that the database finds the few by their index.
    marked = Link.objects.filter(paused_at__isnull=False)
    if workspace_id is not None:
        marked = marked.filter(workspace_id=workspace_id)
    return with_state(marked, PAUSED, now=now).select_related("calendar").order_by("id")


def count_open_links(calendar_ids: Sequence[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, int]:
    """Calendar → how many of its links can be used, now or once they open; none: missing."""
    at = guarded_rows.sql_instant(now)
    links = Link.objects.filter(calendar_id__in=calendar_ids, used_at=None, revoked_at=None)
    links = links.annotate(state=RawSQL(STATE_SQL, [at, at], output_field=CharField()))
    standing = links.filter(state__in=(ACTIVE, NOT_OPEN)).values("calendar_id").annotate(count=Count("pk"))
    return dict(standing.order_by().values_list("calendar_id", "count"))


def find_by_token(token: str) -> Link:
    """The link with this token, with its calendar, workspace and owner; else ``LinkUnknown``."""
    if not tokens.looks_like_token(token):
        raise LinkUnknown
    # An index compares in no constant time, but nobody who guesses tokens can choose how their hashes begin.
    return _one("link.token_hash = %s", [tokens.hash_of(token)])


def find_link(name: str, *, workspace_id: uuid.UUID) -> Link:
    """The link by its public id, in this workspace alone; else ``LinkUnknown``."""
    key = tokens.parse_public_id("lnk", name)
    if key is None:
        raise LinkUnknown
    return _one(
        "link.workspace_id = %s AND link.id = %s",
        [guarded_rows.sql_uuid(workspace_id), guarded_rows.sql_uuid(key)],
    )


def _one(condition: str, values: list[Any]) -> Link:
    for link, *found in guarded_rows.fetch_models(f"{_WHOLE} WHERE {condition}", values, Link, *OWNED):
        link.calendar = with_owner(*found)
        whole: Link = link
        return whole
    raise LinkUnknown


_WHOLE = f"""
SELECT {guarded_rows.select_columns(Link, "link")}, {OWNED_COLUMNS} FROM bookonce_link AS link
JOIN bookonce_calendar AS calendar ON calendar.id = link.calendar_id {WITH_OWNER}
"""


def require_usable(link: Link, *, now: datetime) -> None:
    """Raise why the link cannot be used now, if so. Only ``redeem`` decides."""
    refusal = refusal_of(link, now=now)
    if refusal is not None:
        raise refusal


def refusal_of(link: Link, *, now: datetime) -> Refused | None:
    """Why a link cannot be used now, with the data that its page needs; None where it can."""
    state = effective_state(link, now=now)
    if state == ACTIVE:
        return None
    if state == NOT_OPEN:
        return LinkNotOpen(opens_at=link.opens_at)
    contact = contact_of(link.calendar)
    if state == EXPIRED:
        return LinkExpired(contact=contact, expires_at=link.expires_at)
    if state == PAUSED:
        return LinkPaused(contact=contact)
    return (LinkUsed if state == USED else LinkRevoked)(contact=contact)


def token_of(link: Link) -> str | None:
    """The link's token, derived again; None where the key that made it is gone."""
    return tokens.token_again(bytes(link.nonce), bytes(link.token_hash), tokens.LINK)


def url_of(link: Link) -> str | None:
    """The link's address; None where the key that made it is gone."""
    token = token_of(link)
    return f"{settings.BASE_URL}{link_path(token)}" if token else None


def count_openings(links: Iterable[Link]) -> dict[uuid.UUID, dict[str, Any]]:
    """Link → ``people``, ``robots``, ``first_at`` and ``last_at`` of its observed openings.

    The database counts: of a link that robots visit for months, two rows are fetched.
    """
    made = {link.pk: link.created_at for link in links}
    told: dict[uuid.UUID, dict[str, Any]] = {
        key: {"people": 0, "robots": 0, "first_at": None, "last_at": None} for key in made
    }
    seen = Observation.objects.filter(link_id__in=list(made), kind=Observation.Kind.OPENED)
    counted = seen.values("link_id", "visitor").annotate(count=Count("pk"), first=Min("at"), last=Max("at"))
    for row in counted.order_by():
        one = told[row["link_id"]]
        one["people" if row["visitor"] == Observation.Visitor.PERSON else "robots"] = row["count"]
        # An observation's time is the start of its ten minutes: perhaps before the link was minted.
        first, last = (max(row[name], made[row["link_id"]]) for name in ("first", "last"))
        one["first_at"] = min(first, one["first_at"] or first)
        one["last_at"] = max(last, one["last_at"] or last)
    return told


def opened_by_people(keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these links that a person was observed to open."""
    looks = Observation.objects.filter(
        link=OuterRef("pk"), kind=Observation.Kind.OPENED, visitor=Observation.Visitor.PERSON
    )
    return set(Link.objects.filter(Exists(looks), pk__in=keys).values_list("pk", flat=True))


def list_links_of_batch(name: str, *, workspace_id: uuid.UUID) -> QuerySet[Link]:
    """The links of a batch, in the order in which they were minted; ``LinkUnknown`` where the id is none."""
    key = tokens.parse_public_id("bat", name)
    if key is None:
        raise LinkUnknown
    found = Link.objects.filter(workspace_id=workspace_id, batch_id=key).order_by("pk")
    return found.select_related("calendar")


def list_links(
    workspace_id: uuid.UUID,
    *,
    now: datetime,
    state: str | None = None,
    calendar: str | None = None,
    contact: str | None = None,
    label: str | None = None,
    search: str = "",
    created_from: datetime | None = None,
    created_to: datetime | None = None,
) -> QuerySet[Link]:
    """The links of this workspace that match every filter, with calendars; an unknown id matches none."""
    found = Link.objects.filter(workspace_id=workspace_id)
    found = found.select_related("calendar")
    if calendar is not None:
        key = tokens.parse_public_id("cal", calendar)
        found = found.filter(calendar_id=key) if key else found.filter(calendar__slug=calendar)
    if contact is not None:
        # The nil UUID is nobody's: an id that is none matches nothing, instead of everything.
        found = found.filter(contact_id=tokens.parse_public_id("ctc", contact) or uuid.UUID(int=0))
    if label is not None:
        found = found.filter(label=label)
    if search:
        places = ("label", "recipient_name", "recipient_email", "recipient_phone")
        fits = reduce(or_, (Q(**{f"{place}__icontains": search}) for place in places))
        # A number is found in whatever form it is typed: it is stored as digits.
        digits = search_digits(search)
        found = found.filter(fits | Q(recipient_phone__contains=digits) if digits else fits)
    if created_from is not None:
        found = found.filter(created_at__gte=created_from)
    if created_to is not None:
        found = found.filter(created_at__lt=created_to)
    return with_state(found, state, now=now) if state else found


def list_open_requests(workspace_id: uuid.UUID) -> QuerySet[Ask]:
    """The open link requests of this workspace with their links and calendars, the latest first.

    Those whose old link can be used again are among them: the guest does not know that.
    """
    return _open_asks().filter(workspace_id=workspace_id).order_by("-last_at", "-id")


def list_requests_of_owner(owner: Member) -> QuerySet[Ask]:
    """The open link requests about which this member gets mail, oldest first."""
    # In one filter: two would join the hosts twice, and take a second host for the owner.
    mine = _open_asks().filter(link__calendar__hosting__member=owner, link__calendar__hosting__position=0)
    return mine.order_by("id")


def _open_asks() -> QuerySet[Ask]:
    return Ask.objects.filter(closed_at=None).select_related("link__calendar")


def find_request(name: str, *, workspace_id: uuid.UUID) -> Ask:
    """The request by its public id, open or closed, in this workspace alone; else ``NotFound``."""
    key = tokens.parse_public_id("ask", name)
    found = Ask.objects.filter(workspace_id=workspace_id, pk=key) if key else Ask.objects.none()
    asked = found.select_related("link__calendar", "answer").first()
    if asked is None:
        raise NotFound
    return asked


def request_id(asked: Ask) -> str:
    """The public id of a link request: ``ask_…``."""
    return tokens.public_id("ask", asked.pk)


def links_in_use(keys: Collection[uuid.UUID], since: datetime) -> Collection[uuid.UUID]:
    """Those of these links that could be used at ``since`` or later."""
    return Link.objects.filter(_in_use(since), pk__in=keys).values_list("pk", flat=True)


def list_links_in_use(now: datetime) -> QuerySet[Link]:
    """The links of all workspaces that can be used now, or once they open."""
    lives = Q(expires_at=None) | Q(expires_at__gt=now)
    return Link.objects.filter(lives, used_at=None, revoked_at=None, calendar__archived_at=None)


def batches_in_use(keys: Collection[uuid.UUID], since: datetime) -> Collection[uuid.UUID]:
    """Those of these batches with a link that could be used at ``since`` or later."""
    return Link.objects.filter(_in_use(since), batch__in=keys).values_list("batch_id", flat=True).distinct()


def _in_use(since: datetime) -> Q:
    ended = Q(used_at__lt=since) | Q(revoked_at__lt=since) | Q(expires_at__lt=since)
    return ~ended & (Q(calendar__archived_at=None) | Q(calendar__archived_at__gte=since))
