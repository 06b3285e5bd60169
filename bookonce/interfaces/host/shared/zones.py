"""Parsing the choice from a list of time zones."""

from __future__ import annotations

from bookonce.domain.bookings.guest_details import is_zone
from bookonce.interfaces.pages import time_zones
from bookonce.interfaces.pages.language import ReaderLanguage

FROM_LIST = "Choose a time zone from the list."


def zone_of(text: str, voice: ReaderLanguage) -> str:
    """The zone by its own name, or by the name of a place."""
    typed = text.strip()
    # A valid zone is kept though no list has it: a calendar may have been made with it.
    return typed if is_zone(typed) else time_zones.find_zone(voice.tag, voice.now, typed) or typed
