"""The mail to an owner about open requests for a new link.

It is composed as it is sent, so that it lists everybody who waits then. What strangers wrote stands in its
text alone: never in the subject, the sender or Reply-To.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings

from bookonce.delivery.mail.composed import CLOSING_BEFORE_ACTION, Action, ComposedMail
from bookonce.delivery.mail.words import WordTable, language_of
from bookonce.delivery.outbox.errors import Moot
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts.models import Member
from bookonce.domain.links import queries
from bookonce.domain.links.models import Ask
from bookonce.foundation.text import single_line

# How many there are is up to strangers, so that the mail names the first and counts the rest.
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


WORDS = WordTable(ENGLISH)


def compose(delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
    """The mail of this delivery as of ``now`` (a ``registry.Composer``); ``Moot`` where nobody waits."""
    owner = _owner(delivery)
    asks = list(queries.list_requests_of_owner(owner))
    if not asks:
        raise Moot("nobody waits for an answer any more")
    workspace, name = delivery.event.workspace, single_line(owner.person.name)
    language = language_of(owner.person.language, workspace.language)
    words, count = WORDS.in_language(language), len(asks)
    subject, heading = _headlines(words, asks)
    return ComposedMail(
        key=f"{delivery.pk.hex}.ask",
        language=language,
        subject=subject,
        sender=single_line(workspace.name),
        to_name=name,
        greeting=words["hello"].format(name=name),
        heading=heading,
        facts=[fact for asked in asks[:MOST] for fact in _facts(words, asked) if fact[1]],
        action=Action(words["desk"], f"{settings.BASE_URL}{DESK}", words["note"]),
        closing=words["more"].format(count=count - MOST) if count > MOST else "",
        order=CLOSING_BEFORE_ACTION,
    )


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


def _headlines(words: Mapping[str, str], asks: Sequence[Ask]) -> tuple[str, str]:
    """(subject, heading); the subject holds nothing that a stranger wrote."""
    first, count = asks[0], len(asks)
    if count > 1:
        many = words["subject many"].format(count=count)
        return many, many
    calendar = single_line(first.link.calendar.name)
    return words["subject"].format(calendar=calendar), words["heading"].format(name=first.first["name"])


def _facts(words: Mapping[str, str], asked: Ask) -> Iterator[tuple[str, str]]:
    said, link = asked.first, asked.link
    told = f"{said['state']} with words" if said["message"] else said["state"]
    values = {"name": said["name"], "message": said["message"], "calendar": single_line(link.calendar.name)}
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
