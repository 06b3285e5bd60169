"""The mails about a booking: booked, moved, cancelled, to the guest and to the host.

They are composed as they are sent, from the event's snapshot. What a guest typed is mailed to the host alone;
of it the guest's own mail holds their name, where it looks like one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from bookonce.delivery.mail.composed import MASKED, Action, ComposedMail, Invitation
from bookonce.delivery.outbox import recipients
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import NOTICE
from bookonce.delivery.outbox.recipients import GUEST, HOST
from bookonce.domain.bookings import cancellation_reasons, ics
from bookonce.domain.bookings.guest_details import plain_name, single_line
from bookonce.domain.bookings.mail_texts import words_for
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import manage_url
from bookonce.foundation import dates, email_addresses
from bookonce.foundation.guest_paths import booking_path
from bookonce.foundation.phones import format_phone

SUBJECT = 150


def compose(delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
    """The mail of this delivery about a booking (a ``registry.Composer``)."""
    event, role = delivery.event, delivery.role
    url = _manage_url(event, masked=masked) if delivery.recipient == GUEST else ""
    method = ics.CANCEL if event.kind == "booking.cancelled" else ics.REQUEST
    reader = _Reader.of(event, role, now)
    return reader.mail(message_key(delivery), method, url if method == ics.REQUEST else "")


def _manage_url(event: Event, *, masked: bool) -> str:
    """The address of the guest's page; ``masked``: without its token."""
    if masked:
        return f"{settings.BASE_URL}{booking_path(MASKED)}"
    booking = Booking.objects.filter(pk=event.booking_id).first() if event.booking_id else None
    return (manage_url(booking) if booking is not None else None) or ""


