"""A time zone is found by what people call where they are, in any of our languages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from bookonce.interfaces.pages import time_zone_names, time_zones

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("tag", ["en", "de-AT"])
@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("USA", "America/Chicago"),
        ("UK", "Europe/London"),
        ("England", "Europe/London"),
        ("Munich", "Europe/Berlin"),
        ("München", "Europe/Berlin"),
        ("Muenchen", "Europe/Berlin"),
        ("Hamburg", "Europe/Berlin"),
        ("san francisco", "America/Los_Angeles"),
        ("Mumbai", "Asia/Kolkata"),
        ("New Delhi", "Asia/Kolkata"),
        ("Delhi", "Asia/Kolkata"),
        ("Bangalore", "Asia/Kolkata"),
        ("Beijing", "Asia/Shanghai"),
        ("Washington", "America/New_York"),
        ("Kiev", "Europe/Kyiv"),
        ("Türkei", "Europe/Istanbul"),
        ("Turkey", "Europe/Istanbul"),
        ("Schweiz", "Europe/Zurich"),
        ("Switzerland", "Europe/Zurich"),
        ("Genf", "Europe/Zurich"),
        ("st. louis", "America/Chicago"),
        ("CET", "Europe/Berlin"),
        ("GMT", "Europe/London"),
        ("UTC", "UTC"),
        ("gmt+5:30", "Asia/Kolkata"),
        ("utc-5", "America/New_York"),
        ("ber", "Europe/Berlin"),
        ("york", "America/New_York"),
    ],
)
def test_what_people_type_leads_to_their_zone(tag: str, text: str, zone: str) -> None:
    assert time_zones.search_zones(tag, NOW, text)[0].zone == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Munich", "Europe/Berlin"),
        ("Berlin (UTC+1)", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New Delhi", "Asia/Kolkata"),
        ("London", "Europe/London"),
        ("sydn", "Australia/Sydney"),
        ("UTC", "UTC"),
        *((unclear, "") for unclear in ("USA", "Germany", "a", "zz", " ")),
    ],
)
def test_a_name_that_one_place_has_is_understood_without_a_choice(text: str, zone: str) -> None:
    assert time_zones.find_zone("en", NOW, text) == zone


@pytest.mark.parametrize("text", ["zz", "ondon", "   ", "+", "?"])
def test_what_begins_no_name_finds_nothing(text: str) -> None:
    assert time_zones.search_zones("de", NOW, text) == []


def test_what_is_typed_stands_beside_the_city_of_its_zone() -> None:
    [place] = time_zones.search_zones("en", NOW, "munich")
    assert (place.city, place.country) == ("Berlin", "Munich, Germany")
    [place] = time_zones.search_zones("en", NOW, "schweiz")
    assert (place.city, place.country) == ("Zurich", "Switzerland")


def test_every_zone_and_country_of_the_table_exists_and_no_name_is_there_twice() -> None:
    listed = time_zones._inhabited()
    assert set(time_zone_names.names_of_zones()) <= {zone for zone, _ in listed}
    assert set(time_zone_names.names_of_countries()) <= {code for _, code in listed}
    for names in (*time_zone_names.names_of_zones().values(), *time_zone_names.names_of_countries().values()):
        assert all(names), names
        assert max(Counter(names).values()) == 1, names


@pytest.mark.parametrize("tag", ["en", "de"])
@pytest.mark.parametrize(
    ("zone", "city"),
    [("America/Sao_Paulo", "São Paulo"), ("America/Bogota", "Bogotá"), ("Africa/Sao_Tome", "São Tomé")],
)
def test_a_city_has_its_accents_and_is_found_without_them(tag: str, zone: str, city: str) -> None:
    shown = dict(choice for _, cities in time_zones.list_by_region(tag, NOW) for choice in cities)
    assert shown[zone].startswith(f"{city} (")
    for typed in (city, city.lower(), zone.partition("/")[2]):
        assert time_zones.find_zone(tag, NOW, typed) == zone
