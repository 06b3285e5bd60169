"""Finding a person again, or making them known."""

from __future__ import annotations

import uuid
from datetime import datetime

from bookonce import rows
from bookonce.contacts.models import Contact
from bookonce.doors import step


def key_of(*, email: str, phone: str) -> str | None:
    """What a person is known by: the e-mail address, else the phone number; None where neither is given."""
    if email:
        return f"e:{email.strip().lower()}"
    digits = "".join(digit for digit in phone if digit.isdigit())
    return f"p:{digits}" if digits else None


@step
def find_or_make(
    workspace_id: uuid.UUID, *, name: str, email: str, phone: str, now: datetime
) -> uuid.UUID | None:
    """The key of the one contact with this address, made where there is none; None without any address.

    Called before hosts are locked (the order of locks, house rules), and locks nobody who is known.
    """
    key = key_of(email=email, phone=phone)
    if key is None:
        return None
    known = Contact.objects.filter(workspace_id=workspace_id, key=key).values_list("pk", flat=True)
    found = known.first()
    if found is not None:
        return found
    contact = Contact(workspace_id=workspace_id, name=name, email=email, phone=phone, key=key, created_at=now)
    [made] = rows.insert(contact)
    return contact.pk if made else known.get()
