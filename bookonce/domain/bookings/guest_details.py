"""The guest's details and answers: cleaned, validated, and completed from the link."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.models import Link
from bookonce.foundation import email_addresses, phones
from bookonce.foundation.dates import is_zone as is_zone
from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.foundation.text import clean_lines as clean_lines
from bookonce.foundation.text import fits_length, without_joiners
from bookonce.foundation.text import single_line as single_line

NAME, ANSWER = 200, 4000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest's details as they gave them; empty where they gave none."""

    name: str = ""
    email: str = ""
    phone: str = ""
    zone: str = ""
    language: str = ""
    other: bool = False
    """Whether somebody other than the link's recipient books: then the recipient's details are not used."""


def plain_name(name: str) -> str:
    """The name, where it looks like one; else empty. For mails to an address that is not proven yet.

    Else strangers could have us send text of theirs to anybody: so five words at most, and no address,
    number or markup.
    """
    name = single_line(name)
    long = len(name) > 60 or len(name.split()) > 5
    return "" if long or _NO_NAME.search(without_joiners(name)) else name


# Addresses, domains, markup, and digits enough for a number to call.
_NO_NAME = re.compile(r"://|www\.|@|[^\W\d_]\.[^\W\d_]{2}|[<>{}\[\]]|\d{4}", re.IGNORECASE)


def mask_email(email: str) -> str:
    """An address that its owner recognises and others cannot use: ``g•••@example.net``."""
    local, _, host = email.partition("@")
    return f"{local[:1]}•••@{host}" if host else ""


def first_name(name: str) -> str:
    """The first name: after titles, and after the comma of "Guest, Gil". Never empty for a name."""
    last, _, rest = name.partition(",")
    words = [word for part in (rest, last) for word in part.split()]
    while words and _is_title(words[0]):
        del words[0]
    if not words:
        return "".join(name.split(maxsplit=1)[:1])
    return " ".join(words[: _together(words)])


def _together(words: list[str]) -> int:
    """How many of these words are one first name: "Abd al Rahman" is, whose first word alone is an insult."""
    begun = words[0].casefold() in _BEGIN_A_NAME
    return 3 if begun and len(words) > 2 and words[1].casefold() in _ARTICLES else 2 if begun else 1


def _is_title(word: str) -> bool:
    plain = word.casefold()
    whole, parts = plain.replace(".", ""), {part for part in re.split(r"[.-]", plain) if part}
    known = _TITLES | _SHORTENED
    return whole in _TITLES or (plain.endswith(".") and (whole in known or parts <= known))


_BEGIN_A_NAME = frozenset(["abd", "abdul", "abdel", "abu", "abou", "umm", "عبد", "أبو", "ابو", "أم"])
_ARTICLES = frozenset(["al", "el", "ul", "ur", "ar", "as"])
_TITLES = frozenset(
    [
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "mx",
        "miss",
        "sir",
        "madam",
        "herr",
        "herrn",
        "frau",
        "fr",
        "hr",
        "doctor",
        "doktor",
        "professor",
        "phd",
        "md",
        "mba",
        "msc",
        "bsc",
        "esq",
        "jr",
        "sr",
        "ii",
        "iii",
    ]
)
_SHORTENED = frozenset(
    [
        "dipl",
        "mag",
        "ing",
        "rer",
        "nat",
        "med",
        "phil",
        "jur",
        "iur",
        "pol",
        "oec",
        "habil",
        "hc",
        "rev",
        "hon",
        "kfm",
    ]
)
"""Titles only with their dot: somebody may be called Phil."""


MASKS: dict[str, Callable[[str], str]] = {"name": first_name, "email": mask_email, "phone": phones.mask_phone}
"""How each detail of the recipient is masked where guests see it (rule 14 of a link)."""


def complete_guest(guest: Guest, link: Link | None) -> Guest:
    """The guest's details completed from the link; a masked value stands for the one that the link has.

    Details that the link locks are the link's, whatever was sent.
    """
    if link is None:
        return guest
    name, email, phone = (
        _kept(key, getattr(guest, key), link, guest.other) for key in ("name", "email", "phone")
    )
    return replace(guest, name=name, email=email, phone=phone)


def _kept(key: str, said: str, link: Link, other: bool) -> str:
    known = recipient_detail(link, key)
    # A masked value that comes back is the page's own: the guest left the field as it was shown.
    if key in link.locked or (not other and (not said or (known and said == MASKS[key](known)))):
        return known
    return said


def recipient_detail(link: Link, key: str) -> str:
    """The link's ``name``, ``email`` or ``phone`` of its recipient; empty where it has none."""
    return str(link.prefill.get(key) or getattr(link, f"recipient_{key}"))


def validate_guest(
    guest: Guest, calendar: Calendar, answers: Mapping[str, Any], link: Link | None
) -> tuple[Guest, dict[str, Any]]:
    """Guest and answers as they are stored, or ``Invalid`` with every fault."""
    # Completed first: a field that the link knows is not missing.
    guest = complete_guest(guest, link)
    guest = replace(
        guest, name=single_line(guest.name), email=guest.email.strip(), phone=single_line(guest.phone)
    )
    phone, wrong_phone = _phone(guest, calendar, link)
    problems = [*_guest_problems(guest, wrong_phone), *_missing_phone(guest, calendar, link)]
    guest = replace(guest, phone=phone)
    kept, wrong = validate_answers(calendar.questions, answers, link)
    if problems or wrong:
        raise Invalid(*problems, *wrong)
    return guest, kept


