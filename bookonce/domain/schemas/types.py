"""The types of values in schemas: instants, dates, zones, ids, texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, WithJsonSchema

from bookonce.domain.bookings import guest_details
from bookonce.domain.schemas.parsing import InputFault
from bookonce.foundation import email_addresses, phones
from bookonce.foundation.dates import LONGEST_ZONE
from bookonce.foundation.errors import Sentence
from bookonce.foundation.text import fits_length

# RFC 3339 (section 5.6) allows a small t and z, and a space. ASCII: ``\d`` means the digits of any script.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Far inside datetime's own years: zones and buffers are added to instants, which would overflow at the ends.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
"""The range of instants that can be set."""

# Fractions are cut off, however many digits programs write.
LONGEST_INSTANT = 64
LIKE = "Write the time like 2026-11-24T14:30:00+01:00."


def parse_instant(text: Any) -> datetime:
    """RFC 3339, any offset, fractions cut off, as an instant in UTC; ``InputFault`` where it is none.

    An instant outside ``FIRST`` to ``LAST`` becomes the nearer of the two: it is well formed, and will not be
    on offer.
    """
    found = _TIME.fullmatch(text) if isinstance(text, str) and len(text) <= LONGEST_INSTANT else None
    if found is None:
        raise InputFault(LIKE)
    day, time, offset = found.groups()
    if offset is None:
        raise InputFault("Add the offset from UTC, like 2026-11-24T14:30:00+01:00 or 2026-11-24T13:30:00Z.")
    try:
        at = datetime.fromisoformat(f"{day}T{time}{offset.upper().replace('Z', '+00:00')}")
    except ValueError:
        raise InputFault(LIKE) from None
    if not FIRST.year < at.year < LAST.year:
        # Before the conversion to UTC, which overflows near datetime's own limits.
        return FIRST if at.year <= FIRST.year else LAST
    return at.astimezone(UTC)


def _settable(text: Any) -> Any:
    if text is None:
        return None
    at = parse_instant(text)
    # The ends themselves are what ``parse_instant`` makes of anything beyond them.
    if not FIRST < at < LAST:
        raise InputFault("Choose a time between the years 1971 and 2998.")
    return at


def parse_date(text: Any) -> date:
    """``2026-11-24`` as a date."""
    try:
        # fromisoformat alone would take 20261124 and 2026-W48-2 as well.
        if isinstance(text, str) and _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputFault("Write the date like 2026-11-24.")


def _day_or_none(text: Any) -> date | None:
    return None if text is None else parse_date(text)


def _zone(text: Any) -> Any:
    if isinstance(text, str):
        _must_fit(text, LONGEST_ZONE)
        if guest_details.is_zone(text):
            return text
    raise InputFault("Choose a time zone like Europe/Berlin.")


def _email(text: Any) -> Any:
    if text in (None, ""):
        return text
    if not isinstance(text, str):
        raise InputFault("Enter an e-mail like ana@example.org.")
    _must_fit(text, email_addresses.LONGEST)
    wrong = email_addresses.email_problem(text.strip())
    if wrong is not None:
        raise InputFault(wrong)
    return text.strip()


def _phone(text: Any, info: ValidationInfo) -> Any:
    if text in (None, ""):
        return text
    if not isinstance(text, str):
        raise InputFault(phones.WRONG)
    _must_fit(text, phones.LONGEST)
    return phone_of(guest_details.single_line(text), info)


def phone_of(text: str, info: ValidationInfo) -> str:
    """The number as it is stored, by the rules that ``validate`` was given; or ``InputFault``."""
    rules = info.context if isinstance(info.context, phones.PhoneRules) else phones.PhoneRules()
    try:
        return rules.parse(text)
    except phones.WrongPhone as wrong:
        raise InputFault(wrong.mend) from None


def _must_fit(text: str, most: int) -> None:
    """Check the length before cleaning: the published limit is of what is sent."""
    if not fits_length(text, most):
        raise InputFault(Sentence("Shorten this to {most} characters.", most=most))


def cleaned_text(clean: Callable[[str], str], most: int) -> BeforeValidator:
    """A parser of text of at most so many characters, cleaned by ``clean``."""

    def read(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        _must_fit(text, most)
        return clean(text)

    return BeforeValidator(read)


def matching_text(pattern: str, mend: str, *, most: int) -> BeforeValidator:
    """A parser of text of at most so many characters that matches the whole pattern; else an ``InputFault``
    with this text."""
    whole = re.compile(pattern, re.ASCII)

    def read(text: Any) -> Any:
        if isinstance(text, str):
            _must_fit(text, most)
            if not whole.fullmatch(text):
                raise InputFault(mend)
        return text

    return BeforeValidator(read)


def parse_lengths(said: Any) -> Any:
    """A number of minutes or a list of them; anything else is one ``InputFault``."""
    each = said if isinstance(said, list) else [said]
    # To Python true is a whole number, too.
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in each):
        raise InputFault("Send a number of minutes, or a list of them.")
    if not 1 <= len(each) <= MOST_LENGTHS:
        raise InputFault(Sentence("Give 1 to {most} lengths.", most=MOST_LENGTHS))
    if not all(1 <= one <= DAY_MINUTES for one in each):
        raise InputFault(Sentence("Let every length be 1 to {most} minutes.", most=DAY_MINUTES))
    return said


# No meeting is longer than a day: ``diary.queries.LONGEST`` and the agenda search starts no further back.
MOST_LENGTHS, DAY_MINUTES = 20, 1440

_MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
Instant = Annotated[datetime, BeforeValidator(parse_instant), WithJsonSchema(_MOMENT)]
"""An instant that is asked for, as the start of a booking."""

Settable = Annotated[
    datetime | None, BeforeValidator(_settable), WithJsonSchema({"anyOf": [_MOMENT, {"type": "null"}]})
]
"""An instant that a link is set to, or null."""

Day = Annotated[
    date | None,
    BeforeValidator(_day_or_none),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
]
Zone = Annotated[
    str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})
]
Email = Annotated[
    str | None,
    BeforeValidator(_email),
    WithJsonSchema({"type": ["string", "null"], "maxLength": 254, "examples": ["gil@example.net"]}),
]
Phone = Annotated[
    str | None,
    BeforeValidator(_phone),
    WithJsonSchema({"type": ["string", "null"], "maxLength": 40, "examples": ["+49 30 123456"]}),
]


NAME_LENGTH, LINE_LENGTH, PARAGRAPH_LENGTH, TEXT_LENGTH, LONG_TEXT_LENGTH = 120, 200, 500, 2000, 4000
SLUG_LENGTH, KEY_LENGTH = 60, 40
"""The most characters of each sort of text; forms take them from here."""


# The length is used twice: ``cleaned_text`` judges it before cleaning, StringConstraints publishes it.
Name = Annotated[
    str,
    cleaned_text(guest_details.single_line, NAME_LENGTH),
    StringConstraints(max_length=NAME_LENGTH, min_length=1),
]
Line = Annotated[
    str, cleaned_text(guest_details.single_line, LINE_LENGTH), StringConstraints(max_length=LINE_LENGTH)
]
Paragraph = Annotated[
    str,
    cleaned_text(guest_details.clean_lines, PARAGRAPH_LENGTH),
    StringConstraints(max_length=PARAGRAPH_LENGTH),
]
Text = Annotated[
    str, cleaned_text(guest_details.clean_lines, TEXT_LENGTH), StringConstraints(max_length=TEXT_LENGTH)
]
LongText = Annotated[
    str,
    cleaned_text(guest_details.clean_lines, LONG_TEXT_LENGTH),
    StringConstraints(max_length=LONG_TEXT_LENGTH),
]
Minutes = Annotated[int, Field(ge=1, le=DAY_MINUTES)]
Lengths = Annotated[
    Minutes | Annotated[list[Minutes], Field(min_length=1, max_length=MOST_LENGTHS)],
    BeforeValidator(parse_lengths),
]
SLUG, KEY = r"[a-z0-9]+(-[a-z0-9]+)*", r"[A-Za-z0-9_-]+"
Slug = Annotated[
    str,
    StringConstraints(max_length=SLUG_LENGTH),
    matching_text(
        SLUG, "Use lower-case letters, digits and single hyphens, like intro-call.", most=SLUG_LENGTH
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{SLUG}$", "maxLength": SLUG_LENGTH}),
]
Key = Annotated[
    str,
    StringConstraints(max_length=KEY_LENGTH),
    matching_text(KEY, "Use letters, digits, hyphens and underscores, like company_size.", most=KEY_LENGTH),
    WithJsonSchema({"type": "string", "pattern": f"^{KEY}$", "maxLength": KEY_LENGTH}),
]
# Its length alone is judged: what is no id is answered as unknown, like an id of another workspace.
Id = Annotated[str, StringConstraints(max_length=80)]

SOON = timedelta(days=31)
SPAN = timedelta(days=62)
