"""A booking as an iCalendar file: in the mails, and to download."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress

from bookonce.delivery.outbox.email import sender_mailbox
from bookonce.domain.bookings.guest_details import clean_lines, plain_name, single_line
from bookonce.domain.bookings.mail_texts import words_for
from bookonce.domain.bookings.vtimezone import vtimezone_of
from bookonce.foundation import email_addresses
from bookonce.foundation.phones import format_phone, mask_phone

PLAIN = "@!$&'*+-/=_.~"
PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
# RFC 5545 (section 3.8.1.11) knows no no-show: the appointment stood, whoever came.
STATUS = {"pending": "TENTATIVE", "confirmed": "CONFIRMED", "no_show": "CONFIRMED"}


def calendar_file(
    snapshot: Mapping[str, Any],
    method: str,
    *,
    at: datetime | None = None,
    audience: str = "guest",
    manage_url: str = "",
) -> bytes:
    """The booking of this snapshot (``queries.booking_snapshot``) as a file with one event: folded, CRLF.

    ``method`` is ``PUBLISH`` for downloads, ``REQUEST`` or ``CANCEL`` in mails. UID, SEQUENCE and ORGANIZER
    are equal in all files of a booking; ``at`` is when this was so. What the guest typed, but for the name,
    is in the host's file alone; ``manage_url`` is for the guest's.
    """
    starts_at, ends_at = _times(snapshot)
    calendar = Calendar()
    calendar.add("prodid", "-//Bookonce//Bookonce//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    # Times in UTC need no zone.
    if starts_at.tzinfo is not UTC:
        calendar.add_component(vtimezone_of(snapshot["zone"], starts_at.year))
    event = Event()
    # A client updates the event that it has by UID, where SEQUENCE is higher (RFC 5546, section 2.1.5).
    event.add("uid", snapshot["uid"])
    event.add("sequence", snapshot["sequence"])
    event.add("dtstamp", at or instant_of(snapshot["cancelled_at"] or snapshot["created_at"]))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", single_line(event_title(snapshot, audience)))
    event.add("status", "CANCELLED" if method == CANCEL else STATUS.get(snapshot["state"], "CANCELLED"))
    event.add("transp", "OPAQUE")
    # The mailbox that sends, whoever hosts: moved to another host, it is still the same organizer's event.
    event["organizer"] = _mailbox(sender_mailbox("").addr_spec, snapshot["host"]["name"])
    for attendee in _attendees(snapshot, method, audience):
        event.add("attendee", attendee, encode=False)
    if place := _location(snapshot, audience):
        event.add("location", place)
    if url := place_url(snapshot):
        event.add("url", url)
    description = _description(snapshot, audience, manage_url)
    if description:
        event.add("description", description)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _times(snapshot: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Start and end in the booking's zone; in UTC where the wall clock shows one of them for the second time.

    A file can only name the first of two equal readings of the clock (RFC 5545, section 3.3.5).
    """
    starts_at, ends_at = instant_of(snapshot["starts_at"]), instant_of(snapshot["ends_at"])
    zone = ZoneInfo(snapshot["zone"])
    local = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if snapshot["zone"] in ("UTC", "Etc/UTC") or any(moment.fold for moment in local):
        return starts_at, ends_at
    return local


def instant_of(text: str) -> datetime:
    """An instant as a snapshot writes it, parsed."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def event_title(snapshot: Mapping[str, Any], audience: str) -> str:
    """The title for this reader, in their language: the appointment, and with whom."""
    calendar, host = snapshot["calendar_name"], snapshot["host"]["name"]
    if audience == "host":
        return f"{calendar}: {snapshot['guest']['name']}"
    if host.lower() in calendar.lower():
        return str(calendar)
    return _words(snapshot, audience)["with guest"].format(calendar=calendar, host=host)


def _words(snapshot: Mapping[str, Any], audience: str) -> Mapping[str, str]:
    """The texts in the language of this reader."""
    return words_for(audience, snapshot)[1]


def place_of(snapshot: Mapping[str, Any]) -> str:
    """The place in one line; empty where none is given."""
    place = snapshot["location"] or {}
    value = single_line(str(place.get("value") or ""))
    return format_phone(value) if place.get("kind") == "phone" else value


def place_url(snapshot: Mapping[str, Any]) -> str:
    """The address of the meeting, where its owner gave one to be opened; else empty."""
    place = place_of(snapshot)
    is_url = (snapshot["location"] or {}).get("kind") == "url" and place.startswith(("https://", "http://"))
    return place if is_url else ""


def place_text(snapshot: Mapping[str, Any], audience: str) -> str:
    """The place in one line; for a call, who calls whom on which number.

    The guest's number is masked in what goes to the guest: the address is not proven to be theirs.
    """
    place, guest = place_of(snapshot), snapshot["guest"]
    if place or (snapshot["location"] or {}).get("kind") not in ("ask", "phone"):
        return place
    number = format_phone(guest["phone"]) if audience == "host" else mask_phone(guest["phone"])
    names = {side: single_line(snapshot[side]["name"]) for side in ("guest", "host")}
    said = _words(snapshot, audience)[f"{audience} phone{' number' if number else ''}"]
    return said.format(**names, number=number)


def _location(snapshot: Mapping[str, Any], audience: str) -> str:
    """The place for LOCATION, which programs show without a heading: a number to call is labelled as one."""
    place = place_of(snapshot)
    if place and snapshot["location"].get("kind") == "phone":
        return f"{_words(snapshot, audience)['phone']}: {place}"
    return place_text(snapshot, audience)


def _mailbox(address: str, name: str, **parameters: str) -> vCalAddress:
    # A URI (RFC 6068) is ASCII, and must be the address that the mail goes to: by it clients find themselves.
    if email_addresses.is_email(address):
        address = email_addresses.in_ascii(address)
    mailbox = vCalAddress(f"mailto:{quote(address, safe=PLAIN)}")
    if name:
        mailbox.params["CN"] = single_line(name).replace('"', "'")
    mailbox.params.update(parameters)
    return mailbox


def _attendees(snapshot: Mapping[str, Any], method: str, audience: str) -> list[vCalAddress]:
    """ATTENDEE of this file's reader, as clients look for their own address; for the host also the guest.

    A published file has none (RFC 5546, section 3.2.1).
    """
    if method == PUBLISH:
        return []
    guest, host = snapshot["guest"], snapshot["host"]
    told = [(guest["email"], plain_name(guest["name"]))]
    if audience == "host":
        told = [(guest["email"], guest["name"]), (host["email"], host["name"])]
    # Whoever booked has accepted, and no program need ask them: nobody reads the answers.
    said = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    return [_mailbox(address, name, **said) for address, name in told if address]


def _description(snapshot: Mapping[str, Any], audience: str, manage_url: str) -> str:
    parts = [clean_lines(snapshot["description"])]
    if audience == "host":
        parts += [f"{label}: {answer}" for label, answer in answers_of(snapshot)]
    elif manage_url and snapshot["state"] in STATUS:
        parts.append(f"{_words(snapshot, audience)['manage']}: {manage_url}")
    return "\n\n".join(part for part in parts if part)


def answers_of(snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer) pairs in the calendar's order; for the host alone."""
    words = _words(snapshot, "host")
    return [
        (
            single_line(question["label"]),
            words["yes" if answer else "no"] if answer in (True, False) else clean_lines(answer),
        )
        for question in snapshot["questions"]
        if (answer := snapshot["answers"].get(question["key"])) not in (None, "")
    ]
