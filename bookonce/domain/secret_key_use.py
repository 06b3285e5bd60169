"""What only ``BOOKONCE_SECRET_KEY`` opens: how many rows need which key, and going on without a lost one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bookonce.domain.accounts import authenticator, sessions
from bookonce.domain.accounts.models import Authenticator, Session
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import BLOCKING
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import list_links_in_use
from bookonce.foundation import encryption, tokens
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.key_check.recorded_key import replace_recorded_key

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A sort of rows that need the key with which they were made."""

    name: str
    all: Callable[[], QuerySet[Any]]
    in_use: Callable[[datetime], QuerySet[Any]]
    """Those of them whose loss somebody would notice."""
    columns: tuple[str, ...]
    key_of: Callable[..., int | None]
    """Of a row's ``columns``: 0 for the secret key, 1 and on for its fallbacks, None where all fail."""


# A new sort of row that is encrypted, or whose token is derived anew, gets its line here: else its loss would
# be told to nobody.
KEY_USES = (
    KeyUse(
        "links",
        Link.objects.all,
        list_links_in_use,
        ("nonce", "token_hash"),
        lambda nonce, token_hash: tokens.key_of_token(bytes(nonce), bytes(token_hash), tokens.LINK),
    ),
    KeyUse(
        "bookings",
        Booking.objects.all,
        lambda now: Booking.objects.filter(state__in=BLOCKING, ends_at__gt=now),
        ("manage_nonce", "manage_hash"),
        lambda nonce, token_hash: tokens.key_of_token(bytes(nonce), bytes(token_hash), tokens.MANAGE),
    ),
    KeyUse(
        "second factors",
        Authenticator.objects.all,
        lambda now: Authenticator.objects.filter(confirmed_at__isnull=False),
        ("secret",),
        lambda secret: encryption.key_of_sealed(secret, authenticator.SEALED),
    ),
    KeyUse(
        "sessions",
        Session.objects.all,
        lambda now: Session.objects.filter(person__isnull=False, expires_at__gt=now),
        ("data",),
        sessions.key_of_data,
    ),
)


def count_by_key(use: KeyUse, *, now: datetime) -> Counter[int | None]:
    """Key (0, 1 … or None, as ``KeyUse.key_of`` says) → how many rows in use need it."""
    rows = use.in_use(now).values_list(*use.columns)
    return Counter(use.key_of(*row) for row in rows.iterator(CHUNK))


def is_key_of_what_is_there() -> bool:
    """Whether the keys of this process open the newest row of some sort, or there is none to open.

    For a database that has recorded no key yet. One that opens is enough: an installation that has lived on
    with a new key has made rows under it since.
    """
    newest = ((use, use.all().order_by("-created_at").values_list(*use.columns).first()) for use in KEY_USES)
    opened = [use.key_of(*row) is not None for use, row in newest if row is not None]
    return any(opened) or not opened


def accept_new_key(*, now: datetime) -> None:
    """Record the secret key in place of the lost one, and delete what nothing opens any more.

    A second factor stays: without it a password alone would let somebody in.
    """
    with transaction():
        replace_recorded_key(now=now)
        sessions.delete_unreadable_sessions()
        authenticator.delete_unreadable_setups()