def message_key(delivery: Delivery) -> str:
    """What the Message-ID is made of: equal for every attempt at this mail, and unique to it.

    Notices to the guest and to the first host are named by event and role alone, as in earlier releases.
    """
    event, role = delivery.event, delivery.role
    key = delivery.pk if delivery.copy_of_id else event.pk
    first = event.snapshot.get("hosts", [""])[0]
    who = recipients.name_of(delivery.recipient)
    more = (who if who != first else "", delivery.purpose if delivery.purpose != NOTICE else "")
    return ".".join(filter(None, (key.hex, role, *more)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """The reader of a mail: their role, texts, language and clock."""

    event: Event
    data: Mapping[str, Any]
    """Its snapshot."""
    side: str
    language: str
    words: Mapping[str, str]
    zone: str
    other_zone: str
    now: datetime
    clock: str

    @classmethod
    def of(cls, event: Event, side: str, now: datetime) -> _Reader:
        data = event.snapshot
        language, words = words_for(side, data)
        zones = {side: data[side]["zone"] or data["zone"] for side in ("guest", "host")}
        other = zones["host" if side == GUEST else "guest"]
        # A guest's language tag names their country, and so their clock.
        clock = data[side].get("clock", "")
        return cls(event, data, side, language, words, zones[side], other, now, clock)

    def mail(self, key: str, method: str, url: str) -> ComposedMail:
        """The whole mail; ``url`` is the guest's page, on which they move or cancel."""
        event, data, words = self.event, self.data, self.words
        names = {side: single_line(data[side]["name"]) for side in ("guest", "host")}
        to_name = plain_name(data["guest"]["name"]) if self.side == GUEST else names["host"]
        subject = _cut(words[f"subject {event.kind}"], self.what(), self.moment(data["starts_at"]))
        return ComposedMail(
            key=key,
            language=self.language,
            subject=subject,
            sender=single_line(data["workspace"]["name"]),
            to_name=to_name,
            greeting=words["hello"].format(name=name) if (name := self.name(names)) else words["hello you"],
            heading=words[f"{self.side} {event.kind}"].format(**names),
            facts=[(label, value) for label, value in self.facts() if value],
            open_fact=ics.place_url(data),
            action=Action(words["manage"], url, words["only you"]) if url else None,
            closing=self.closing(),
            reply_to=self.reply_to(),
            conversation=f"{(event.booking_id or event.pk).hex}.{self.side}",
            opens_conversation=event.kind == "booking.made",
            invitation=Invitation(
                method,
                lambda: ics.calendar_file(data, method, at=event.at, audience=self.side, manage_url=url),
            ),
        )

    def name(self, names: Mapping[str, str]) -> str:
        """The reader's name in the greeting."""
        return names["host"] if self.side == HOST else plain_name(names["guest"])

    def closing(self) -> str:
        """The closing line: whom the guest can ask."""
        reach = self.data["owner_contact"]
        contact = ", ".join(filter(None, (reach["name"], reach["email"], format_phone(reach["phone"]))))
        return self.words["questions"].format(contact=contact) if contact and self.side == GUEST else ""

    def reply_to(self) -> tuple[str, str] | None:
        """(name, address) of the other side, where it has an address."""
        other = self.data["owner_contact" if self.side == GUEST else "guest"]
        return (
            (single_line(other["name"]), other["email"]) if email_addresses.is_email(other["email"]) else None
        )

    def what(self) -> str:
        """The appointment and with whom, unless its name says that."""
        data = self.data
        calendar, host = single_line(data["calendar_name"]), single_line(data["host"]["name"])
        if self.side == GUEST and host.lower() in calendar.lower():
            return calendar
        with_whom = {"calendar": calendar, "host": host, "guest": single_line(data["guest"]["name"])}
        return self.words[f"with {self.side}"].format(**with_whom)

    def facts(self) -> Iterator[tuple[str, str]]:
        """(label, value) pairs; a value may be empty."""
        data, words = self.data, self.words
        start = ics.instant_of(data["starts_at"])
        yield words["what"], self.what()
        yield words["when"], self.when(self.zone)
        # Zones with equal clocks on that day need no second line, whatever they are called.
        if _wall(start, self.zone) != _wall(start, self.other_zone):
            side = "host" if self.side == GUEST else "guest"
            name = {side: single_line(data[side]["name"])}
            yield words[f"for {side}"].format(**name), self.when(self.other_zone)
        if data.get("was"):
            yield words["before"], self.moment(data["was"])
        yield words["where"], ics.place_text(data, self.side)
        if self.side == HOST:
            guest = data["guest"]
            yield from ((words["guest"], guest["name"]), (words["email"], guest["email"]))
            yield words["phone"], format_phone(guest["phone"])
            yield from ics.answers_of(data)
        # A guest need not be told the reason that they gave themselves.
        if self.side == HOST or self.event.by != "guest":
            yield words["reason"], cancellation_reasons.reason_text(data.get("reason", ""), self.language)

    def moment(self, said: str) -> str:
        at = ics.instant_of(said)
        return dates.format_moment(at, self.zone, self.language, now=self.now, clock=self.clock)

    def when(self, zone: str) -> str:
        start, end = (ics.instant_of(self.data[key]) for key in ("starts_at", "ends_at"))
        day = dates.format_day(start, zone, self.language, now=self.now)
        times = dates.format_time_range(start, end, zone, self.language, clock=self.clock)
        same = dates.format_utc_offset(zone, start) == dates.format_utc_offset(zone, end)
        place = (dates.zone_name if same else _city)(zone, start, self.language)
        return f"{day}, {times} ({place})"


def _city(zone: str, _: datetime, language: str) -> str:
    return dates.place_of(zone, language)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _cut(pattern: str, what: str, moment: str) -> str:
    """The subject, short enough for a list of mails: the appointment's name is cut, its time is not."""
    # A no-break space is not ASCII: for it alone the whole subject would be sent as encoded words.
    moment = moment.replace("\u00a0", " ")
    room = SUBJECT - len(pattern.format(what="", moment=moment))
    return pattern.format(what=what if len(what) <= room else what[: room - 1] + "…", moment=moment)
