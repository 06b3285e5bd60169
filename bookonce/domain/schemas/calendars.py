"""Schemas of requests about calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from bookonce.domain import availability
from bookonce.domain.availability import Problem
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.schemas.calendar_fields import default_of, within_limits
from bookonce.domain.schemas.links import Policy
from bookonce.domain.schemas.locations import Location, Window
from bookonce.domain.schemas.parsing import InputFault, RequestBody
from bookonce.domain.schemas.types import (
    Email,
    Id,
    Key,
    Lengths,
    Line,
    LongText,
    Name,
    Phone,
    Slug,
    Text,
    Zone,
)
from bookonce.foundation.phones import PhoneRules, region_of


# Runs before pydantic's own check, which would speak of items where a start and an end are meant.
def _pair(said: Any) -> Any:
    if isinstance(said, list) and len(said) != 2:
        raise InputFault('Give a start and an end, like ["09:00", "17:00"].')
    return said


Range = Annotated[list[str], Field(min_length=2, max_length=2), BeforeValidator(_pair)]
# As many as a day has quarters of an hour.
MOST_RANGES = 96
MOST_EXCEPTIONS, MOST_QUESTIONS, MOST_OPTIONS = 1000, 50, 100
Ranges = Annotated[list[Range], Field(max_length=MOST_RANGES)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Option = Annotated[Line, StringConstraints(min_length=1)]
ASKED_ALREADY = "You ask this already. Change one, or take one away."
# A link's prefill and locked use these names for the guest's details, beside the keys of questions.
RESERVED = ("name", "email", "phone")


class Exception_(RequestBody):
    """Other hours on one date; no hours: closed."""

    on: str
    hours: Ranges


class Question(RequestBody):
    """Something that the guest is asked."""

    key: Key
    label: Annotated[Line, StringConstraints(min_length=1)]
    kind: Literal["text", "textarea", "choice", "checkbox"] = "text"
    required: bool = False
    options: Annotated[list[Option], Field(max_length=MOST_OPTIONS)] = Field(default_factory=list)
    help: Text = ""

    @model_validator(mode="after")
    def _sound(self) -> Question:
        if self.key in RESERVED:
            raise InputFault("Choose another key: name, email and phone are asked anyway.", "key")
        if self.kind == "choice" and not self.options:
            raise InputFault("Give the options to choose from.", "options")
        if self.kind != "choice" and self.options:
            raise InputFault('Leave the options out, or ask with the kind "choice".', "options")
        if len(set(self.options)) < len(self.options):
            raise InputFault("Name each option once.", "options")
        return self


def _asked_once(questions: list[Question]) -> list[Question]:
    if len({question.key for question in questions}) < len(questions):
        raise InputFault("Give each question a key of its own.")
    for number in repeated_questions(question.label for question in questions):
        raise InputFault(ASKED_ALREADY, number, "label")
    return questions


def repeated_questions(labels: Iterable[str]) -> list[int]:
    """Positions of questions that repeat an earlier one; capitals and spaces do not count."""
    met: set[str] = set()
    found = []
    for number, label in enumerate(labels):
        plain = " ".join(label.casefold().split())
        if plain and plain in met:
            found.append(number)
        met.add(plain)
    return found


Questions = Annotated[list[Question], Field(max_length=MOST_QUESTIONS), AfterValidator(_asked_once)]


class ShownContact(RequestBody):
    """Whom a dead link names. A key that is missing takes the owner's own; an empty one hides it."""

    name: Line | None = None
    email: Email = None
    phone: Phone = None
    text: Text | None = None


class CalendarChange(RequestBody):
    """What is to be changed; what is not named stays."""

    # Defaults are for the published schema alone: ``given`` reads only what was sent.
    name: Name = ""
    slug: Slug = ""
    description: LongText | None = None
    minutes: Lengths = 30
    slot_step: Annotated[int, within_limits("slot_step")] | None = default_of("slot_step")
    zone: Zone = "UTC"
    hours: dict[Day, Ranges] = Field(default_factory=dict)
    exceptions: Annotated[list[Exception_], Field(max_length=MOST_EXCEPTIONS)] = Field(default_factory=list)
    buffer_before: Annotated[int, within_limits("buffer_before")] = default_of("buffer_before")
    buffer_after: Annotated[int, within_limits("buffer_after")] = default_of("buffer_after")
    notice_minutes: Annotated[int, within_limits("notice_minutes")] = default_of("notice_minutes")
    window_days: Annotated[int, within_limits("window_days")] | None = default_of("window_days")
    window: Window | None = None
    limit_per_day: Annotated[int, within_limits("limit_per_day")] | None = default_of("limit_per_day")
    limit_per_week: Annotated[int, within_limits("limit_per_week")] | None = default_of("limit_per_week")
    visibility: Literal["public", "link_only"] = default_of("visibility")
    location: Location | None = None
    questions: Questions = Field(default_factory=list)
    contact: ShownContact | None = None
    on_cancel: Policy = default_of("on_cancel")
    approval: bool = default_of("approval")
    hosts: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)

    def terms(self) -> dict[str, Any]:
        """The fields as the calendar stores them; without ``hosts``, which the view looks up."""
        said = self.given()
        said.pop("hosts", None)
        for name, keep in KEPT.items():
            if name in said:
                said |= keep(said.pop(name))
        # Days ahead and dates exclude each other, unless both are sent: to set one is to clear the other.
        if "window_from" in said and "window_days" not in said:
            said["window_days"] = (
                None if said["window_from"] or said["window_to"] else default_of("window_days")
            )
        elif said.get("window_days") is not None and "window_from" not in said:
            said |= {"window_from": None, "window_to": None}
        return said


def phone_rules(zone: str, now_is: Calendar | None = None) -> PhoneRules:
    """How phone numbers of a calendar in this zone are read; ``now_is``: the calendar as it is stored."""
    kept = [*_numbers(now_is.location, now_is.contact)] if now_is else []
    return PhoneRules(region_of(zone), frozenset(kept))


def _numbers(location: Mapping[str, Any] | None, contact: Mapping[str, Any]) -> Iterator[str]:
    yield str(contact.get("phone") or "")
    if location and location.get("kind") == "phone":
        yield str(location.get("value") or "")


def unreadable_hours(terms: Mapping[str, Any]) -> list[Problem]:
    """What of the hours and exceptions of these terms cannot be read. Whether they make sense is for the
    calendar to say."""
    return [
        *(availability.parse_hours(terms["hours"])[1] if "hours" in terms else ()),
        *(availability.parse_exceptions(terms["exceptions"])[1] if "exceptions" in terms else ()),
    ]


class NewCalendar(CalendarChange):
    """A calendar to be made."""

    name: Name


KEPT: dict[str, Any] = {
    "description": lambda text: {"description": text or ""},
    "minutes": lambda said: {"minutes": said if isinstance(said, list) else [said]},
    "exceptions": lambda said: {"exceptions": [{"on": one.on, "hours": one.hours} for one in said]},
    "window": lambda said: {
        "window_from": said.first if said else None,
        "window_to": said.last if said else None,
    },
    "location": lambda said: {"location": said.stored() if said else None},
    "questions": lambda said: {"questions": [one.model_dump() for one in said]},
    "contact": lambda said: {
        "contact": {key: value or "" for key, value in said.given().items()} if said else {}
    },
}
