"""Tokens, which give access, and public ids, which give none.

A *token* is derived from a random nonce under a key that is kept outside the database
(``BOOKONCE_SECRET_KEY``): it can be derived again for Copy and for mails, but not from a stolen database
(promise 21). A row keeps the nonce and the SHA-256 of the token; look-up is by that hash,
so links that were sent still work after a change of key.

A *public id* (``lnk_…``) is an opaque name of a row, random and ordered by time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import uuid
from functools import lru_cache

from django.conf import settings

from bookonce.foundation import clock

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = 23
"""Base62 digits of a token: 62^23 is more than 2^136."""
NONCE_BYTES = 16

LINK = "link"
MANAGE = "manage"


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"bookonce key for " + purpose.encode(), "sha256")


# Two digits at a time: half the divisions, which is what minting many links spends its time on.
_PAIRS = [high + low for high in ALPHABET for low in ALPHABET]


def _base62(number: int, length: int) -> str:
    pairs = []
    for _ in range((length + 1) // 2):
        number, pair = divmod(number, 3844)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))[-length:]


def new_nonce() -> bytes:
    """Sixteen random bytes, from which a token is derived."""
    return secrets.token_bytes(NONCE_BYTES)


def token_of(nonce: bytes, purpose: str, *, secret: str | None = None) -> str:
    """The token of this nonce for this purpose, under the current key (or the one given)."""
    digest = hmac.digest(_key(purpose, secret or settings.SECRET_KEY), nonce, "sha256")
    return _base62(int.from_bytes(digest, "big"), LENGTH)


def token_again(nonce: bytes, token_hash: bytes, purpose: str) -> str | None:
    """The token with this hash, derived from its nonce again; None where its key is gone."""
    # After a change of key the hash says which of the keys the token was made with.
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = token_of(nonce, purpose, secret=secret)
        if hmac.compare_digest(hash_of(token), bytes(token_hash)):
            return token
    return None


def key_of_token(nonce: bytes, token_hash: bytes, purpose: str) -> int | None:
    """Which key derives this token: 0 for the secret key, 1 and on for its fallbacks; None: none does."""
    for number, secret in enumerate((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        if hash_of(token_of(nonce, purpose, secret=secret)) == token_hash:
            return number
    return None


def hash_of(secret: str) -> bytes:
    """SHA-256 of a secret, as it is stored and looked up (32 bytes)."""
    return hashlib.sha256(secret.encode()).digest()


def looks_like_token(text: str) -> bool:
    """Whether this has the form of a token; saves a query."""
    return len(text) == LENGTH and text.isascii() and text.isalnum()


def new_secret() -> str:
    """A random secret that is stored as a hash alone (API keys, browser keys)."""
    return _base62(int.from_bytes(secrets.token_bytes(32), "big"), 43)


_last = 0
_last_lock = threading.Lock()


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562, sections 5.7 and 6.2, method 3): 60 bits of time, then 62 random bits.

    Within a process each is greater than the one before, so that sorting by id is sorting by time.
    """
    global _last
    # The twelve bits below the milliseconds hold their fraction. Ids of one moment go on from the last stamp.
    # By our clock: a step that is taken back must not put every later id behind those of other processes.
    moment = int(clock.now_precise() * 1000 * 4096)
    with _last_lock:
        _last = stamp = max(_last + 1, moment)
    head = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64
    return uuid.UUID(int=head | 0b10 << 62 | secrets.randbits(62))


def public_id(prefix: str, key: uuid.UUID) -> str:
    """The public id of a row: ``lnk_`` and 22 base62 digits."""
    return f"{prefix}_{_base62(key.int, 22)}"


def parse_public_id(prefix: str, name: str) -> uuid.UUID | None:
    """The row's key from its public id; None where this is none."""
    head, _, digits = name.partition("_")
    if head != prefix or len(digits) != 22 or not (digits.isascii() and digits.isalnum()):
        return None
    number = 0
    for digit in digits:
        number = number * 62 + ALPHABET.index(digit)
    # 22 base62 digits reach beyond 128 bits.
    return uuid.UUID(int=number) if number < 1 << 128 else None
