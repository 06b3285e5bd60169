"""The letter to an owner: who has come to a dead link of theirs and asks for a new one.

Made at the moment of sending, so that it tells of everybody who is waiting then. What strangers wrote
stands in its text alone: never in its subject, its sender, or as an address to answer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.errors import Moot
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts.models import Member
from bookonce.domain.links import queries
from bookonce.domain.links.models import Ask
from bookonce.foundation import clock, translation
from bookonce.foundation.text import one_line

KIND = "link.asked"
"""The kind of event that this letter tells of."""

MOST = 5
DESK = "/settings/calendars"

ENGLISH: Mapping[str, str] = {
    "subject": "Somebody asks for a new link: {calendar}",
    "subject many": "{count} new links are asked for",
    "hello": "Hello {name},",
    "heading": "{name} asks for a new link",
    "used": "{name} opened a used link for {calendar} and asks for a new one.",
    "expired": "{name} opened an expired link for {calendar} and asks for a new one.",
    "revoked": "{name} opened a link for {calendar} that you have ended, and asks for a new one.",
    "used with words": "{name} opened a used link for {calendar} and asks for a new one: “{message}”",
    "expired with words": "{name} opened an expired link for {calendar} and asks for a new one: “{message}”",
    "revoked with words": "{name} opened a link for {calendar} that you have ended, and asks for a new one:"
    " “{message}”",
    "then": "After that, {name} asked for a new one.",
    "then with words": "After that, {name} asked: “{message}”",
    "who": "Who",
    "also": "Also",
    "recipient": "The link was for",
    "reach": "How to reach them, in their words",
    "more": "And {count} more.",
    "desk": "See who asks",
    "note": "Anybody with the old link could have written this. A new link goes to no address from here.",
}


@cache
def _words(spoken: str) -> Mapping[str, str]:
    return {key: translation.say(spoken, text) for key, text in ENGLISH.items()}


def deliver(delivery: Delivery) -> None:
    """Make the letter and hand it to the post office; raises ``NotDelivered`` as that does."""
    message = letter_of(delivery, now=clock.now())
    email.send(message, to=email.reachable(delivery.to), key=str(delivery.pk))


def letter_of(delivery: Delivery, *, now: datetime) -> EmailMessage:
    """The letter as it would be sent now; ``Moot`` where it would tell of nobody."""
    owner = _owner(delivery)
    asks = list(queries.asks_of_owner(owner))
    if not asks:
        raise Moot("nobody waits for an answer any more")
    return compose(delivery, owner, asks, to=email.reachable(delivery.to), now=now)


def _owner(delivery: Delivery) -> Member:
    about = delivery.event.link_id
    asked = (
        Ask.objects.filter(link_id=about).select_related("link__calendar") if about else Ask.objects.none()
    )
    found = asked.first()
    if found is None:
        raise Moot("the link is gone")
    owner: Member = found.link.calendar.owner
    return owner


def compose(
    delivery: Delivery, owner: Member, asks: Sequence[Ask], *, to: str, now: datetime
) -> EmailMessage:
    """The whole mail, as text and as HTML."""
    spoken = owner.person.language.partition("-")[0].lower()
    language = spoken if spoken in translation.languages() else delivery.event.workspace.language
    words, sender = _words(language), one_line(delivery.event.workspace.name)
    parts = _parts(words, owner, asks) | {"language": language, "sender": sender}
    message = EmailMessage(policy=email.POLICY)
    message["From"] = email.sender(sender)
    message["To"] = email.mailbox(one_line(owner.person.name), to)
    message["Subject"] = parts["subject"]
    message["Message-ID"] = f"<{delivery.pk.hex}.ask@{urlsplit(settings.BASE_URL).hostname}>"
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(_plain(parts))
    message.add_alternative(render_to_string("mail/letter.html", parts), subtype="html")
    message["Content-Language"] = language
    return message


def _parts(words: Mapping[str, str], owner: Member, asks: Sequence[Ask]) -> dict[str, Any]:
    first, count = asks[0], len(asks)
    one = {"name": first.first["name"], "calendar": one_line(first.link.calendar.name)}
    subject = words["subject"].format(**one) if count == 1 else words["subject many"].format(count=count)
    heading = words["heading"].format(**one) if count == 1 else words["subject many"].format(count=count)
    return {
        "subject": subject,
        "greeting": words["hello"].format(name=one_line(owner.person.name)),
        "heading": heading,
        "facts": [fact for asked in asks[:MOST] for fact in _facts(words, asked) if fact[1]],
        "manage_url": f"{settings.BASE_URL}{DESK}",
        "manage": words["desk"],
        "manage_note": words["note"],
        "closing": words["more"].format(count=count - MOST) if count > MOST else "",
    }


def _facts(words: Mapping[str, str], asked: Ask) -> Iterator[tuple[str, str]]:
    said, link = asked.first, asked.link
    told = f"{said['state']} with words" if said["message"] else said["state"]
    values = {"name": said["name"], "message": said["message"], "calendar": one_line(link.calendar.name)}
    yield words["who"], words[told].format(**values)
    yield words["reach"], said["reach"]
    yield (
        words["recipient"],
        ", ".join(filter(None, (link.recipient_name, link.recipient_email))) or link.label,
    )
    for after in asked.said[1:]:
        then = words["then with words" if after["message"] else "then"]
        yield words["also"], then.format(name=after["name"], message=after["message"])
        yield words["reach"], after["reach"]


def _plain(parts: Mapping[str, Any]) -> str:
    """The same words without HTML."""
    lines = [parts["greeting"], "", f"{parts['heading']}.", ""]
    lines += [f"{label}: {value}" for label, value in parts["facts"]]
    lines += ["", parts["closing"]] if parts["closing"] else []
    lines += ["", f"{parts['manage']}: {parts['manage_url']}", parts["manage_note"]]
    return "\n".join([*lines, "", f"-- \n{parts['sender']}", ""])
