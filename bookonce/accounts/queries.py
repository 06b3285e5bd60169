"""Reading people."""

from __future__ import annotations

from bookonce import tokens
from bookonce.accounts.models import Person


def awaits_password(secret: str) -> Person | None:
    """Whoever sets their first password with this secret; None once it is set."""
    return Person.objects.filter(setup_hash=tokens.hash_of(secret)).first()
