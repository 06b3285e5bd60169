"""Parsing forms about a link into the input of the API, validated by its schemas.

``domain/schemas`` says what a link may carry; here a field of a page becomes a field of that, and a refusal
finds its way back to the field.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookonce.domain.bookings import guest_details
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.models import Link
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.link_options import link_options_of, phone_rules
from bookonce.domain.schemas.links import LinkFields
from bookonce.domain.schemas.types import FIRST, LAST, LINE_LENGTH, PARAGRAPH_LENGTH, TEXT_LENGTH
from bookonce.foundation import email_addresses, phones, tokens
from bookonce.foundation.errors import Invalid
from bookonce.foundation.phones import MOST_DIGITS, count_digits, find_phones, format_phone
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.pages.errors import PageStale
from bookonce.interfaces.pages.form_fields import Faults, FormFields
from bookonce.interfaces.pages.form_tokens import Purpose, decode_form_token, new_form_token
from bookonce.interfaces.pages.language import ReaderLanguage

Problem = tuple[str, str]

# The last day counts in full; 24:00 would be shown as the following day.
LAST_MINUTE = time(23, 59)
LIVES = (1, 3, 7, 14, 30, 90)
"""Lives of a link, in days, that the form offers; the workspace's default is added."""
OWN, NEVER = "own", "never"
_ASKED = "q-"
# From the beginning of a word alone: else each of its letters is a beginning, and a long word takes ages.
_MAILBOX = re.compile(r"(?<![^\s<>,;\"'])[^\s<>,;\"']+@[^\s<>,;\"']+")
_NO_MAILBOX = re.compile(r"\S@|@\S")
_BEGUN = re.compile(r"\+[0-9 ()./-]*")

LIMITS = FormFields(
    {
        "for": PARAGRAPH_LENGTH,
        "name": LINE_LENGTH,
        "email": email_addresses.LONGEST,
        "phone": phones.LONGEST,
        "label": LINE_LENGTH,
        "note": TEXT_LENGTH,
        "message": PARAGRAPH_LENGTH,
        "location_value": PARAGRAPH_LENGTH,
        "q-*": guest_details.ANSWER,
    }
)
"""The fields of the forms about a link that hold a text, with the most characters of each."""
FIELDS = {
    "/recipient": "for",
    "/expires_at": "until",
    "/opens_at": "opens",
    "/window": "window_to",
    "/window/from": "window_from",
    "/window/to": "window_to",
    "/location": "location_kind",
    "/location/value": "location_value",
}
"""Pointer of the API → field, where the names differ."""
IN_SIGHT = ("", "for", "until", "until_on")
"""The fields of Share that are not folded away; the empty name stands for faults of the whole form."""


@dataclass(frozen=True, slots=True)
class LinkForm:
    """Typed values and faults, by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, otherwise: Any = "") -> Any:
        """The value of a field: as typed, also where that is empty."""
        return self.values.get(name, "") if self.values else otherwise

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    @property
    def is_wrong_within(self) -> bool:
        """Whether a folded field has a fault."""
        return any(name not in IN_SIGHT for name in self.errors)

    @classmethod
    def of(cls, said: Mapping[str, str], refusal: Invalid, voice: ReaderLanguage) -> LinkForm:
        """The form with the refusal's faults, in the order of its fields."""
        found: dict[str, str] = {}
        for problem in refusal.data["errors"]:
            found.setdefault(_field_of(problem["pointer"], said), voice.say(problem["detail"]))
        order = {name: place for place, name in enumerate(said)}
        errors = sorted(found.items(), key=lambda error: order.get(error[0], -1))
        # Never empty: an empty mapping stands for a form that was not sent.
        return cls({"form": "sent", **said}, dict(errors))


def form_too_long(
    desk: HostRequest, faults: Faults, calendar: Calendar, link: Link | None = None
) -> LinkForm:
    """The form as typed, with every fault; what is too long nothing has read but its length."""
    said, errors = typed_values(desk), dict[str, str]()
    sound = said | dict.fromkeys(faults, "")
    try:
        terms_of(sound, calendar, zone=desk.voice.zone, now=desk.now, link=link)
    except Invalid as refusal:
        errors = dict(LinkForm.of(sound, refusal, desk.voice).errors)
    errors |= {name: desk.voice.say(words) for name, words in faults.items()}
    return LinkForm({"form": "sent", **said}, {name: errors[name] for name in ("", *said) if name in errors})


