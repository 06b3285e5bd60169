"""Sends a message by SMTP or, where no server is set, keeps it as a file."""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from bookonce.delivery.outbox.errors import NotDelivered, ServerUnusable, Unaddressed, Undeliverable
from bookonce.foundation import email_addresses
from bookonce.foundation.database.transactions import assert_no_transaction

TIMEOUT = 20.0
"""Seconds the server has for each answer."""
DEADLINE = 60.0
"""Seconds for one mail in all; then the connection is cut, well before the worker's lease ends."""
LINE = 78
"""The recommended longest line of a header (RFC 5322, section 2.1.1)."""
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class _MailPolicy(EmailPolicy):
    """Headers and bodies in seven bits, text that stays text, and a subject that arrives as it was written.

    The standard policy reads ``=?utf-8?q?…?=`` in a name as the text that it stands for, line breaks and
    all, and so lets a name write headers. In subjects it puts a second space where words in ASCII stand
    before others, and an empty first line before a long one. It takes the quotes from a name that it breaks
    into lines, and so lets a long one name other addresses. Where it breaks a name in other signs than
    ASCII, the space between two words is lost (RFC 2047 section 6.2), or no space stands between two
    encoded ones; which of them depends on the release of Python.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        # What people typed must arrive as text: a space keeps it from being read as an encoded word.
        return super().header_store_parse(name, str(value).replace("=?", "= ?"))

    def fold_binary(self, name: str, value: Any) -> bytes:
        text, width = str(value), self.max_line_length or LINE
        if name.lower() != "subject" and not hasattr(value, "addresses"):
            return super().fold_binary(name, value)
        if text.isascii():
            lines = _lines(f"{name}: ", text, width)
        elif name.lower() == "subject":
            lines = _coded(f"{name}: ", text)
        else:
            lines = _lines_of_people(f"{name}: ", value.addresses, width)
        return "".join(f"{line}{self.linesep}" for line in lines).encode()


def _lines(begun: str, text: str, width: int) -> list[str]:
    """The text folded before words only, and never before the first."""
    lines, line = [], begun
    for number, word in enumerate(text.split(" ")):
        more = f"{' ' if number else ''}{word}"
        if word and line.strip() and line != begun and len(line) + len(more) > width:
            lines.append(line)
            line = more
        else:
            line += more
    return [*lines, line]


def _coded(begun: str, text: str) -> list[str]:
    """The text as encoded words (RFC 2047), which readers join without a space between them."""
    return f"{begun}{Header(text, 'utf-8', header_name=begun.rstrip(': ')).encode()}".split("\n")


def _lines_of_people(begun: str, people: Sequence[Address], width: int) -> list[str]:
    """Mailboxes with their names; an address that does not fit behind its name begins the next line."""
    lines: list[str] = []
    for number, one in enumerate(people, start=1):
        start, end = begun if number == 1 else " ", "," if number < len(people) else ""
        if one.display_name.isascii():
            lines.append(f"{start}{one}{end}")
            continue
        *full, line = _coded(start, one.display_name)
        address = f" <{one.addr_spec}>{end}"
        if len(line + address) > width:
            full, line = [*full, line], ""
        lines += [*full, line + address]
    return lines


POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit")
"""The policy of every mail that is sent from here."""


@dataclass(frozen=True, slots=True)
class Server:
    """The SMTP server that ``BOOKONCE_EMAIL_URL`` names."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def at(cls, url: str) -> Server:
        parts = urlsplit(url)
        return cls(
            parts.scheme,
            parts.hostname or "localhost",
            parts.port or PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


def sender_mailbox(name: str) -> Address:
    """The mailbox that every mail comes from, under this display name unless the operator gave one.

    Without ``BOOKONCE_EMAIL_FROM``: ``bookonce@`` and the host of the base address.
    """
    given, mailbox = parseaddr(settings.EMAIL_FROM)
    return Address(display_name=given or name, addr_spec=mailbox or f"bookonce@{_own_host()}")


def _own_host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def require_mailable(address: str) -> str:
    """The address as mail servers take it, or ``Unaddressed``: no later attempt could go better."""
    try:
        return email_addresses.in_ascii(address)
    except email_addresses.NotMailable:
        raise Unaddressed("the address is none that a mail can be sent to") from None


def named_mailbox(name: str, address: str) -> Address:
    """A mailbox as a header takes it, or ``Unaddressed``."""
    return Address(display_name=name, addr_spec=require_mailable(address))


def send_mail(message: EmailMessage, *, to: str, key: str) -> None:
    """Send this message, or raise ``NotDelivered``; ``Undeliverable`` where it is refused for good.

    ``key`` makes a retry the same mail: one file here, one Message-ID there.
    """
    assert_no_transaction()
    if settings.EMAIL_URL:
        _by_smtp(Server.at(settings.EMAIL_URL), message, to)
    else:
        _as_file(message, key)


def is_kept(key: str) -> bool:
    """Whether this mail was kept as a file, and so was never sent."""
    return _path(key).is_file()


def kept_mail(key: str) -> EmailMessage | None:
    """The message that was kept under this key, byte for byte as built; None where there is none."""
    try:
        found = BytesParser(EmailMessage, policy=POLICY).parsebytes(_path(key).read_bytes())
    except FileNotFoundError:
        return None
    return found if isinstance(found, EmailMessage) else None


def header_addresses(message: EmailMessage, header: str) -> str:
    """The mailboxes of a header, as text; empty where it has no such header.

    The standard reading of a mail from its file sets a space into a name wherever the file breaks it
    into two encoded words, which RFC 2047 section 6.2 reads as one.
    """
    raw = next((str(value) for name, value in message.raw_items() if name == header), "")
    named = getaddresses([raw.replace("\r", "").replace("\n", "")])
    return ", ".join(_named(str(make_header(decode_header(name))), address) for name, address in named)


def _named(name: str, address: str) -> str:
    if not name:
        return address
    return f'"{name}" <{address}>' if set('<>@,;:"') & set(name) else f"{name} <{address}>"


def _path(key: str) -> Path:
    return Path(settings.DATA) / "outbox" / f"{key}.eml"


def _as_file(message: EmailMessage, key: str) -> None:
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written beside and renamed, so that nobody reads half a mail; synced, since it counts as delivered next.
    part = path.parent / f".{key}.{os.getpid()}.{threading.get_ident()}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes(policy=POLICY))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _by_smtp(server: Server, message: EmailMessage, to: str) -> None:
    try:
        with _line(server) as smtp:
            _greet(smtp, server)
            smtp.send_message(message, from_addr=sender_mailbox("").addr_spec, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal("the recipient was refused", *next(iter(refused.recipients.values()))) from None
    except smtplib.SMTPDataError as refused:
        raise _refusal("the mail was refused", refused.smtp_code, refused.smtp_error) from None
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable("the server takes no addresses outside ASCII") from None
    except smtplib.SMTPResponseException as refused:
        said = _refusal(
            f"the server refused ({type(refused).__name__})", refused.smtp_code, refused.smtp_error
        )
        # Not for good even with a 5xx: greeting, sign-in or sender was refused, and not this mail.
        raise ServerUnusable(said.reason) from None
    except (OSError, smtplib.SMTPException, EOFError) as fault:
        raise ServerUnusable(f"the mail server could not be used ({type(fault).__name__})") from None


def _refusal(what: str, code: int, said: bytes | str) -> NotDelivered:
    """The refusal with the server's status codes alone: its text often repeats the address."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    exact = re.match(r"\s*(\d\.\d{1,3}\.\d{1,3})\b", text)
    reason = f"{what}: {code}" + (f" {exact[1]}" if exact else "")
    return Undeliverable(reason) if code >= 500 else NotDelivered(reason)


@contextmanager
def _line(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection to the server that is cut at the deadline, and closed in any case."""
    smtp = _unconnected(server)
    # A socket's timeout begins anew with every byte: a server that sends slowly could hold a lane for ever.
    cut = threading.Timer(DEADLINE, _cut, [smtp])
    cut.daemon = True
    cut.start()
    try:
        code, said = smtp.connect(server.host, server.port)
        # The cut may have come before there was a socket to shut.
        if cut.finished.is_set():
            raise TimeoutError
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        yield smtp
        # The server has accepted the mail; an error in answer to QUIT changes nothing.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None:
                smtp.sock.settimeout(2)
            smtp.quit()
    finally:
        cut.cancel()
        smtp.close()


def _unconnected(server: Server) -> smtplib.SMTP:
    """An unconnected SMTP object: a constructor with a host would connect where no deadline holds."""
    smtp: smtplib.SMTP
    # With a name of its own for EHLO: without one smtplib asks a resolver for it, which may take long.
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(timeout=TIMEOUT, local_hostname=_own_host(), context=context)
    else:
        smtp = smtplib.SMTP(timeout=TIMEOUT, local_hostname=_own_host())
    smtp._host = server.host  # type: ignore[attr-defined]  # the name that the certificate must prove
    return smtp


def _cut(smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:
        with contextlib.suppress(OSError):
            smtp.sock.shutdown(socket.SHUT_RDWR)


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    """STARTTLS and AUTH. ``smtp://`` uses TLS where the server offers it, ``smtp+tls://`` requires it.

    A server that gets a password must show a valid certificate; without a password, unverified TLS is better
    than none.
    """
    smtp.ehlo_or_helo_if_needed()
    insists = server.scheme == "smtp+tls"
    if insists and not smtp.has_extn("starttls"):
        raise ServerUnusable("the server offers no STARTTLS, and smtp+tls:// insists on it")
    if server.scheme != "smtps" and smtp.has_extn("starttls"):
        context = ssl.create_default_context()
        if not insists and not server.user:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        smtp.starttls(context=context)
        # What a server offered before TLS is worth nothing (RFC 3207, section 4.2).
        smtp.ehlo()
    if server.user:
        if not smtp.has_extn("auth"):
            raise ServerUnusable("the server takes no sign-in, but BOOKONCE_EMAIL_URL has a user")
        smtp.login(server.user, server.password)
