"""The time zones to choose from: by city, by country, and common ones first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from babel.core import get_global

from bookonce.foundation import dates, translation
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.pages import time_zone_names

USUAL = (
    *("America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Africa/Johannesburg", "Europe/Istanbul", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
)
"""Common zones, one of many people for most offsets: shown before anything is searched."""
MOST = 30


@dataclass(frozen=True, slots=True)
class TimeZonePlace:
    """A zone in its reader's language: "Berlin", "Germany", "UTC+1"."""

    zone: str
    city: str
    country: str
    offset: str
    code: str = ""
    """The country's own."""

    @property
    def words(self) -> str:
        """As a list shows it: "Berlin (UTC+1)"."""
        return self.city if self.zone == "UTC" else f"{self.city} ({self.offset})"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which it can be searched, folded, in any language."""
        offset = _folded(self.offset)
        # People search for GMT+1 as well as for UTC+1.
        return (*_names(self.zone, self.code), offset, offset.replace("utc", "gmt"))

    def seen_as(self, words: list[str]) -> TimeZonePlace:
        """The place, with the name that was searched for where that is neither its city nor country."""
        if _meets([_folded(self.city), _folded(self.country)], words):
            return self
        others = time_zone_names.names_of_zones().get(self.zone, ())
        meant = (name for name in others if _meets([_folded(name)], words))
        found = next(meant, "")
        return replace(self, country=", ".join(filter(None, (found, self.country)))) if found else self


def _folded(text: str) -> str:
    """The text for comparison: without capitals, accents, dots and slashes, with a plain minus."""
    # Offsets are shown with a minus sign but typed with a hyphen.
    plain = unicodedata.normalize("NFKD", text.replace("−", "-")).casefold()
    signs = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_BETWEEN.sub(" ", signs.replace(".", "").replace("'", "").replace("’", "")).split())


# A hyphen between letters separates words (Port-au-Prince); before a digit it is a minus.
_BETWEEN = re.compile(r"[_/,()]|(?<=[a-z])-(?=[a-z])")
# Spellings for keyboards without umlauts: Zuerich, Muenchen.
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def _meets(names: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each of these words is the start of a word of the names; all are folded."""
    # Only from the start of a word: “UK” must not find Chuuk.
    text = "".join(f" {name}" for name in names)
    return all(f" {word}" in text for word in words)


@lru_cache(maxsize=1024)
def _names(zone: str, code: str) -> tuple[str, ...]:
    names = [
        zone,
        *time_zone_names.names_of_zones().get(zone, ()),
        *time_zone_names.names_of_countries().get(code, ()),
    ]
    for language in translation.available_languages():
        country = dates.locale_of(language).territories.get(code, "") if code else ""
        names += [dates.place_of(zone, language), str(country)]
    names += [name.translate(_WRITTEN_OUT) for name in names]
    return tuple(dict.fromkeys(filter(None, map(_folded, names))))


Choice = tuple[str, str]
"""(zone, label): ``("Europe/Berlin", "Berlin (UTC+1)")``."""

Regions = tuple[tuple[str, tuple[Choice, ...]], ...]

OFTEN = gettext_noop("Often chosen")
REGIONS = {
    "Africa": gettext_noop("Africa"),
    "America": gettext_noop("America"),
    "Antarctica": gettext_noop("Antarctica"),
    "Arctic": gettext_noop("Arctic"),
    "Asia": gettext_noop("Asia"),
    "Atlantic": gettext_noop("Atlantic"),
    "Australia": gettext_noop("Australia"),
    "Europe": gettext_noop("Europe"),
    "Indian": gettext_noop("Indian Ocean"),
    "Pacific": gettext_noop("Pacific"),
}
"""Labels of regions, by the first part of a zone's name."""


def list_by_region(tag: str, now: datetime) -> Regions:
    """Every place by region, each by its city and its offset of this hour."""
    return _choices(tag, _hour(now))


def list_with_common(tag: str, now: datetime) -> Regions:
    """The places by region, below a first group of zones that many people live in."""
    few = tuple((place.zone, place.words) for place in common_zones(tag, now))
    return ((OFTEN, few), *list_by_region(tag, now))


def zone_list_context(tag: str, now: datetime) -> dict[str, Any]:
    """The context of ``host/zones.html``: the list, and what its script searches."""
    return {
        "regions": list_with_common(tag, now),
        "known_by": search_words_of_zones(tag, now),
        "former": former_names(),
    }


