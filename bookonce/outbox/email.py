"""Who mails are from."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings


def sender(name: str) -> Address:
    """The mailbox that every mail comes from, under this display name unless the operator gave one.

    Without ``BOOKONCE_EMAIL_FROM``: ``bookonce@`` and the host of the base address.
    """
    given, mailbox = parseaddr(settings.EMAIL_FROM)
    mailbox = mailbox or f"bookonce@{urlsplit(settings.BASE_URL).hostname}"
    return Address(display_name=given or name, addr_spec=mailbox)
