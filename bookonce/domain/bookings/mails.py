"""The letters about a booking: booked, moved, cancelled, to the guest and to the host.

Made at the moment of sending from the event's snapshot. What a guest typed is mailed to the host
alone: the guest's own letter says their name, where it looks like one, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

from bookonce.delivery.outbox import email, recipients
from bookonce.delivery.outbox.errors import Postponed
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import NOTICE
from bookonce.delivery.outbox.recipients import GUEST
from bookonce.domain.bookings import cancellation_reasons, ics
from bookonce.domain.bookings.guest_details import one_line, plain_name
from bookonce.domain.bookings.mail_texts import words_for
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import manage_url
from bookonce.foundation import clock, dates, email_addresses, rate_limits
from bookonce.foundation.phones import format_phone

SUBJECT = 150


def deliver(delivery: Delivery) -> None:
    """Make the letter and hand it to the post office; raises ``NotDelivered`` as that does."""
    about = delivery.event.booking_id
    booking = Booking.objects.filter(pk=about).first() if about else None
    url = manage_url(booking) if booking is not None and delivery.recipient == GUEST else None
    to = email.reachable(delivery.to)
    message = letter_of(delivery, to=to, manage_url=url or "", now=clock.now())
    # Without a server nothing goes out, so that nobody is flooded.
    counted = delivery.recipient == GUEST and bool(settings.EMAIL_URL)
    if counted:
        _must_have_room(to)
    email.send(message, to=to, key=str(delivery.pk))
    if counted:
        rate_limits.add("letters_to_guest", to.lower(), now=clock.precise())


def _must_have_room(to: str) -> None:
    """Let a letter wait where this address has had enough: nobody has proven that it is theirs."""
    verdict = rate_limits.peek("letters_to_guest", to.lower(), now=clock.precise())
    if not verdict.ok:
        wait = timedelta(seconds=verdict.reset)
        raise Postponed("this address has had as many letters as it gets in an hour", wait)


def letter_of(delivery: Delivery, *, to: str, manage_url: str, now: datetime) -> EmailMessage:
    """The mail that this delivery is; one that a person had sent again has a Message-ID of its own."""
    key = message_key(delivery)
    return compose(delivery.event, audience=delivery.role, to=to, manage_url=manage_url, now=now, key=key)


def message_key(delivery: Delivery) -> str:
    """What the Message-ID is made of: the same whenever this mail is tried, of every other mail another.

    Notices to the guest and to the (first) host are named by event and role alone, as ever.
    """
    event, role = delivery.event, delivery.role
    key = delivery.pk if delivery.copy_of_id else event.pk
    first = event.data.get("hosts", [""])[0]
    who = recipients.name_of(delivery.recipient)
    more = (who if who != first else "", delivery.purpose if delivery.purpose != NOTICE else "")
    return ".".join(filter(None, (key.hex, role, *more)))


def subject_of(delivery: Delivery, *, now: datetime) -> str:
    """What the letter's subject says, or said, at this time."""
    return _Reader.of(delivery.event, delivery.role, now).letter("").subject


@dataclass(frozen=True, slots=True)
class _Letter:
    """What one letter says, before it is set in HTML or in plain text."""

    language: str
    subject: str
    sender: str
    greeting: str
    heading: str
    facts: list[tuple[str, str]]
    place_url: str
    """The value among the facts that is an address to open: the owner's own, never what a guest typed."""
    manage_url: str
    manage: str
    manage_note: str
    closing: str


def compose(
    event: Event, *, audience: str, to: str, manage_url: str, now: datetime, key: str = ""
) -> EmailMessage:
    """The whole mail: text, HTML and invitation as alternatives, and the invitation as a file.

    The invitation stands last among the alternatives, where Gmail and Outlook look for it, and once
    more as a file for all others. ``key`` is the same whenever this letter is tried again.
    """
    data = event.data
    method = ics.CANCEL if event.kind == "booking.cancelled" else ics.REQUEST
    letter = _Reader.of(event, audience, now).letter(manage_url if method == ics.REQUEST else "")
    message = EmailMessage(policy=email.POLICY)
    _address(message, event, audience, to, letter.subject)
    key = key or f"{event.pk.hex}.{audience}"
    message["Message-ID"] = f"<{key}@{urlsplit(settings.BASE_URL).hostname}>"
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    file = ics.calendar_file(data, method, at=event.at, audience=audience, manage_url=letter.manage_url)
    parts = {name: getattr(letter, name) for name in _Letter.__slots__}
    message.set_content(_plain(letter))
    message.add_alternative(render_to_string("mail/letter.html", parts), subtype="html")
    message.add_alternative(file.decode(), subtype="calendar", params={"method": method}, cte="base64")
    message.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")
    message["Content-Language"] = letter.language
    return message


