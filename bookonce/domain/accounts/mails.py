"""The letters about an account: a link for a new password or address, and what has changed.

Made at the moment of sending; the row that asks for one holds ids alone.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.errors import Unaddressed
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.mail_texts import LETTERS
from bookonce.domain.accounts.models import MailedLink, Person
from bookonce.foundation import clock, tokens, translation

KINDS = "account."
"""How the kinds of events begin that these letters tell of."""


def deliver(delivery: Delivery) -> None:
    """Make the letter and hand it to the post office; raises ``NotDelivered`` as that does."""
    data, now = delivery.event.data, clock.now()
    key = tokens.key_of("per", data["person"])
    person = Person.objects.filter(pk=key).first() if key else None
    if person is None:
        raise Unaddressed("the person is gone")
    url = _url(data["mailed"], now=now) if "mailed" in data else ""
    to = email.reachable(delivery.to)
    email.send(compose(delivery, person, to=to, url=url, now=now), to=to, key=str(delivery.pk))


def _url(name: str, *, now: datetime) -> str:
    living = MailedLink.objects.filter(pk=uuid.UUID(name), used_at=None, expires_at__gt=now).first()
    url = mailed_tokens.url_of(living) if living else None
    if url is None:
        raise Unaddressed("the link in it does not work any more")
    return url


def compose(delivery: Delivery, person: Person, *, to: str, url: str, now: datetime) -> EmailMessage:
    """The whole mail, as text and as HTML."""
    workspace = delivery.event.workspace
    language = person.language if person.language in translation.languages() else workspace.language
    words, sender = LETTERS[delivery.event.kind], workspace.name

    def say(text: str, **places: str) -> str:
        said = translation.say(language, text)
        return said.format(**places) if places else said

    heading, button = say(words.heading), say(words.button) if words.button else ""
    note = " ".join(
        say(sentence, address=f"{settings.BASE_URL}/password/forgotten") for sentence in words.notes
    )
    greeting = say("Hello {name},", name=person.name)
    message = EmailMessage(policy=email.POLICY)
    message["From"] = email.sender(sender)
    message["To"] = email.mailbox(person.name, to)
    message["Subject"] = f"{heading} ({sender})"
    message["Message-ID"] = f"<{delivery.pk.hex}.account@{urlsplit(settings.BASE_URL).hostname}>"
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    link = [f"{button}: {url}", ""] if url else []
    message.set_content("\n".join([greeting, "", f"{heading}.", "", *link, note, "", f"-- \n{sender}", ""]))
    parts = {
        "language": language,
        "subject": heading,
        "sender": sender,
        "greeting": greeting,
        "heading": heading,
        "facts": [],
        "manage_url": url,
        "manage": button,
        "manage_note": note if url else "",
        "closing": "" if url else note,
    }
    message.add_alternative(render_to_string("mail/letter.html", parts), subtype="html")
    message["Content-Language"] = language
    return message
