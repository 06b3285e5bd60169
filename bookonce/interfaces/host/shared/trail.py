"""A trail as sentences: events with who and when, and observations."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from babel.lists import format_list

from bookonce.delivery.outbox.models import Event
from bookonce.domain.accounts import queries as accounts
from bookonce.domain.bookings import cancellation_reasons
from bookonce.domain.links.models import Observation
from bookonce.domain.links.observations import EVERY
from bookonce.foundation import dates, tokens
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.pages.language import ReaderLanguage

YOU_OR_THEY = {
    "link.minted": ("You made the link.", gettext_noop("{who} made the link.")),
    "link.copied": ("You copied the address.", gettext_noop("{who} copied the address.")),
    "link.changed": ("You changed {what}.", gettext_noop("{who} changed {what}.")),
    "link.extended": (
        "You let the link work until {until}.",
        gettext_noop("{who} let the link work until {until}."),
    ),
    "link.revoked": ("You revoked the link.", gettext_noop("{who} revoked the link.")),
    "link.reopened": ("You re-opened the link.", gettext_noop("{who} re-opened the link.")),
    "link.released": ("You released the link.", gettext_noop("{who} released the link.")),
    "link.muted": (
        "You chose to hear no more from those who ask here.",
        gettext_noop("{who} chose to hear no more from those who ask here."),
    ),
    "link.unmuted": (
        "You chose to hear from those who ask here again.",
        gettext_noop("{who} chose to hear from those who ask here again."),
    ),
    "booking.moved": (
        "You moved the appointment from {was} to {when}.",
        gettext_noop("{who} moved the appointment from {was} to {when}."),
    ),
    "booking.cancelled": (
        "You cancelled the appointment of {when}.",
        gettext_noop("{who} cancelled the appointment of {when}."),
    ),
}
ANSWERED = (
    ("You answered with a new link.", gettext_noop("{who} answered with a new link.")),
    (
        "You set the question for a new link aside.",
        gettext_noop("{who} set the question for a new link aside."),
    ),
)
FOR_EVER = ("You let the link work without an end.", gettext_noop("{who} let the link work without an end."))
OTHERS = {
    "link.paused": "The link was put on hold, because the database was restored from a copy.",
    "link.held": "Somebody picked a time, which was kept for them until {until}.",
    "link.asked": gettext_noop("{asker} asked for a new link."),
    "booking.requested": gettext_noop("{guest} asked for an appointment on {when}."),
    "booking.made": gettext_noop("{guest} booked {when}."),
}
SPOKEN = (
    gettext_noop("{what} Words to the guest: “{words}”"),
    gettext_noop("{what} In their words: “{words}”"),
)
"""With what the host, or the guest, has said of it."""
GIVEN_BACK = "The link is good again, because its appointment was cancelled."

CARRIED = {
    "contact_id": "",
    "expires_at": gettext_noop("the end"),
    "label": gettext_noop("the label"),
    "location": gettext_noop("the place"),
    "locked": gettext_noop("the answers filled in"),
    "message": gettext_noop("the message"),
    "metadata": gettext_noop("the metadata"),
    "minutes": gettext_noop("the length"),
    "note": gettext_noop("the note"),
    "on_cancel": gettext_noop("what happens when it is cancelled"),
    "opens_at": gettext_noop("the beginning"),
    "prefill": gettext_noop("the answers filled in"),
    "recipient_email": gettext_noop("the recipient"),
    "recipient_name": gettext_noop("the recipient"),
    "recipient_phone": gettext_noop("the recipient"),
    "window_from": gettext_noop("the dates on offer"),
    "window_to": gettext_noop("the dates on offer"),
}
"""Names of a link's options in sentences; internal ones have none."""

LOOKED = {
    ("opened", "person"): "A person opened the link.",
    ("opened", "robot"): "A robot opened the link: a preview, a scanner or a program.",
    ("refused", "person"): gettext_noop("A person came, and was told: {why}"),
    ("refused", "robot"): gettext_noop("A robot came, and was told: {why}"),
}
WHY = {
    "link_used": "This link has already been used.",
    "link_expired": "This link has expired.",
    "link_revoked": "This link is no longer active.",
    "link_not_open": "This link opens later.",
    "link_paused": "This link is being checked.",
    "slot_taken": "That time has just gone.",
}
CAUSES = {"link_used": ("booking.made", "booking.requested"), "link_revoked": ("link.revoked",)}
"""Reason of a refusal → the event that must come before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the trail as a sentence. ``looked``: it is an observation."""

    at: datetime
    words: str
    looked: bool = False


