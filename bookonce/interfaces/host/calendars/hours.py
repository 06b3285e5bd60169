"""Parsing hours as people type them, on either clock, and formatting them on the reader's.

``static/js/wall_times.js`` reads and writes the same while somebody types; one table holds both to it
(``tests/interfaces/host/calendars/typed_hours.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bookonce.domain.schemas.calendars import MOST_RANGES
from bookonce.foundation import dates
from bookonce.interfaces.pages.language import ReaderLanguage

HALF, NOON = 720, ("a", "p")
"""Half a day in minutes, and the first letters of its halves in English."""
JOINED = "\u2060"
"""Word joiner, which keeps an example on one line; a copied example may contain it."""
OTHERS = ("", "h", "uhr")
"""Suffixes of a time on a 24 hour clock."""

_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d\d))?(\D*)", re.ASCII | re.IGNORECASE)
# En dash, em dash, minus and hyphen: people paste all of them.
_DASH = re.compile(r"[–—−-]")


@dataclass(frozen=True, slots=True)
class _Read:
    """A parsed time: its minutes, and its half of the day, where that is given or possible."""

    at: int
    half: str
    is_open: bool


def _read(text: str, tag: str) -> _Read | None:
    found = _TIME.fullmatch(text.replace(JOINED, "").strip())
    if found is None:
        return None
    hour, minute, tail = int(found[1]), int(found[2] or 0), _folded(found[3])
    half = next((name for name, words in _halves(tag).items() if tail in words), "")
    if not half and tail not in OTHERS:
        return None
    if half and not 1 <= hour <= 12:
        return None
    # A leading zero (“09”) is 24-hour notation, so it means the morning.
    is_open = not tail and 1 <= hour <= 12 and not found[1].startswith("0")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    at = hour * 60 + minute
    return _Read(at, half, is_open) if minute < 60 and at <= 2 * HALF else None


def _folded(text: str) -> str:
    return re.sub(r"[\s.]+", "", text).casefold()


@lru_cache(maxsize=64)
def _halves(tag: str) -> dict[str, tuple[str, ...]]:
    said = dates.day_period_names(tag)
    return {name: (name, f"{name}m", _folded(word)) for name, word in zip(NOON, said, strict=True)}


def _kept(at: int) -> str:
    return f"{at // 60:02}:{at % 60:02}"


def range_of(start: str, end: str, voice: ReaderLanguage) -> list[str] | None:
    """(start, end) in minutes; midnight as the end is 1440. One text may hold both.

    Where one end alone says its half of the day, the other is in the half that makes sense beside it:
    "2–5 pm" is the afternoon, "9–5 pm" and "9 am–5" are the day. Where neither does, and the end would
    come first, it is after noon: "9–5" is the day, too.
    """
    found = _range_of(start, end, voice.tag)
    return [*found] if found else None


# Many rows say the same hours.
@lru_cache(maxsize=1024)
def _range_of(start: str, end: str, tag: str) -> tuple[str, str] | None:
    if not end.strip():
        start, end = [*_DASH.split(start, maxsplit=1), ""][:2]
    first, last = _read(start, tag), _read(end, tag)
    if first is None or last is None:
        return None
    begins, ends = first.at, last.at or 2 * HALF
    if last.half and first.is_open:
        later = begins % HALF + (HALF if last.half == "p" else 0)
        begins = later if later < ends else begins
    elif (first.half or first.is_open) and last.is_open and ends <= begins < ends + HALF <= 2 * HALF:
        ends += HALF
    return _kept(begins), _kept(ends)


def ranges_of(text: str, voice: ReaderLanguage) -> list[list[str]] | None:
    """ "09:00–12:00, 2–4 pm" as ranges; empty: none; None where it cannot be read, or they are too many."""
    ranges = []
    parts = [*filter(None, map(str.strip, re.split(r"[,;\n]", text)))]
    if len(parts) > MOST_RANGES:
        return None
    for part in parts:
        one = range_of(part, "", voice)
        if one is None:
            return None
        ranges.append(one)
    return ranges


def format_wall_time(kept: str, voice: ReaderLanguage) -> str:
    """A stored time such as ``17:00`` on the reader's clock; the end of a day is 24:00 or 12:00 AM."""
    hour, minute = map(int, kept.split(":"))
    said = voice.hour(hour % 24 * 60 + minute)
    is_end = hour == 24 and not voice.has_12_hours
    # voice.hour never says 24, so the hour of midnight is replaced, padded or not.
    return re.sub("0+", "24", said, count=1) if is_end else said


def words_of(pair: list[str], voice: ReaderLanguage) -> str:
    """ "09:00–17:00"."""
    return "–".join(format_wall_time(kept, voice) for kept in pair)


def hour_examples(voice: ReaderLanguage) -> dict[str, str]:
    """Example hours on the reader's clock, as values of places in texts."""
    return {
        "first": format_wall_time("09:00", voice),
        "last": format_wall_time("17:00", voice),
        "morning": _on_one_line(["09:00", "12:00"], voice),
        "afternoon": _on_one_line(["14:00", "16:00"], voice),
    }


def _on_one_line(pair: list[str], voice: ReaderLanguage) -> str:
    return words_of(pair, voice).replace("–", f"–{JOINED}")


def hours_vocabulary(voice: ReaderLanguage) -> dict[str, dict[str, str]]:
    """The context of hours in the form, and of its script, which parses and formats as this module does."""
    am, pm = dates.day_period_names(voice.tag)
    notation = {"pattern": dates.clock_pattern(voice.tag, voice.clock), "am": am, "pm": pm}
    return {"examples": hour_examples(voice), "notation": notation}
