"""Finding or creating contacts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from bookonce.domain.contacts.models import Contact
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import requires_transaction


def contact_key(*, email: str, phone: str) -> str | None:
    """The key of a contact: by e-mail address, else by phone number; None where neither is given."""
    if email:
        return f"e:{email.strip().lower()}"
    digits = "".join(digit for digit in phone if digit.isdigit())
    return f"p:{digits}" if digits else None


@requires_transaction
def find_or_create_contact(
    workspace_id: uuid.UUID, *, name: str, email: str, phone: str, now: datetime
) -> uuid.UUID | None:
    """The id of the contact with this address or number, created where there is none; None without either.

    Called before hosts are locked (docs/decisions/0007); a known contact is not locked.
    """
    key = contact_key(email=email, phone=phone)
    if key is None:
        return None
    contact = Contact(workspace_id=workspace_id, name=name, email=email, phone=phone, key=key, created_at=now)
    # Insert first, look up after a conflict: the other way round two concurrent guests could both find none.
    [made] = guarded_rows.insert_unless_conflict(contact)
    if made:
        return contact.pk
    [(known,)] = guarded_rows.fetch_models(_ONE, [guarded_rows.sql_uuid(workspace_id), key], Contact)
    return uuid.UUID(str(known.pk))


_ONE = f"""
SELECT {guarded_rows.select_columns(Contact, "contact")} FROM bookonce_contact AS contact
WHERE workspace_id = %s AND key = %s
"""


Person = tuple[str, str, str]
"""(name, e-mail address, phone number), each may be empty."""


@requires_transaction
def find_or_create_contacts(
    workspace_id: uuid.UUID, people: Iterable[Person], *, now: datetime
) -> dict[Person, uuid.UUID]:
    """The key of each person's contact, made where there is none; who gives no address is left out.

    New ones are created in the order of their keys, so that two batches cannot deadlock.
    """
    keys = {person: key for person in people if (key := contact_key(email=person[1], phone=person[2]))}
    wanted = sorted(set(keys.values()))
    known = _known(workspace_id, wanted)
    first = {key: person for person, key in sorted(keys.items(), reverse=True) if key not in known}
    Contact.objects.bulk_create(
        [
            Contact(workspace_id=workspace_id, name=name, email=email, phone=phone, key=key, created_at=now)
            for key, (name, email, phone) in sorted(first.items())
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    # Read back, because those that somebody else has made meanwhile have other ids.
    known |= _known(workspace_id, sorted(first))
    return {person: known[key] for person, key in keys.items()}


def _known(workspace_id: uuid.UUID, keys: list[str]) -> dict[str, uuid.UUID]:
    found: dict[str, uuid.UUID] = {}
    # In pieces: a statement takes a limited number of parameters on either database.
    for start in range(0, len(keys), 500):
        some = Contact.objects.filter(workspace_id=workspace_id, key__in=keys[start : start + 500])
        found |= dict(some.values_list("key", "pk"))
    return found
