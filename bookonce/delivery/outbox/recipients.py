"""Who a delivery is for, as a key that stays: the guest of a booking, a host by their seat, a person.

It is part of a delivery's identity, and kept in rows; it names nobody by address.
"""

from __future__ import annotations

import uuid

from bookonce.foundation import tokens

GUEST, HOST, PERSON = "guest", "host", "person"
"""The roles, in which keys begin. Only of a guest there is one, so that the role says who."""


def host_key(member: uuid.UUID | str) -> str:
    """A host by the (public) id of their seat in the workspace."""
    return f"{HOST}:{member if isinstance(member, str) else tokens.public_id('mem', member)}"


def person_key(person: uuid.UUID) -> str:
    """Somebody whose account a message is about."""
    return f"{PERSON}:{tokens.public_id('per', person)}"


def role_of(recipient: str) -> str:
    """``guest``, ``host`` or ``person``."""
    return recipient.partition(":")[0]


def name_of(recipient: str) -> str:
    """Which of those in the role: a public id; empty where the role says who."""
    return recipient.partition(":")[2]
