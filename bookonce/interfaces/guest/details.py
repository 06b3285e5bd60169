"""The form of details: its fields, what the link knows already, and what was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from bookonce.domain.bookings import guest_details
from bookonce.domain.bookings.guest_details import Guest, first_name, mask_email, recipient_detail
from bookonce.domain.links.models import Link
from bookonce.foundation import phones
from bookonce.foundation.errors import json_pointer
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.guest.guest_request import FIELDS, GuestRequest
from bookonce.interfaces.guest.offered_slots import Offer

ABOUT = ("name", "email", "phone")


@dataclass(frozen=True, slots=True)
class KnownGuest:
    """What the link knows of its recipient, masked (rule 14 of a link)."""

    first_name: str = ""
    email: str = ""
    phone: str = ""
    fixed: bool = False
    """Whether the link locks some of it: then there is no "Not you?"."""

    def __bool__(self) -> bool:
        return bool(self.first_name or self.email or self.phone)

    @property
    def words(self) -> str:
        """The known details in one line; a number is not broken."""
        return ", ".join(filter(None, (self.first_name, self.email, self.phone.replace(" ", "\u00a0"))))


def known_guest(link: Link | None, *, other: bool = False) -> KnownGuest:
    """What the link knows; where somebody ``other`` books with it, only what it locks."""
    if link is None:
        return KnownGuest()
    name, email, phone = (
        recipient_detail(link, about) if about in link.locked or not other else "" for about in ABOUT
    )
    fixed = any(recipient_detail(link, about) for about in ABOUT if about in link.locked)
    return KnownGuest(first_name(name), mask_email(email), phones.mask_phone(phone), fixed)


def pointers_of(offer: Offer) -> dict[str, str]:
    """Field of the form → its pointer in a request to book."""
    about = {name: json_pointer("/guest", name) for name in ABOUT}
    keys = [question["key"] for question in offer.calendar.questions]
    return about | {f"q-{key}": json_pointer("/answers", key) for key in keys}


@dataclass(frozen=True, slots=True)
class TypedDetails:
    """What the guest has typed so far, by field."""

    values: Mapping[str, str]
    other: bool = False

    @classmethod
    def of(cls, visit: GuestRequest, offer: Offer) -> TypedDetails:
        values = {name: visit.typed[name] for name in pointers_of(offer) if name in visit.typed}
        return cls(values, other=visit.said.get("other") == "1")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Hidden fields with which another form keeps what was typed."""
        return [*self.values.items(), *([("other", "1")] if self.other else [])]


def draft_of(offer: Offer) -> str:
    """The name under which a browser tab keeps what is typed: unique to the link, without revealing it."""
    return hashlib.sha256(f"draft of {offer.thing}".encode()).hexdigest()[:12]


def guest_of(typed: TypedDetails, visit: GuestRequest) -> Guest:
    """The guest's details as typed."""
    return Guest(
        name=typed.values.get("name", ""),
        email=typed.values.get("email", ""),
        phone=typed.values.get("phone", ""),
        zone=visit.voice.zone,
        language=visit.voice.tag[:10],
        other=typed.other,
    )


def answers_of(typed: TypedDetails, offer: Offer) -> dict[str, Any]:
    """The answers to the calendar's questions; locked ones are the link's."""
    locked = set(offer.link.locked) if offer.link else set()
    answers: dict[str, Any] = {}
    for question in offer.calendar.questions:
        key = question["key"]
        if key not in locked:
            text = typed.values.get(f"q-{key}", "")
            # Browsers do not send an unticked checkbox at all, and a ticked one with any value.
            answers[key] = bool(text) if question.get("kind") == "checkbox" else text
    return answers


def details_form(
    visit: GuestRequest, offer: Offer, typed: TypedDetails | None, problems: Iterable[Mapping[str, str]]
) -> dict[str, Any]:
    """The context of the form: known guest, fields, and problems by field."""
    typed = typed or TypedDetails({})
    kept = known_guest(offer.link, other=typed.other)
    shown = [*_about(offer, kept, typed), *_questions(offer, typed)]
    at_field, summary = {field["pointer"]: field for field in shown}, []
    for problem in problems:
        field = at_field.get(problem["pointer"])
        if field is not None:
            field["error"] = problem["detail"]
        words = visit.voice.say(problem["detail"])
        if field is not None and field["name"] not in ABOUT:
            about = field["label"].rstrip("?:. ")
            words = visit.voice.say("{question}: {problem}", question=about, problem=words)
        summary.append((f"#{field['id']}" if field else "", words))
    return {"known": kept, "other": typed.other, "fields": shown, "problems": summary}


def _about(offer: Offer, kept: KnownGuest, typed: TypedDetails) -> list[dict[str, Any]]:
    confirmed = "The confirmation goes there." if settings.EMAIL_URL else ""
    # The autofill names of HTML, which WCAG 1.3.5 asks for.
    wanted = [
        ("name", gettext_noop("Name"), "text", "name", kept.first_name, True, ""),
        ("email", gettext_noop("E-mail"), "email", "email", kept.email, True, confirmed),
        (
            "phone",
            gettext_noop("Phone"),
            "tel",
            "tel",
            kept.phone,
            guest_details.needs_phone(offer.location),
            "",
        ),
    ]
    return [
        FIELD
        | {
            "id": name,
            "name": name,
            "pointer": json_pointer("/guest", name),
            "label": label,
            "kind": kind,
            "help": more,
        }
        | {"value": typed.values.get(name, ""), "required": required, "autocomplete": filled}
        | {"most": FIELDS.limit_of(name)}
        for name, label, kind, filled, known_already, required, more in wanted
        # Known guests are only asked for what is needed and missing.
        if not known_already and (required or not kept)
    ]


def _questions(offer: Offer, typed: TypedDetails) -> list[dict[str, Any]]:
    prefill = offer.link.prefill if offer.link else {}
    locked = set(offer.link.locked) if offer.link else set()
    shown = []
    for number, question in enumerate(offer.calendar.questions, start=1):
        key = question["key"]
        # Once something was typed, an emptied answer stays empty instead of being filled in again.
        before = "" if typed.values else str(prefill.get(key) or "")
        fixed = key in locked
        shown.append(
            FIELD
            | {
                "id": f"q{number}",
                "name": f"q-{key}",
                "pointer": json_pointer("/answers", key),
                "fixed": fixed,
            }
            | {"label": question.get("label") or key, "kind": question.get("kind") or "text"}
            | {"value": str(prefill.get(key) or "") if fixed else typed.values.get(f"q-{key}", before)}
            | {"required": bool(question.get("required")), "help": question.get("help") or ""}
            | {"options": question.get("options") or []}
        )
    return shown


FIELD: dict[str, Any] = {"autocomplete": "off", "fixed": False, "options": (), "error": ""}
"""Defaults of the form's fields."""
