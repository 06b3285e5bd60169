"""Output models of calendars and their free times."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from typing_extensions import TypedDict

from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import format_lengths, hosts_of, shown_contact
from bookonce.domain.schemas.output_types import CalendarId, Day, MemberId, Moment, OneOf, exact
from bookonce.foundation import tokens
from bookonce.foundation.guest_paths import calendar_path

Lengths = int | list[int]
Policy = Annotated[str, OneOf(("stay_used", "reopen"))]


@exact
class LocationOutput(TypedDict):
    kind: Annotated[str, OneOf(("phone", "address", "url", "ask", "text"))]
    value: str


# Written as a call, since ``from`` is a keyword and cannot be a field of a class.
_FromTo = TypedDict("_FromTo", {"from": Day | None, "to": Day | None})


@exact
class WindowOutput(_FromTo):
    pass


@exact
class HoursOnDateOutput(TypedDict):
    on: Day
    hours: list[list[str]]


@exact
class QuestionOutput(TypedDict):
    key: str
    label: str
    kind: Annotated[str, OneOf(("text", "textarea", "choice", "checkbox"))]
    required: bool
    options: list[str]
    help: str


@exact
class OwnerContactOutput(TypedDict):
    """Whom a dead link says to contact."""

    name: str
    email: str
    phone: str
    text: str


@exact
class CalendarOutput(TypedDict):
    """Something that can be booked, in the words in which it can be sent back."""

    id: CalendarId
    name: str
    slug: str
    description: str
    minutes: Lengths
    slot_step: int | None
    zone: str
    hours: dict[str, list[list[str]]]
    exceptions: list[HoursOnDateOutput]
    buffer_before: int
    buffer_after: int
    notice_minutes: int
    window_days: int | None
    window: WindowOutput | None
    limit_per_day: int | None
    limit_per_week: int | None
    visibility: Annotated[str, OneOf(("public", "link_only"))]
    location: LocationOutput | None
    questions: list[QuestionOutput]
    contact: OwnerContactOutput
    on_cancel: Policy
    approval: bool
    hosts: list[MemberId]
    url: str | None
    created_at: Moment


@exact
class SlotOutput(TypedDict):
    """A time that can be booked."""

    starts_at: Moment
    ends_at: Moment


def describe_calendar(calendar: Calendar) -> CalendarOutput:
    """The calendar for API keys."""
    hosts = hosts_of(calendar)
    owner = hosts[0].member.person
    contact: Any = shown_contact(calendar.contact, name=owner.name, email=owner.email)
    public_address = settings.BASE_URL + calendar_path(calendar.workspace.slug, calendar.slug)
    return {
        "id": tokens.public_id("cal", calendar.pk),
        "name": calendar.name,
        "slug": calendar.slug,
        "description": calendar.description,
        "minutes": format_lengths(calendar.minutes),
        "slot_step": calendar.slot_step,
        "zone": calendar.zone,
        "hours": calendar.hours,
        "exceptions": calendar.exceptions,
        "buffer_before": calendar.buffer_before,
        "buffer_after": calendar.buffer_after,
        "notice_minutes": calendar.notice_minutes,
        "window_days": calendar.window_days,
        "window": describe_window(calendar),
        "limit_per_day": calendar.limit_per_day,
        "limit_per_week": calendar.limit_per_week,
        "visibility": calendar.visibility,
        "location": calendar.location,
        "questions": calendar.questions,
        "contact": contact,
        "on_cancel": calendar.on_cancel,
        "approval": calendar.approval,
        "hosts": [tokens.public_id("mem", host.member_id) for host in hosts],
        "url": public_address if calendar.visibility == Calendar.Visibility.PUBLIC else None,
        "created_at": calendar.created_at,
    }


def describe_window(dated: Any) -> WindowOutput | None:
    """The booking window of a calendar or of a link; None where it has none."""
    if not dated.window_from and not dated.window_to:
        return None
    return {"from": dated.window_from, "to": dated.window_to}
