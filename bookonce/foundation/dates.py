"""Dates, times and zones as people write them. Pure: every instant is passed in; words are Babel's.

English without a country is written as in ``docs/design.md``: "Tue 24 November, 14:30–15:00", and the
zone by place and offset, "Berlin, UTC+1", never by an abbreviation alone.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, get_timezone_location

LONGEST_ZONE = 64
"""The most characters of a time zone's name: that of its columns."""

_DAYS = {
    "en": ("EEE d MMMM", "EEE d MMMM y"),
    "en_US": ("EEE, MMMM d", "EEE, MMMM d, y"),
    "de": ("ccc, d. MMMM", "ccc, d. MMMM y"),
}
"""Patterns of a day without and with its year, for languages whose CLDR skeletons read worse."""


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The locale of a language tag such as ``de`` or ``en-US``; English where it is unknown."""
    parts = language.replace("_", "-").split("-")
    for count in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:count]), sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale("en")


def is_zone(name: str) -> bool:
    """Whether this names a time zone of the IANA database that can be used here."""
    # Before it becomes the name of a file and of a package.
    if len(name) > LONGEST_ZONE:
        return False
    try:
        ZoneInfo(name)
    # ZoneInfo opens a file by this name: a missing one, a path or a folder each fail in a way of their own.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    # Files that many systems keep beside the zones; none of them names one.
    return name not in ("localtime", "posixrules", "Factory")


def format_day(at: datetime, zone: str, language: str = "en", *, now: datetime | None = None) -> str:
    """ "Tue 24 November"; with its year where ``now`` is given and lies in another one."""
    locale, local = locale_of(language), at.astimezone(ZoneInfo(zone))
    with_year = now is not None and now.astimezone(ZoneInfo(zone)).year != local.year
    patterns = _DAYS.get(str(locale)) or _DAYS.get(locale.language)
    if patterns:
        return format_datetime(local, patterns[with_year], locale=locale)
    return format_skeleton("yMMMMEEEd" if with_year else "MMMMEEEd", local, locale=locale)


def format_time(at: datetime, zone: str, language: str = "en", *, clock: str = "") -> str:
    """ "14:30", or "2:30 PM" where people say it so; ``clock`` ("12" or "24") is stronger than custom."""
    locale = locale_of(language)
    pattern = clock_pattern(language, clock)
    # AM and PM are the language's: the locales of English write them in several ways, pages and mails in one.
    said = format_datetime(at.astimezone(ZoneInfo(zone)), pattern, locale=locale_of(locale.language))
    # CLDR has a narrow space before AM; with that of ``CLOCKS`` a clock of 12 hours looks alike everywhere.
    return said.replace("\u202f", "\u00a0")


CLOCKS = {"12": "h:mm\u00a0a", "24": "HH:mm"}


def has_12_hours(language: str) -> bool:
    """Whether this language (with its country) is written with a 12 hour clock."""
    return "a" in clock_pattern(language)


def day_period_names(language: str) -> tuple[str, str]:
    """The names of the halves of a day beside a time: "AM" and "PM"."""
    names = locale_of(locale_of(language).language).day_periods["format"]["abbreviated"]
    return str(names["am"]), str(names["pm"])


def clock_pattern(language: str, clock: str = "") -> str:
    """The CLDR pattern of a time: ``HH:mm``, ``h:mm a``."""
    return CLOCKS.get(clock) or _clock_pattern(str(locale_of(language)))


@lru_cache(maxsize=256)
def _clock_pattern(locale: str) -> str:
    # CLDR takes English without a country for American; here it is everybody's whose language is not known.
    return CLOCKS["24"] if locale == "en" else str(Locale.parse(locale).time_formats["short"].pattern)


def format_time_range(
    start: datetime, end: datetime, zone: str, language: str = "en", *, clock: str = ""
) -> str:
    """ "14:30–15:00"; over a change of clocks each with its offset: "02:30 (UTC+2) – 02:00 (UTC+1)"."""
    begins, ends = (format_time(at, zone, language, clock=clock) for at in (start, end))
    shifts = format_utc_offset(zone, start), format_utc_offset(zone, end)
    if shifts[0] != shifts[1]:
        return f"{begins} ({shifts[0]}) – {ends} ({shifts[1]})"
    return f"{begins}–{ends}"


def format_moment(
    at: datetime, zone: str, language: str = "en", *, now: datetime | None = None, clock: str = ""
) -> str:
    """ "Tue 24 November, 14:30"."""
    return f"{format_day(at, zone, language, now=now)}, {format_time(at, zone, language, clock=clock)}"


def zone_name(zone: str, at: datetime, language: str = "en") -> str:
    """The zone by its place and by the offset it has at that instant: "Berlin, UTC+1"."""
    place, shift = place_of(zone, language), format_utc_offset(zone, at)
    # The name alone would mislead: Etc/GMT+5 lies five hours behind UTC, as POSIX counts.
    return shift if place.startswith(("UTC", "GMT")) else f"{place}, {shift}"


_ACCENTS = {
    "Araguaina": "Araguaína",
    "Belem": "Belém",
    "Bogota": "Bogotá",
    "Cuiaba": "Cuiabá",
    "Eirunepe": "Eirunepé",
    "Lome": "Lomé",
    "Maceio": "Maceió",
    "Mahe": "Mahé",
    "Mazatlan": "Mazatlán",
    "Merida": "Mérida",
    "Noumea": "Nouméa",
    "Santarem": "Santarém",
    "Sao Paulo": "São Paulo",
}
"""Cities in their own spelling, whose accents CLDR has in some languages only."""


def place_of(zone: str, language: str = "en") -> str:
    """The city of the zone in that language: "Berlin", "Kyiv", "New York"."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone.removeprefix("Etc/").replace("_", " ")
    city = str(get_timezone_location(zone, locale=locale_of(language), return_city=True))
    return _ACCENTS.get(city, city)


def format_utc_offset(zone: str, at: datetime) -> str:
    """The zone's offset at that instant: "UTC+1", "UTC+5:30", "UTC"."""
    away = at.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = round(away.total_seconds() / 60) if away else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