def _address(message: EmailMessage, event: Event, audience: str, to: str, subject: str) -> None:
    """Who, to whom, about what, and to which letters it belongs."""
    data, host = event.data, urlsplit(settings.BASE_URL).hostname
    guest, answers_to = data["guest"], data["owner_contact"]
    name = plain_name(guest["name"]) if audience == "guest" else one_line(data["host"]["name"])
    message["From"] = email.sender(one_line(data["workspace"]["name"]))
    message["To"] = email.mailbox(name, to)
    if audience == "host":
        answers_to = guest
    if email_addresses.is_email(answers_to["email"]):
        message["Reply-To"] = email.mailbox(one_line(answers_to["name"]), answers_to["email"])
    message["Subject"] = subject
    about = f"<{event.booking_id.hex if event.booking_id else event.pk.hex}.{audience}@{host}>"
    message["References"] = about
    if event.kind != "booking.made":
        message["In-Reply-To"] = about


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads it: on which side of the table, in which words, by which clock."""

    event: Event
    audience: str
    language: str
    words: Mapping[str, str]
    zone: str
    other_zone: str
    now: datetime
    clock: str

    @classmethod
    def of(cls, event: Event, audience: str, now: datetime) -> _Reader:
        data = event.data
        language, words = words_for(audience, data)
        zones = {side: data[side]["zone"] or data["zone"] for side in ("guest", "host")}
        other = zones["host" if audience == "guest" else "guest"]
        # A guest's language names their country, which has its clock; events of before know of none.
        clock = data[audience].get("clock", "")
        return cls(event, audience, language, words, zones[audience], other, now, clock)

    def letter(self, manage_url: str) -> _Letter:
        data, words = self.event.data, self.words
        names = {side: one_line(data[side]["name"]) for side in ("guest", "host")}
        reach = data["owner_contact"]
        contact = ", ".join(filter(None, (reach["name"], reach["email"], format_phone(reach["phone"]))))
        name = names["host"] if self.audience == "host" else plain_name(names["guest"])
        moment = self.moment(data["starts_at"])
        return _Letter(
            language=self.language,
            subject=_cut(words[f"subject {self.event.kind}"], self.what(), moment),
            sender=one_line(data["workspace"]["name"]),
            greeting=words["hello"].format(name=name) if name else words["hello you"],
            heading=words[f"{self.audience} {self.event.kind}"].format(**names),
            facts=[(label, value) for label, value in self.facts() if value],
            place_url=ics.place_url(data),
            manage_url=manage_url,
            manage=words["manage"],
            manage_note=words["only you"],
            closing=words["questions"].format(contact=contact)
            if contact and self.audience == "guest"
            else "",
        )

    def what(self) -> str:
        """The appointment, and with whom, unless its name says that already."""
        data = self.event.data
        calendar, host = one_line(data["calendar_name"]), one_line(data["host"]["name"])
        if self.audience == "guest" and host.lower() in calendar.lower():
            return calendar
        with_whom = {"calendar": calendar, "host": host, "guest": one_line(data["guest"]["name"])}
        return self.words[f"with {self.audience}"].format(**with_whom)

    def facts(self) -> Iterator[tuple[str, str]]:
        """The lines of the letter: a label, and a value that may be empty."""
        data, words = self.event.data, self.words
        start = ics.instant_of(data["starts_at"])
        yield words["what"], self.what()
        yield words["when"], self.when(self.zone)
        if _wall(start, self.zone) != _wall(start, self.other_zone):
            side = "host" if self.audience == "guest" else "guest"
            name = {side: one_line(data[side]["name"])}
            yield words[f"for {side}"].format(**name), self.when(self.other_zone)
        if data.get("was"):
            yield words["before"], self.moment(data["was"])
        yield words["where"], ics.where(data, self.audience)
        if self.audience == "host":
            guest = data["guest"]
            yield from ((words["guest"], guest["name"]), (words["email"], guest["email"]))
            yield words["phone"], format_phone(guest["phone"])
            yield from ics.answers_of(data)
        if self.audience == "host" or self.event.by != "guest":
            yield words["reason"], cancellation_reasons.told(data.get("reason", ""), self.language)

    def moment(self, said: str) -> str:
        at = ics.instant_of(said)
        return dates.moment(at, self.zone, self.language, now=self.now, clock=self.clock)

    def when(self, zone: str) -> str:
        start, end = (ics.instant_of(self.event.data[key]) for key in ("starts_at", "ends_at"))
        day = dates.day(start, zone, self.language, now=self.now)
        times = dates.time_range(start, end, zone, self.language, clock=self.clock)
        same = dates.offset(zone, start) == dates.offset(zone, end)
        place = (dates.zone_name if same else _city)(zone, start, self.language)
        return f"{day}, {times} ({place})"


def _city(zone: str, _: datetime, language: str) -> str:
    return dates.place_of(zone, language)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _cut(pattern: str, what: str, moment: str) -> str:
    """The subject, short enough for a list of mails; it is what it is about that is shortened, not when."""
    moment = moment.replace("\u00a0", " ")
    room = SUBJECT - len(pattern.format(what="", moment=moment))
    return pattern.format(what=what if len(what) <= room else what[: room - 1] + "…", moment=moment)


def _plain(letter: _Letter) -> str:
    """The same words without HTML."""
    lines = [letter.greeting, "", f"{letter.heading}.", ""]
    lines += [f"{label}{'' if label.endswith(('?', ':')) else ':'} {value}" for label, value in letter.facts]
    if letter.manage_url:
        lines += ["", f"{letter.manage}: {letter.manage_url}", letter.manage_note]
    if letter.closing:
        lines += ["", letter.closing]
    return "\n".join([*lines, "", f"-- \n{letter.sender}", ""])
