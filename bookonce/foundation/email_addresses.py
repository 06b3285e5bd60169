"""Which e-mail addresses are taken: those that every mail server can send to."""

from __future__ import annotations

import re
import unicodedata

# A path in SMTP has 256 octets (RFC 5321, section 4.5.3.1.3), and two of them are < and >.
LONGEST = 254
# At most 64 before the @ (RFC 5321, section 4.5.3.1.1); quoted forms are valid there and refused by many.
_LOCAL = re.compile(r"(?!.{65})[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?!.{254})([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?!\d+\Z)[A-Za-z0-9-]{2,63}")

NONE = "This is no e-mail address. Enter one like ana@example.org."
MASKED = "Enter the whole address, like ana@example.org; this one is shortened with •."
LOCAL = "Before the @ an address needs plain letters (a to z), digits or signs, like ana@example.org."
DOTS = "Before the @ a dot stands between two other signs, like in ana.b@example.org."
DOMAIN = "What stands after the @ is no domain. Enter an address like ana@example.org."
LONG = "Shorten the address to 254 characters."


class NotMailable(ValueError):
    """No mail can be sent to this address. The text is a sentence that says what to do."""


def is_email(text: str) -> bool:
    """Whether mail can be sent to this address."""
    return email_problem(text) is None


def email_problem(text: str) -> str | None:
    """Why no mail can be sent to this address, as a sentence that says what to do; None: it can."""
    try:
        in_ascii(text)
    except NotMailable as why:
        return str(why)
    return None


def in_ascii(address: str) -> str:
    """The address as mail servers take it (``g@münchen.example`` → ``g@xn--…``), or ``NotMailable``.

    Characters beyond ASCII before the @ are refused: they would need SMTPUTF8 on every server up to the
    mailbox.
    """
    # Before any pattern sees it.
    if len(address) > LONGEST:
        raise NotMailable(LONG)
    if "•" in address:
        raise NotMailable(MASKED)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or _UNFIT.search(address) or "@" in local:
        raise NotMailable(NONE)
    if not _LOCAL.fullmatch(local):
        raise NotMailable(DOTS if local.isascii() and "." in local else LOCAL)
    # Mail programs read =? as the beginning of an encoded word (RFC 2047).
    if "=?" in local:
        raise NotMailable(LOCAL)
    mailable = f"{local}@{domain_in_ascii(domain)}"
    # Once more: a domain is longer in ASCII.
    if len(mailable) > LONGEST:
        raise NotMailable(LONG)
    return mailable


_UNFIT = re.compile(r"[\s<>()\[\]\\,;:\"\x00-\x1f\x7f]")


def domain_in_ascii(domain: str) -> str:
    """The domain in ASCII, or ``NotMailable``.

    Four letters (ß among them) are encoded differently by IDNA 2003 and 2008, so that the mail could reach
    somebody else: such a domain must be given as xn--. So must one with invisible characters.
    """
    if not domain.isascii():
        if any(sign in "ßẞς" or unicodedata.category(sign)[0] in "CZ" for sign in domain):
            raise NotMailable(DOMAIN)
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise NotMailable(DOMAIN) from None
    if not _DOMAIN.fullmatch(domain) or domain.endswith("-") or domain.rpartition(".")[2].startswith("-"):
        raise NotMailable(DOMAIN)
    return domain
