"""A composed mail as a MIME message: headers, plain text, HTML and the invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from bookonce.delivery.mail.composed import Action, ComposedMail
from bookonce.delivery.outbox import email


def build_message(mail: ComposedMail, *, to: str, now: datetime) -> EmailMessage:
    """The message: text, HTML and invitation as alternatives, and the invitation as an attachment.

    The invitation stands last among the alternatives, where Gmail and Outlook look for it, and once
    more as an attachment for all others. Raises ``Unaddressed`` where ``to`` is no address.
    """
    message = EmailMessage(policy=email.POLICY)
    _address(message, mail, to)
    message["Message-ID"] = _id(mail.key)
    message["Date"] = format_datetime(now)
    # Keep vacation notices and other automatic answers away (RFC 3834); Exchange has a header of its own.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    file = mail.invitation.build() if mail.invitation else b""
    message.set_content(plain_text(mail))
    message.add_alternative(_html(mail), subtype="html")
    if mail.invitation is not None:
        method = {"method": mail.invitation.method}
        message.add_alternative(file.decode(), subtype="calendar", params=method, cte="base64")
        message.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")
    # Last: whatever adds a part moves the Content headers that are there into the first part.
    message["Content-Language"] = mail.language
    return message


def _address(message: EmailMessage, mail: ComposedMail, to: str) -> None:
    """Set From, To, Subject and the headers that identify and thread the message."""
    message["From"] = email.sender_mailbox(mail.sender)
    message["To"] = email.named_mailbox(mail.to_name, to)
    if mail.reply_to is not None:
        message["Reply-To"] = email.named_mailbox(*mail.reply_to)
    message["Subject"] = mail.subject
    if mail.conversation:
        # To a message that was never sent: its mails belong together in whatever order they arrive.
        message["References"] = _id(mail.conversation)
        if not mail.opens_conversation:
            message["In-Reply-To"] = _id(mail.conversation)


def _id(key: str) -> str:
    return f"<{key}@{urlsplit(settings.BASE_URL).hostname}>"


def plain_text(mail: ComposedMail) -> str:
    """The plain text part: paragraphs with an empty line between them."""
    said = {
        "facts": "\n".join(_fact(label, value) for label, value in mail.facts),
        "closing": mail.closing,
    } | dict(_action(mail.action))
    parts = [mail.greeting, f"{mail.heading}.", *(said.get(name, "") for name in mail.order)]
    # Two hyphens and a space: mail programs know the signature by it (RFC 3676, section 4.3).
    return "\n\n".join([*filter(None, parts), f"-- \n{mail.sender}\n"])


def _action(action: Action | None) -> Iterator[tuple[str, str]]:
    if action is not None:
        link = f"{action.label}: {action.url}"
        yield from (("link", link), ("note", action.note), ("action", f"{link}\n{action.note}"))


def _fact(label: str, value: str) -> str:
    return f"{label}{'' if label.endswith(('?', ':')) else ':'} {value}"


def _html(mail: ComposedMail) -> str:
    shared = ("language", "sender", "greeting", "heading", "facts", "open_fact", "action", "closing")
    parts = {name: getattr(mail, name) for name in shared}
    return render_to_string("mail/message.html", parts | {"title": mail.title or mail.subject})