def _field_of(pointer: str, said: Mapping[str, str]) -> str:
    if pointer.startswith("/prefill/"):
        # ~1 before ~0 (RFC 6901, section 4), or “~01” would become a slash.
        return _ASKED + pointer.removeprefix("/prefill/").replace("~1", "/").replace("~0", "~")
    if pointer.startswith("/recipient/"):
        return "for" if "for" in said else pointer.removeprefix("/recipient/")
    if pointer == "/expires_at" and said.get("until", OWN) == OWN:
        return "until_on" if "until" in said else "ends"
    return FIELDS.get(pointer, pointer.strip("/"))


def question_fields(calendar: Calendar, voice: ReaderLanguage) -> list[dict[str, Any]]:
    """The calendar's questions as fields for prefilled answers."""
    nothing = ("", voice.say("Not filled in"))
    return [
        {
            "name": _ASKED + question["key"],
            "lock": f"lock-{question['key']}",
            "label": question["label"],
            "kind": question.get("kind", "text"),
            "options": [nothing, *((option, option) for option in question.get("options", ()))],
        }
        for question in calendar.questions
    ]


def typed_values(desk: HostRequest) -> dict[str, str]:
    """The values of the form, empty ones too: an emptied field is a change."""
    return {name: str(value) for name, value in desk.request.POST.items()}


def form_key_of(calendar: Calendar) -> str:
    """A token for a form that is shown now; by its key a repeated form is recognised."""
    return new_form_token(_subject(calendar)).encode(Purpose.MINT)


def _subject(calendar: Calendar) -> str:
    return tokens.public_id("cal", calendar.pk)


def nonce_of(calendar: Calendar, said: Mapping[str, str]) -> bytes:
    """The nonce of the link that this form mints: equal forms with equal values mint one link."""
    try:
        token = decode_form_token(said.get("seal", ""), Purpose.MINT)
    except PageStale:
        raise Invalid(("", "This form has grown old. Look at it again, and press once more.")) from None
    if token.subject != _subject(calendar):
        raise Invalid(("", "This form is another calendar's. Look at it again, and press once more."))
    filled = sorted((key, value) for key, value in said.items() if key not in ("seal", "csrfmiddlewaretoken"))
    return hashlib.sha256(json.dumps([token.key, filled]).encode()).digest()[: tokens.NONCE_BYTES]


def terms_of(
    said: Mapping[str, str], calendar: Calendar, *, zone: str, now: datetime, link: Link | None = None
) -> dict[str, Any]:
    """The options in the form, by the names of ``LinkOptions``; ``Invalid`` names every fault."""
    found: list[Problem] = []
    tree = {name: value for name, value in _tree(said, calendar, ZoneInfo(zone), now, found) if value != ...}
    rules = phone_rules(calendar, zone, now_is=link)
    wrong = [*found, *parsing.list_problems(LinkFields, tree, rules)]
    # What could be parsed is validated all the same, so that all faults are reported at once.
    unread = {pointer.split("/")[1] for pointer, _ in wrong if pointer}
    sound = {name: value for name, value in tree.items() if name not in unread}
    # `locked` would name answers that are left out here, and one mistake would be reported twice.
    if "prefill" in unread:
        sound.pop("locked", None)
    terms: dict[str, Any] = {}
    try:
        terms = link_options_of(parsing.validate(LinkFields, sound, rules), calendar, now=now, now_is=link)
    except Invalid as refusal:
        wrong += [(problem["pointer"], problem["detail"]) for problem in refusal.data["errors"]]
    if wrong:
        raise Invalid(*dict.fromkeys(wrong))
    return terms


def _tree(
    said: Mapping[str, str], calendar: Calendar, zone: ZoneInfo, now: datetime, found: list[Problem]
) -> Iterator[tuple[str, Any]]:
    found.extend(("/recipient", words) for words in recipient_doubts(said.get("for", "")))
    yield "recipient", recipient_of(said)
    for name in ("label", "note", "message"):
        yield name, said.get(name, "")
    yield "on_cancel", said.get("on_cancel") or None
    yield "expires_at", _end(said, zone, now, found)
    opens = said.get("opens", "")
    # Not parsed where unchanged: it has no seconds, and an hour that comes twice would become the first.
    yield "opens_at", ... if opens == said.get("opens_was") else _moment(opens, zone, "/opens_at", found)
    yield "minutes", _whole(said.get("minutes", ""), found)
    window = {key: said.get(f"window_{key}") or None for key in ("from", "to")}
    yield "window", window if any(window.values()) else None
    kind = said.get("location_kind", "")
    yield "location", {"kind": kind, "value": said.get("location_value", "")} if kind else None
    answers = dict(_answers(said, calendar))
    yield "prefill", answers
    yield "locked", [key for key in answers if said.get(f"lock-{key}")]