def kept_phone(guest: Guest, calendar: Calendar) -> str:
    """The guest's number in E.164; unchanged where it is no number.

    Without a country code it is read as dialled in the guest's time zone, else in the calendar's.
    """
    if not guest.phone:
        return ""
    try:
        return phones.parse_phone(guest.phone, region=phones.region_of(guest.zone, calendar.zone))
    except phones.WrongPhone:
        return guest.phone


def is_said_phone(number: str, guest: Guest, calendar: Calendar) -> bool:
    """Whether this kept number is the one that they say: some are kept as they were typed, from before."""
    said = kept_phone(replace(guest, phone=single_line(guest.phone)), calendar)
    return kept_phone(replace(guest, phone=number), calendar) == said


def _phone(guest: Guest, calendar: Calendar, link: Link | None) -> tuple[str, str]:
    """(number as stored, its faults)"""
    if not guest.phone:
        return "", ""
    # The link's own number is taken as it is stored, though it may be in a form of earlier releases.
    kept = frozenset([single_line(recipient_detail(link, "phone"))] if link else [])
    region = phones.region_of(guest.zone, calendar.zone)
    try:
        return phones.PhoneRules(region, kept).parse(guest.phone), ""
    except phones.WrongPhone as wrong:
        return guest.phone, wrong.mend


def _guest_problems(guest: Guest, wrong_phone: str) -> list[tuple[str, str]]:
    problems = []
    if not guest.name:
        problems.append(("/guest/name", "Enter your name."))
    elif len(guest.name) > NAME:
        problems.append(("/guest/name", Sentence("Shorten the name to {most} characters.", most=NAME)))
    if not guest.email:
        problems.append(("/guest/email", "Enter an e-mail like ana@example.org."))
    elif (wrong := email_addresses.email_problem(guest.email)) is not None:
        problems.append(("/guest/email", wrong))
    if wrong_phone:
        problems.append(("/guest/phone", wrong_phone))
    if guest.zone and not is_zone(guest.zone):
        problems.append(("/guest/zone", "Choose a time zone like Europe/Berlin."))
    if guest.language and not (len(guest.language) <= 10 and _LANGUAGE.fullmatch(guest.language)):
        problems.append(("/guest/language", "Name a language like en or de."))
    return problems


def needs_phone(location: Mapping[str, Any] | None) -> bool:
    """Whether a meeting at this location takes place on the guest's own phone."""
    place = location or {}
    kind, value = place.get("kind"), place.get("value")
    return kind == "ask" or (kind == "phone" and not value)


def _missing_phone(guest: Guest, calendar: Calendar, link: Link | None) -> list[tuple[str, str]]:
    """The fault of a missing number where the host is to call; for pages and API alike."""
    location = (link.location if link else None) or calendar.location
    if guest.phone or not needs_phone(location):
        return []
    return [("/guest/phone", "Enter the phone number on which you can be called.")]


def validate_answers(
    questions: list[dict[str, Any]], answers: Mapping[str, Any], link: Link | None
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """(answers by the keys of the calendar's questions, their faults)"""
    asked = {question["key"]: question for question in questions}
    prefill = link.prefill if link else {}
    locked = set(link.locked) if link else set()
    kept, problems = {}, []
    for key in answers:
        if key not in asked:
            problems.append((json_pointer("/answers", key), "This calendar does not ask this."))
    for key, question in asked.items():
        # A locked answer is the link's, whatever was sent; an unlocked one is replaced, also by an empty one.
        value = prefill.get(key) if key in locked or key not in answers else answers[key]
        value, problem = _answer(question, value)
        if problem:
            problems.append((json_pointer("/answers", key), problem))
        elif value not in (None, ""):
            kept[key] = value
    return kept, problems


def answer_problem(question: Mapping[str, Any], value: Any) -> str | None:
    """Why this value is no answer to the question; an empty value has no fault."""
    return _answer({**question, "required": False}, value)[1]


def _answer(question: Mapping[str, Any], value: Any) -> tuple[Any, str | None]:
    required, kind = question.get("required", False), question.get("kind", "text")
    if kind == "checkbox":
        if value not in (None, "", True, False):
            return None, "Answer with yes or no."
        return bool(value), ("This must be ticked." if required and not value else None)
    if value is None or value == "":
        return None, ("Answer this question." if required else None)
    if not isinstance(value, str):
        return None, "Answer with text."
    # Before it is cleaned: the limit is of what is sent.
    if not fits_length(value, ANSWER):
        return None, Sentence("Shorten the answer to {most} characters.", most=ANSWER)
    value = (clean_lines if kind == "textarea" else single_line)(value)
    # Options are compared cleaned as well, or one that holds an invisible character could never be chosen.
    if kind == "choice" and value not in map(single_line, question.get("options", [])):
        return None, "Choose one of the options."
    return value, None
