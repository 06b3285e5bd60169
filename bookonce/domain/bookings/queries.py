"""Reading bookings, and describing them for programs and for the trail."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from bookonce.delivery.outbox import queries as outbox
from bookonce.domain.availability import Rules, zones
from bookonce.domain.bookings.errors import BookingUnknown
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import BLOCKING, CALLED_OFF, State
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import rules_of, schedule_of, shown_contact
from bookonce.domain.diary import queries as diary
from bookonce.domain.links import queries as link_queries
from bookonce.domain.links.errors import LinkRequired
from bookonce.domain.links.models import Link
from bookonce.foundation import clock, tokens
from bookonce.foundation.guest_paths import booking_path

FRESH = 20
"""How many free times a refusal offers."""


def _whole() -> QuerySet[Booking]:
    return Booking.objects.select_related("calendar__workspace", "host__person", "link")


def find_booking(name: str, *, workspace_id: uuid.UUID) -> Booking:
    """The booking by its public id, in this workspace alone; else ``BookingUnknown``."""
    key = tokens.parse_public_id("bkg", name)
    booking = _whole().filter(workspace_id=workspace_id, pk=key).first() if key else None
    if booking is None:
        raise BookingUnknown
    return booking


def find_by_manage_token(manage_token: str) -> Booking:
    """The booking with this manage token; else ``BookingUnknown``."""
    if not tokens.looks_like_token(manage_token):
        raise BookingUnknown
    booking = _whole().filter(manage_hash=tokens.hash_of(manage_token)).first()
    if booking is None:
        raise BookingUnknown
    return booking


def booking_of_link(link: Link) -> Booking | None:
    """The booking on which this link is spent; None where it is not."""
    return _whole().filter(link=link, gave_back_at=None).first()


def booking_ids_of_links(link_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Link → the id of the booking on which it is spent; a link that is not spent is missing."""
    spent = Booking.objects.filter(link_id__in=link_ids, gave_back_at=None)
    return dict(spent.values_list("link_id", "pk"))


