"""The mails about an account: links for a new password or address, and notices of changes.

They are composed as they are sent; the row that asks for one holds ids alone.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings

from bookonce.delivery.mail.composed import MASKED, NOTE_APART, Action, ComposedMail
from bookonce.delivery.mail.words import language_of
from bookonce.delivery.outbox.errors import Unaddressed
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.mail_texts import NOTES, WORDS
from bookonce.domain.accounts.models import MailedLink, Person
from bookonce.foundation import tokens


def compose(delivery: Delivery, *, now: datetime, masked: bool) -> ComposedMail:
    """What this delivery tells of an account (a ``registry.Composer``)."""
    kind, data, workspace = delivery.event.kind, delivery.event.snapshot, delivery.event.workspace
    person = _person(data["person"])
    url = _url(data["mailed"], now=now, masked=masked) if "mailed" in data else ""
    language = language_of(person.language, workspace.language)
    words = WORDS.in_language(language)
    heading, forgotten = words[f"heading {kind}"], f"{settings.BASE_URL}/password/forgotten"
    note = " ".join(words[key].format(address=forgotten) for key in NOTES[kind])
    return ComposedMail(
        key=f"{delivery.pk.hex}.account",
        language=language,
        subject=f"{heading} ({workspace.name})",
        title=heading,
        sender=workspace.name,
        to_name=person.name,
        greeting=words["hello"].format(name=person.name),
        heading=heading,
        action=Action(words[f"button {kind}"], url, note) if url else None,
        closing="" if url else note,
        order=NOTE_APART,
    )


def _person(name: str) -> Person:
    key = tokens.parse_public_id("per", name)
    person = Person.objects.filter(pk=key).first() if key else None
    if person is None:
        raise Unaddressed("the person is gone")
    return person


def _url(name: str, *, now: datetime, masked: bool) -> str:
    # Asked as it is sent: a link that has ended since would lead its reader to a dead page.
    living = MailedLink.objects.filter(pk=uuid.UUID(name), used_at=None, expires_at__gt=now).first()
    url = mailed_tokens.mailed_link_url(living) if living else None
    if url is None:
        raise Unaddressed("the link in it does not work any more")
    return url if not masked else f"{url.rpartition('/')[0]}/{MASKED}"
