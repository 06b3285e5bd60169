"""Secrets that must be read again: stored encrypted, under a key outside the database (promise 21).

What is only ever compared is not kept here but as a hash (``tokens``); where it is short enough to be
guessed, as a hash under a key of the same kind (``lookup_hashes``).
"""

from __future__ import annotations

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Undecryptable(Exception):
    """Encrypted under another ``BOOKONCE_SECRET_KEY``, which is not among the fallbacks."""


def encrypt(text: str, purpose: str) -> str:
    """The text, encrypted for this purpose: under another purpose it does not decrypt."""
    return _chest(purpose).encrypt(text.encode()).decode()


def decrypt(sealed: str, purpose: str) -> str:
    """The text that was encrypted; ``Undecryptable`` where its key is gone."""
    try:
        return _chest(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Undecryptable from None


def key_of_sealed(sealed: str, purpose: str) -> int | None:
    """Which key decrypts this: 0 for the secret key, 1 and on for its fallbacks; None: none does."""
    for number, key in enumerate(_keys(purpose)):
        try:
            Fernet(base64.urlsafe_b64encode(key)).decrypt(sealed.encode())
        except InvalidToken:
            continue
        return number
    return None


def lookup_hashes(text: str, purpose: str) -> list[bytes]:
    """What a row may hold of this text: its hash under the current key first, then under older ones."""
    return [hmac.digest(key, text.encode(), "sha256") for key in _keys(purpose)]


def _chest(purpose: str) -> MultiFernet:
    # MultiFernet encrypts with the first key and tries all of them to decrypt: that of the secret, fallbacks.
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in _keys(purpose)])


def _keys(purpose: str) -> list[bytes]:
    # A key for each purpose, so that what is encrypted for one cannot be passed off as another's.
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [
        hmac.digest(secret.encode(), b"bookonce vault for " + purpose.encode(), "sha256")
        for secret in secrets
    ]
