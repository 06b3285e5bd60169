"""Recipients as stable keys: the guest of a booking, a host by their membership, a person.

A key is part of a delivery's identity and is stored in rows; it holds no address.
"""

from __future__ import annotations

import uuid

from bookonce.foundation import tokens

GUEST, HOST, PERSON = "guest", "host", "person"
"""The roles, with which keys begin. A booking has one guest, so that key is the role alone."""


def host_key(member: uuid.UUID | str) -> str:
    """The key of a host: by the public id of their membership."""
    return f"{HOST}:{member if isinstance(member, str) else tokens.public_id('mem', member)}"


def person_key(person: uuid.UUID) -> str:
    """The key of a person, for messages about their account."""
    return f"{PERSON}:{tokens.public_id('per', person)}"


def role_of(recipient: str) -> str:
    """The role of a key: ``guest``, ``host`` or ``person``."""
    return recipient.partition(":")[0]


def name_of(recipient: str) -> str:
    """The public id in a key; empty for the guest."""
    return recipient.partition(":")[2]