def recipient_of(said: Mapping[str, str]) -> dict[str, str]:
    """The recipient: from three fields, or from one text (``parse_recipient``)."""
    if "for" not in said:
        return {name: said.get(name, "").strip() for name in ("name", "email", "phone")}
    return parse_recipient(said["for"])


def recipient_line(link: Link) -> str:
    """The recipient as text of the form's one field; parts that would not parse back are left out."""
    phone = format_phone(link.recipient_phone)
    whom = {"name": link.recipient_name, "email": link.recipient_email, "phone": phone}
    for told in (whom, whom | {"name": ""}, whom | {"phone": ""}):
        line = ", ".join(filter(None, told.values()))
        if parse_recipient(line) == told and not any(recipient_doubts(line)):
            return line
    return ""


def recipient_doubts(text: str) -> Iterator[str]:
    """Faults of a recipient in one field that is ambiguous: people are asked instead of guessed for."""
    text = guest_details.single_line(text)
    rest = _MAILBOX.sub(" ", text)
    numbers = [found.group() for found in find_phones(rest)]
    if len(_MAILBOX.findall(text)) > 1:
        yield "Enter one e-mail address: a link is for one person."
    elif rest != text and _NO_MAILBOX.search(rest):
        yield "Enter the e-mail address whole, like gil@example.net."
    if len(numbers) > 1 or any(count_digits(number) > MOST_DIGITS for number in numbers):
        yield "Enter one phone number, like +49 30 123456: a link is for one person."
    elif not numbers and _BEGUN.fullmatch(rest.strip(" ,;")):
        yield "Enter the whole number, like +49 30 123456."


def parse_recipient(text: str) -> dict[str, str]:
    """Name, e-mail address and phone number in one text, in the forms that people paste."""
    text = guest_details.single_line(text)
    found = {"name": "", "email": "", "phone": ""}
    # Before the number: the digits in gil1975@example.net are no phone number.
    mailbox = _MAILBOX.search(text)
    if mailbox:
        found["email"] = mailbox.group().removeprefix("mailto:").rstrip(".")
        text = text[: mailbox.start()] + " " + text[mailbox.end() :]
    number = next(iter(find_phones(text)), None)
    if number and count_digits(number.group()) <= MOST_DIGITS:
        found["phone"] = number.group().strip()
        text = text[: number.start()] + " " + text[number.end() :]
    # Brackets and quotes separate a name from an address; without an address they are part of the name.
    around = " ,;<>\"'()" if found["email"] or found["phone"] else " ,;"
    found["name"] = " ".join(text.split()).strip(around)
    # It was meant as an address, so it is refused as one instead of becoming a name.
    if not mailbox and "@" in found["name"]:
        found["email"], found["name"] = found["name"], ""
    return found


def _end(said: Mapping[str, str], zone: ZoneInfo, now: datetime, found: list[Problem]) -> str | Any | None:
    """The expiry as the API writes it; ``...`` where the form has no such field."""
    if "until" not in said:
        ends = said.get("ends")
        # An unchanged end is not validated again: that of an expired link is past.
        return ... if ends in (None, said.get("ends_was")) else _moment(ends, zone, "/expires_at", found)
    until = said["until"]
    if until == NEVER:
        return None
    today = now.astimezone(zone).date()
    on = _date(said.get("until_on", "")) if until == OWN else _last_day(until, today)
    if on is None:
        found.append(("/expires_at", "Enter the date of its last day."))
        return None
    return datetime.combine(on, LAST_MINUTE, zone).isoformat(timespec="seconds")


def _last_day(text: str, today: date) -> date | None:
    return today + timedelta(days=int(text)) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else None


def _date(text: str) -> date | None:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if FIRST.year < on.year < LAST.year else None


def _moment(text: str, zone: ZoneInfo, at: str, found: list[Problem]) -> str | None:
    """A wall time in the owner's zone, as the API writes it."""
    if not text.strip():
        return None
    try:
        # Browsers may append seconds to the value of a field for date and time.
        local = datetime.fromisoformat(text.strip()[: len("2026-11-24T14:30")])
    except ValueError:
        found.append((at, "Enter a date and a time, like 2026-11-24 14:30."))
        return None
    return local.replace(tzinfo=zone).isoformat(timespec="seconds")


def _whole(text: str, found: list[Problem]) -> int | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text.strip(), re.ASCII):
        found.append(("/minutes", "Enter a number of minutes, like 45."))
        return None
    return int(text)


def _answers(said: Mapping[str, str], calendar: Calendar) -> Iterator[tuple[str, Any]]:
    for question in calendar.questions:
        value = said.get(_ASKED + question["key"], "")
        if value:
            yield question["key"], True if question.get("kind") == "checkbox" else value
