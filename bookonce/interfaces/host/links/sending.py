"""Sending an address by SMS, e-mail or QR code; and whether others can open it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.http import HttpResponse

from bookonce.domain.links.models import Link
from bookonce.foundation.errors import NotFound
from bookonce.foundation.phones import dial_address
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.qr_codes import KINDS, qr_code_file

COMPUTER, NETWORK = "computer", "network"
"""The reach of an address that is not public."""


@dataclass(frozen=True, slots=True)
class Message:
    """An address with a text to send it. The subject never contains the address."""

    url: str
    subject: str
    text: str
    email: str = ""
    phone: str = ""

    @property
    def mailto(self) -> str:
        return f"mailto:{_part(self.email, '@')}?subject={_part(self.subject)}&body={_part(self.body)}"

    @property
    def sms(self) -> str:
        number = dial_address(self.phone).removeprefix("tel:")
        # "?&" works on iPhones and on Android.
        return f"sms:{_part(number, '+')}?&body={_part(self.body)}"

    @property
    def body(self) -> str:
        return f"{self.text}\n{self.url}"


def _part(text: str, safe: str = "") -> str:
    # Line breaks in a body are CR LF (RFC 6068, section 5).
    return quote(text.replace("\n", "\r\n"), safe=safe)


def of_link(link: Link, url: str, voice: ReaderLanguage) -> Message:
    """The message of a one-time link to its recipient."""
    name, calendar = link.recipient_name, link.calendar.name
    subject = voice.say("Choose a time: {calendar}", calendar=calendar)
    text = (
        voice.say(
            "Hello {name}, please choose a time for “{calendar}” with this link. It works once.",
            name=name,
            calendar=calendar,
        )
        if name
        else voice.say(
            "Hello, please choose a time for “{calendar}” with this link. It works once.", calendar=calendar
        )
    )
    return Message(url, subject, text, email=link.recipient_email, phone=link.recipient_phone)


def base_url_visibility(base_url: str) -> str:
    """Who can open our addresses: "" anybody, as far as we know; else ``COMPUTER`` or ``NETWORK``."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return COMPUTER
        # Names without a dot and these endings exist only in a local network.
        return NETWORK if host.endswith((".local", ".lan", ".internal")) or "." not in host else ""
    if address.is_loopback or address.is_unspecified:
        return COMPUTER
    return NETWORK if address.is_private or address.is_link_local else ""


def qr_code_response(url: str, kind: str, *, name: str, keep: bool) -> HttpResponse:
    """The address as a QR code, black on white with its quiet zone; ``keep``: as a file of this name."""
    if kind not in KINDS:
        raise NotFound
    answer = HttpResponse(
        qr_code_file(url, kind), content_type=KINDS[kind], headers={"Cache-Control": "no-store"}
    )
    if keep:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
