"""Reading contacts."""

from __future__ import annotations

import uuid

from bookonce.domain.contacts.models import Contact
from bookonce.foundation import tokens
from bookonce.foundation.errors import NotFound


class ContactUnknown(NotFound):
    """No such contact in this workspace."""

    title = "There is no such contact"


def find_contact(name: str, *, workspace_id: uuid.UUID) -> Contact:
    """The contact by its public id, in this workspace alone; else ``ContactUnknown``."""
    key = tokens.parse_public_id("ctc", name)
    contact = Contact.objects.filter(workspace_id=workspace_id, pk=key).first() if key else None
    if contact is None:
        raise ContactUnknown
    return contact
