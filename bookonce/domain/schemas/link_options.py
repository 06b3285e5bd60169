"""Options of a link, validated together with its calendar, as ``LinkOptions`` takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bookonce.domain.bookings import guest_details
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.contacts import queries as contacts
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import LinkOptions
from bookonce.domain.schemas.links import Recipient, Row, Shared
from bookonce.domain.schemas.parsing import Problem
from bookonce.foundation import email_addresses, phones
from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.foundation.phones import PhoneRules, region_of

WHO = ("name", "email", "phone")
EMPTY: dict[str, Any] = {
    "label": "",
    "note": "",
    "message": "",
    "on_cancel": "",
    "prefill": {},
    "locked": [],
    "metadata": {},
}
"""The stored value of a null, where it is not None."""


def phone_rules(calendar: Calendar, *zones: str, now_is: Link | None = None) -> PhoneRules:
    """How phone numbers of a link are read: as dialled in its calendar's zone, else in ``zones``."""
    kept = {now_is.recipient_phone, str(now_is.prefill.get("phone") or "")} if now_is else set()
    if now_is and now_is.location and now_is.location.get("kind") == "phone":
        kept.add(str(now_is.location.get("value") or ""))
    return PhoneRules(region_of(calendar.zone, *zones), frozenset(kept))


def link_options_of(
    said: Shared, calendar: Calendar, *, now: datetime, now_is: Link | None = None
) -> dict[str, Any]:
    """The options that were sent, by the names of ``LinkOptions``, or ``Invalid``.

    ``now_is`` is the link that is being changed: options that were not sent are validated as they are.
    """
    given = said.given()
    # Fields of the request around the options, which the view reads itself.
    for name in ("calendar", "recipients"):
        given.pop(name, None)
    terms = {name: EMPTY.get(name) if value is None else value for name, value in given.items()}
    if "location" in terms:
        terms["location"] = said.location.stored() if said.location else None
    if "window" in terms:
        terms.pop("window")
        terms |= {
            "window_from": said.window.first if said.window else None,
            "window_to": said.window.last if said.window else None,
        }
    terms |= _recipient(terms, calendar)
    rules = phone_rules(calendar, now_is=now_is)
    problems = list(_problems(terms, calendar, now_is, now, rules))
    if problems:
        raise Invalid(*problems)
    prefill = terms.get("prefill") or {}
    # Stored in E.164, like every number; only here, since parsing a faulty one raises.
    if prefill.get("phone"):
        terms["prefill"] = prefill | {"phone": rules.parse(prefill["phone"])}
    return terms


def _recipient(terms: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    """The recipient: a known contact by its id, or name, e-mail and phone."""
    contact, said = terms.pop("contact", None), terms.pop("recipient", _NOT_SAID)
    if contact is not None:
        if said is not _NOT_SAID and said is not None:
            raise Invalid(("/contact", "Send a contact or a recipient, not both."))
        # In the calendar's workspace: a contact of another is as unknown as none (promise 19).
        known = contacts.find_contact(contact, workspace_id=calendar.workspace_id)
        found = {f"recipient_{name}": getattr(known, name) for name in WHO}
        return found | {"contact_id": known.pk}
    # Left out, the recipient stays; null means that there is none any more.
    if said is _NOT_SAID:
        return {}
    said = said or Recipient()
    return {f"recipient_{name}": getattr(said, name) or "" for name in WHO}


_NOT_SAID = object()


def _problems(
    terms: Mapping[str, Any], calendar: Calendar, now_is: Link | None, now: datetime, rules: PhoneRules
) -> Iterator[Problem]:
    def whole(name: str) -> Any:
        return terms[name] if name in terms else getattr(now_is, name, EMPTY.get(name))

    # Together, since either may be sent alone and has to fit the other as it is stored.
    if {"prefill", "locked"} & terms.keys():
        yield from prefill_problems(calendar, whole("prefill"), whole("locked"), rules)
    last, was = terms.get("window_to"), now_is.window_to if now_is else None
    # An unchanged window is not judged again: a link may be edited after its window has ended.
    if last and last != was and last < now.astimezone(ZoneInfo(calendar.zone)).date():
        yield "/window/to", "Choose a last day that is not over yet."
    opens_at, expires_at = whole("opens_at"), whole("expires_at")
    if terms.get("expires_at") and expires_at <= now:
        yield "/expires_at", "Choose a time that lies ahead."
    elif {"opens_at", "expires_at"} & terms.keys() and opens_at and expires_at and expires_at <= opens_at:
        yield "/expires_at", "Let the link expire after it opens."


def prefill_problems(
    calendar: Calendar, prefill: Mapping[str, Any], locked: list[str], rules: PhoneRules
) -> Iterator[Problem]:
    """(pointer, sentence) for every answer that cannot be filled in for the guest."""
    asked = {question["key"]: question for question in calendar.questions}
    for key, value in prefill.items():
        at = json_pointer("/prefill", key)
        if key in asked:
            wrong = guest_details.answer_problem(asked[key], value)
        elif key in WHO:
            wrong = _wrong_who(key, value, rules)
        else:
            wrong = "Name name, email, phone or the key of one of the calendar's questions."
        if wrong:
            yield at, wrong
    for number, key in enumerate(locked):
        # A locked answer is the link's, whatever is sent: without one a required question had no answer.
        if key not in prefill:
            yield f"/locked/{number}", "Lock only what prefill fills in."


def _wrong_who(key: str, value: Any, rules: PhoneRules) -> str | None:
    if not isinstance(value, str):
        return "Send text."
    if len(value) > guest_details.NAME:
        return Sentence("Shorten this to {most} characters.", most=guest_details.NAME)
    if key == "email" and value:
        return email_addresses.email_problem(value)
    if key == "phone" and value:
        try:
            rules.parse(value)
        except phones.WrongPhone as wrong:
            return wrong.mend
    return None


def options_of_row(row: Row, shared: LinkOptions) -> LinkOptions:
    """The options of one link of a batch: its row's own, else the shared ones."""
    # An empty text is the row's own; only what is missing comes from the shared options.
    own: dict[str, Any] = {
        name: value for name in ("label", "note", "metadata") if (value := getattr(row, name)) is not None
    }
    who: dict[str, Any] = {f"recipient_{name}": getattr(row, name) or "" for name in WHO}
    return replace(shared, **who, **own)