def trail_entries(
    desk: HostRequest, events: Iterable[Event], seen: Iterable[Observation] = ()
) -> list[Entry]:
    """Events and observations as entries, newest first; the names of all who acted are read at once."""
    events = list(events)
    names = _names(desk, {event.by for event in events})
    told = [Entry(event.at, _sentence(event, names, desk)) for event in events]
    looked = [Entry(_when(one, events), _look(one, desk.voice), looked=True) for one in seen]
    # Events of one instant stay in their order.
    return sorted([*told, *looked], key=lambda entry: entry.at)[::-1]


def _when(seen: Observation, events: Sequence[Event]) -> datetime:
    """The time of an observation: it begins its span of minutes, so it is moved behind its cause."""
    causes = CAUSES.get(seen.reason, ())
    ends = seen.at + timedelta(seconds=EVERY[Observation.Kind(seen.kind)])
    within = [event.at for event in events if event.kind in causes and event.at < ends]
    # Not before the first event either: a look may fall into minutes that began before the link was made.
    return max([seen.at, *within, *(event.at for event in events[:1])])


def _names(desk: HostRequest, acted: set[str]) -> dict[str, str]:
    """``by`` of events → the name to show."""
    say, workspace = desk.voice.say, desk.workspace.pk
    names = {"guest": say("The guest"), "host": say("The host"), "cli": say("Somebody on the server")}
    for prefix, known, called in (
        ("mem", accounts.member_names, "{name}"),
        ("key", accounts.key_names, gettext_noop("The key “{name}”")),
    ):
        wanted: dict[uuid.UUID, str] = {
            key: by for by in acted if by != desk.by and (key := tokens.parse_public_id(prefix, by))
        }
        # Within this workspace only: names of others must not show here (promise 19).
        found = known(wanted, workspace_id=workspace) if wanted else {}
        names |= {wanted[key]: say(called, name=name) for key, name in found.items()}
    return names


def _sentence(event: Event, names: Mapping[str, str], desk: HostRequest) -> str:
    say, places = desk.voice.say, _places(event, desk.voice)
    if event.kind in OTHERS:
        return say(OTHERS[event.kind], **places)
    if event.kind == "link.reopened" and event.booking_id:
        return say(GIVEN_BACK)
    both = _both(event)
    # A newer release may have written it, before a downgrade.
    if both is None:
        return say("Something happened that this page has no words for: {kind}.", kind=event.kind)
    if event.by == desk.by:
        said = say(both[0], **places)
    else:
        said = say(both[1], who=names.get(event.by) or say("Somebody"), **places)
    reason = event.snapshot.get("reason", "") if event.kind == "booking.cancelled" else ""
    reason = cancellation_reasons.reason_text(reason, desk.voice.language)
    return say(SPOKEN[event.by == "guest"], what=said, words=reason) if reason else said


def _both(event: Event) -> tuple[str, str] | None:
    """(sentence for the person who acted, sentence for others)"""
    if event.kind == "link.extended" and not event.snapshot.get("expires_at"):
        return FOR_EVER
    if event.kind == "link.answered":
        return ANSWERED[not event.snapshot.get("new")]
    return YOU_OR_THEY.get(event.kind)


def _places(event: Event, voice: ReaderLanguage) -> dict[str, str]:
    """The values of a sentence's places, from the event's snapshot."""
    data: Mapping[str, Any] = event.snapshot
    instants = {"when": "starts_at", "was": "was", "until": "until"}
    if event.kind == "link.extended":
        instants["until"] = "expires_at"
    found = {place: voice.moment(_instant(data[name])) for place, name in instants.items() if data.get(name)}
    guest = data.get("guest") or {}
    found["asker"] = data.get("name") or voice.say("Somebody")
    found["guest"] = guest.get("name") or voice.say("The guest")
    if "fields" in data:
        carried = [voice.say(words) for name in data["fields"] if (words := CARRIED.get(name, name))]
        found["what"] = format_list(list(dict.fromkeys(carried)), locale=dates.locale_of(voice.tag))
    return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _look(seen: Observation, voice: ReaderLanguage) -> str:
    why = voice.say(WHY.get(seen.reason, "This is not possible."))
    return voice.say(LOOKED[seen.kind, seen.visitor], why=why)
