"""A person's step: a form that says when it was shown, and is not taken back at once (rule 13 of a link)."""

from __future__ import annotations

from math import ceil

from django.core import signing

from bookonce.foundation import clock
from bookonce.interfaces.pages.errors import PageStale, TooQuick

SECONDS_TO_THINK = 2.0
ROUNDED = 0.01
"""Seals are rounded to this, perhaps upwards."""
SECONDS_GOOD = 24 * 60 * 60
SALT = "bookonce.interfaces.pages.human_delay"


def form_token_of(thing: str) -> str:
    """What a form about this thing carries, which is shown now."""
    return signing.dumps([thing, round(clock.now_precise(), 2)], salt=SALT)


def milliseconds_to_wait(born: float) -> int:
    """How many milliseconds a page first shown at ``born`` has to wait yet with a press; a script does."""
    left = SECONDS_TO_THINK + ROUNDED - (clock.now_precise() - born)
    return max(0, ceil(left * 1000))


def require_human_delay(text: str, *, thing: str) -> None:
    """Raise ``PageStale`` where we did not say this of this thing today, ``TooQuick`` within two seconds."""
    try:
        bound, born = signing.loads(text[:1000], salt=SALT)
    except (signing.BadSignature, ValueError):
        raise PageStale from None
    age = clock.now_precise() - born
    if bound != thing or not 0 <= age + 1 < SECONDS_GOOD:
        raise PageStale
    if age < SECONDS_TO_THINK:
        raise TooQuick