@lru_cache(maxsize=32)
def _choices(tag: str, at: datetime) -> Regions:
    regions: dict[str, list[Choice]] = {}
    for place in _places(tag, at):
        region = place.zone.partition("/")[0]
        regions.setdefault(REGIONS.get(region, region), []).append((place.zone, place.words))
    return tuple((region, tuple(cities)) for region, cities in sorted(regions.items()))


def search_words_of_zones(tag: str, now: datetime) -> dict[str, str]:
    """What each zone is looked for by, folded: a word of what is typed begins one of these words."""
    return _known_by(tag, _hour(now))


@lru_cache(maxsize=32)
def _known_by(tag: str, at: datetime) -> dict[str, str]:
    return {place.zone: " ".join(dict.fromkeys(" ".join(place.names).split())) for place in _places(tag, at)}


def find_zone(tag: str, now: datetime, text: str) -> str:
    """The zone of the one place with this name, or as lists show it; empty where none or several have it."""
    wanted, listed = _folded(text), _places(tag, _hour(now))
    if not wanted:
        return ""
    for place in listed:
        if wanted in map(_folded, (place.zone, place.city, place.words)):
            return place.zone
    named = [place for place in listed if wanted in place.names] or search_zones(tag, now, text)
    # With several matches nothing is guessed: the person chooses from the list.
    return named[0].zone if len(named) == 1 else ""


def search_zones(tag: str, now: datetime, text: str) -> list[TimeZonePlace]:
    """The places that match every word: those of that name first, then those that begin with it.

    Among equals common zones come first.
    """
    words = _folded(text).split()
    begin = " ".join(words)
    ranked = []
    for place in _places(tag, _hour(now)):
        if words and _meets(place.names, words):
            ranked.append(((_rank(place, begin), place.zone not in USUAL), place))
    return [place.seen_as(words) for _, place in sorted(ranked, key=lambda pair: pair[0])[:MOST]]


def _rank(place: TimeZonePlace, begin: str) -> int:
    """The rank of a match: the shown name, another name, the start of a name."""
    if begin in (_folded(place.city), _folded(place.country)):
        return 0
    if begin in place.names:
        return 1
    return 2 if any(name.startswith(begin) for name in place.names) else 3


def common_zones(tag: str, now: datetime, *zones: str) -> list[TimeZonePlace]:
    """These zones first, then the common ones, from west to east."""
    known = {place.zone: place for place in _places(tag, _hour(now))}
    wanted = dict.fromkeys((*zones, *USUAL))
    return [known[zone] for zone in wanted if zone in known]


def current_name(zone: str) -> str:
    """The zone under its present name: some browsers send ``Asia/Calcutta`` for ``Asia/Kolkata``."""
    return _current().get(zone, zone)


def former_names() -> dict[str, str]:
    """Zone → its former names, separated by spaces."""
    names: dict[str, str] = {}
    for old, new in sorted(_current().items()):
        names[new] = f"{names.get(new, '')} {old}".strip()
    return names


@lru_cache(maxsize=1)
def _current() -> dict[str, str]:
    listed = {zone for zone, _ in _inhabited()}
    aliases = get_global("zone_aliases").items()
    return {old: new for old, new in aliases if new in listed and old not in listed}


def _hour(now: datetime) -> datetime:
    # The key of the caches: by the minute they would never hit, and offsets rarely change within an hour.
    return now.replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=32)
def _places(tag: str, at: datetime) -> tuple[TimeZonePlace, ...]:
    countries = dates.locale_of(tag).territories
    places = [
        TimeZonePlace(
            zone,
            dates.place_of(zone, tag),
            str(countries.get(country, "")),
            dates.format_utc_offset(zone, at),
            country,
        )
        for zone, country in _inhabited()
    ]
    return (*sorted(places, key=lambda place: _folded(place.city)), TimeZonePlace("UTC", "UTC", "", "UTC"))


@lru_cache(maxsize=1)
def _inhabited() -> tuple[tuple[str, str], ...]:
    """Every inhabited zone, and the country it lies in."""
    # Not zone1970.tab, which merges zones of several countries; search and labels need each country.
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return tuple((line[2], line[0]) for line in lines)