def next_bookings(calendar_ids: Sequence[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Booking]:
    """Calendar → its next booking that stands; a calendar with none ahead is missing."""
    ahead = Booking.objects.filter(calendar=OuterRef("pk"), state__in=BLOCKING, starts_at__gte=now)
    calendars = Calendar.objects.filter(pk__in=calendar_ids)
    first = calendars.annotate(first=Subquery(ahead.order_by("starts_at").values("pk")[:1])).values("first")
    return {booking.calendar_id: booking for booking in Booking.objects.filter(pk__in=first)}


def bookings_of_links(link_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Booking]:
    """Link → the booking on which it is spent; a link that is not spent is missing."""
    spent = Booking.objects.filter(link_id__in=link_ids, gave_back_at=None)
    return {booking.link_id: booking for booking in spent if booking.link_id is not None}


def list_bookings(
    workspace_id: uuid.UUID,
    *,
    state: str | None = None,
    calendar: str | None = None,
    link: str | None = None,
    starts_from: datetime | None = None,
    starts_to: datetime | None = None,
) -> QuerySet[Booking]:
    """The bookings of this workspace that match every filter. An unknown id matches none."""
    found = Booking.objects.filter(workspace_id=workspace_id)
    if state is not None:
        found = found.filter(state=state)
    if calendar is not None:
        key = tokens.parse_public_id("cal", calendar)
        found = found.filter(calendar_id=key) if key else found.filter(calendar__slug=calendar)
    if link is not None:
        found = found.filter(_of_link(tokens.parse_public_id("lnk", link) or uuid.UUID(int=0)))
    if starts_from is not None:
        found = found.filter(starts_at__gte=starts_from)
    return found if starts_to is None else found.filter(starts_at__lt=starts_to)


def _of_link(key: uuid.UUID) -> Q:
    """All that were ever booked with a link, said so that each half finds its partial index."""
    return Q(link_id=key, gave_back_at=None) | Q(link_id=key, gave_back_at__isnull=False)


UPCOMING, PAST, CANCELLED = "upcoming", "past", "cancelled"
PARTS = (UPCOMING, PAST, CANCELLED)


def list_agenda(
    workspace_id: uuid.UUID, part: str, *, now: datetime, calendar: str = "", guest: str = ""
) -> QuerySet[Booking]:
    """One part of a workspace's agenda: ``UPCOMING``, ``PAST`` or ``CANCELLED``.

    ``guest`` is searched in names and e-mail addresses. An unknown calendar matches nothing.
    """
    found = Booking.objects.filter(workspace_id=workspace_id)
    if part == UPCOMING:
        # No meeting is longer than a day, so the index on starts alone finds those that still go on.
        begun = now - timedelta(days=1)
        found = found.filter(state__in=BLOCKING, starts_at__gt=begun, ends_at__gt=now)
    elif part == PAST:
        over = Q(state__in=BLOCKING, ends_at__lte=now)
        found = found.filter(over | Q(state=State.NO_SHOW))
    else:
        found = found.filter(state__in=CALLED_OFF)
    if calendar:
        found = found.filter(calendar_id=tokens.parse_public_id("cal", calendar) or uuid.UUID(int=0))
    if guest:
        found = found.filter(Q(guest_name__icontains=guest) | Q(guest_email__icontains=guest))
    return found.select_related("calendar", "host__person")


def manage_url(booking: Booking) -> str | None:
    """The address of the guest's own page; None where the key that made its token is gone."""
    token = tokens.token_again(bytes(booking.manage_nonce), bytes(booking.manage_hash), tokens.MANAGE)
    return f"{settings.BASE_URL}{booking_path(token)}" if token else None


def open_slots(
    calendar: Calendar,
    *,
    start: int,
    end: int,
    now: datetime,
    minutes: int | None = None,
    link: Link | None = None,
    excluding: diary.Exclusion | None = None,
) -> list[tuple[int, int]]:
    """(start, end) of every slot that begins in [start, end) and can be booked; epoch seconds, ascending.

    ``link`` narrows them to what that link offers. ``minutes``: one of the calendar's lengths; without it
    the link's own or the shortest.
    """
    # Lengths ascend: the first is the shortest, or the link's only one.
    minutes = minutes or effective_rules(calendar, link).lengths[0]
    seconds = minutes * 60
    found = open_hosts(
        calendar, start=start, end=end, now=now, minutes=minutes, link=link, excluding=excluding
    )
    return [(at, at + seconds) for at in found]


def open_hosts(
    calendar: Calendar,
    *,
    start: int,
    end: int,
    now: datetime,
    minutes: int,
    link: Link | None,
    excluding: diary.Exclusion | None = None,
    hosts: Sequence[int] | None = None,
) -> Mapping[int, tuple[int, ...]]:
    """Each start on offer in [start, end) → the diaries free then. Epoch seconds; starts ascend.

    The one answer behind offer and acceptance (promise 18): pages and API offer these slots, ``book`` takes a
    host from them. ``hosts``: the calendar's diaries where they are known already (and locked), in order.
    """
    return diary.open_hosts(
        calendar,
        schedule_of(calendar),
        effective_rules(calendar, link, moved=minutes if excluding and excluding.booking_id else None),
        diary_ids=diary.hosts_of(calendar.pk) if hosts is None else hosts,
        minutes=minutes,
        start=start,
        end=end,
        now=now,
        excluding=excluding or diary.Exclusion(link_id=link.pk if link else None),
    )


def require_bookable(calendar: Calendar, link: Link | None, *, now: datetime) -> None:
    """Raise why nobody can book here: a dead link, or none where one is required. ``book`` decides again."""
    if link is not None:
        link_queries.require_usable(link, now=now)
    elif calendar.visibility == Calendar.Visibility.LINK_ONLY:
        raise LinkRequired


def effective_rules(calendar: Calendar, link: Link | None, *, moved: int | None = None) -> Rules:
    """The calendar's rules, narrowed by the link's own length and window.

    ``moved``: the length of a booking that is being moved, which it keeps whatever is on offer by now.
    """
    if link is None:
        return rules_of(calendar, minutes=moved)
    return rules_of(
        calendar, minutes=moved or link.minutes, window_from=link.window_from, window_to=link.window_to
    )


def fresh_times(
    calendar: Calendar,
    *,
    at: int,
    minutes: int | None,
    link: Link | None,
    now: datetime,
    excluding: diary.Exclusion | None = None,
) -> list[dict[str, datetime]]:
    """Up to ``FRESH`` free times near a taken one: from its own day on, else the last ones before it."""
    # A time far beyond every window would find nothing near it; begin with today instead.
    today = clock.seconds_of_instant(now)
    near = max(today, _day_of(at, calendar.zone)) if at < today + 366 * DAY else today
    # Most often the same day has others; the month is asked only where the day has none.
    for start, end in ((near, near + 2 * DAY), (near, near + 31 * DAY), (max(today, near - 31 * DAY), near)):
        if start == end:
            break
        slots = open_slots(
            calendar, start=start, end=end, now=now, minutes=minutes, link=link, excluding=excluding
        )
        if slots:
            return [
                {"starts_at": clock.instant_of_seconds(first), "ends_at": clock.instant_of_seconds(last)}
                for first, last in (slots[:FRESH] if start == near else slots[-FRESH:])
            ]
    return []


DAY = 24 * 60 * 60


def _day_of(at: int, zone: str) -> int:
    """The first instant of this instant's local day, in epoch seconds."""
    day = zones.local_day(zone, at)
    return zones.instants_of_days(zone, range(day, day + 1))[0]


def describe_booking(booking: Booking) -> dict[str, Any]:
    """The booking as programs see it (docs/api.md). Carries no token."""
    return {
        "id": tokens.public_id("bkg", booking.pk),
        "calendar": tokens.public_id("cal", booking.calendar_id),
        "link": tokens.public_id("lnk", booking.link_id) if booking.link_id else None,
        "contact": tokens.public_id("ctc", booking.contact_id) if booking.contact_id else None,
        "state": booking.state,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "zone": booking.zone,
        "hosts": [tokens.public_id("mem", booking.host_id)],
        "guest": {
            "name": booking.guest_name,
            "email": booking.guest_email,
            "phone": booking.guest_phone,
            "zone": booking.guest_zone,
            "language": booking.guest_language,
        },
        "answers": booking.answers,
        "location": booking.location,
        "uid": booking.uid,
        "sequence": booking.sequence,
        "metadata": booking.metadata,
        "cancelled_at": booking.cancelled_at,
        "cancel_reason": booking.cancel_reason,
        "created_at": booking.created_at,
    }


def describe_as_booked(booking: Booking) -> dict[str, Any]:
    """The booking as it was described when it was made, read from its first event.

    Only its contact is given by the id that it has now.
    """
    now_is, first = describe_booking(booking), outbox.first_of_booking(booking.pk)
    first_told = first.snapshot if first else {}
    told = {name: first_told.get(name, value) for name, value in now_is.items()}
    return told | {"contact": now_is["contact"]}


def booking_snapshot(booking: Booking) -> dict[str, Any]:
    """All that a mail, a webhook or a remote calendar needs of the booking, as JSON."""
    calendar, person = booking.calendar, booking.host.person
    told = {name: json_value(value) for name, value in describe_booking(booking).items()}
    return told | {
        "wall": booking.wall,
        "minutes": booking.minutes,
        "calendar_name": calendar.name,
        "description": calendar.description,
        # As they read now: the mail is composed later, when a question may be another or gone.
        "questions": [{"key": q["key"], "label": q["label"]} for q in calendar.questions],
        "workspace": {name: getattr(calendar.workspace, name) for name in ("name", "slug", "language")},
        "host": {
            "name": person.name,
            "email": person.email,
            "zone": person.zone,
            "language": person.language or calendar.workspace.language,
            "clock": person.clock,
        },
        "owner_contact": shown_contact(calendar.contact, name=person.name, email=person.email),
    }


def json_value(value: Any) -> Any:
    """An instant as RFC 3339 in UTC; anything else as it is."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def bookings_in_use(keys: Collection[uuid.UUID], since: datetime) -> Collection[uuid.UUID]:
    """Of these bookings, those that were neither cancelled nor over before this instant."""
    stands = Q(cancelled_at=None) | Q(cancelled_at__gte=since)
    return Booking.objects.filter(stands, ends_at__gte=since, pk__in=keys).values_list("pk", flat=True)
