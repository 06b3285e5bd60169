"""The texts of mails about a booking, by key.

``{what}`` is the appointment as its reader knows it ("Intro call with Hana"), ``{moment}`` when it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bookonce.delivery.mail.words import WordTable, language_of

ENGLISH: Mapping[str, str] = {
    "subject booking.made": "Booked: {what}, {moment}",
    "subject booking.requested": "Requested: {what}, {moment}",
    "subject booking.moved": "Moved: {what}, now {moment}",
    "subject booking.cancelled": "Cancelled: {what}, {moment}",
    "guest booking.made": "You’re booked",
    "guest booking.requested": "We passed on your request",
    "guest booking.moved": "Your appointment has moved",
    "guest booking.cancelled": "Your appointment is cancelled",
    "host booking.made": "{guest} booked an appointment",
    "host booking.requested": "{guest} asks for an appointment",
    "host booking.moved": "The appointment with {guest} has moved",
    "host booking.cancelled": "The appointment with {guest} is cancelled",
    "with guest": "{calendar} with {host}",
    "with host": "{calendar} with {guest}",
    "hello": "Hello {name},",
    "hello you": "Hello,",
    "what": "What",
    "when": "When",
    "before": "Before",
    "for host": "For {host}",
    "for guest": "For {guest}",
    "where": "Where",
    "guest phone": "By phone: {host} calls you",
    "guest phone number": "By phone: {host} calls you on {number}",
    "host phone": "By phone: you call {guest}",
    "host phone number": "By phone: you call {guest} on {number}",
    "guest": "Guest",
    "email": "E-mail",
    "phone": "Phone",
    "reason": "Reason",
    "yes": "Yes",
    "no": "No",
    "manage": "Move or cancel",
    "only you": "This link is yours alone: whoever has it can move or cancel the appointment.",
    "questions": "Questions? Contact {contact}.",
    "from": "{workspace}",
}


WORDS = WordTable(ENGLISH)


def words_for(role: str, snapshot: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    """(language, texts) of this role in a booking's snapshot; the workspace's language where it has none."""
    own = snapshot["workspace"]["language"]
    language = language_of(snapshot[role]["language"] or own, own)
    return language, WORDS.in_language(language)
