from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bookonce.domain.availability import Range, rule_problems
from tests.domain.availability.make import Terms, ranges, rules


def pointers(given: Terms) -> list[str]:
    return [pointer for pointer, _ in rule_problems(*given)]


def test_good_rules_have_none() -> None:
    assert rule_problems(*rules("09:00-12:00", "12:00-17:00", "00:00-01:00", "17:00-24:00")) == []
    full = rules(
        "00:00-24:00",
        lengths=(1, 1440),
        slot_step=1440,
        buffer_before=1440,
        buffer_after=1440,
        notice_minutes=525600,
        window_days=3660,
        window_from=date(2026, 1, 1),
        window_to=date(2026, 1, 1),
        limit_per_day=1,
        limit_per_week=1,
    )
    assert rule_problems(*full) == []


@pytest.mark.parametrize(
    "zone",
    [
        "",
        " ",
        ".",
        "..",
        "../etc",
        "/etc/localtime",
        "Europe",
        "Europe/",
        "Europe/Bonn",
        "a\0b",
        "ü",
        "zone.tab",
        "\ud800",
        "x" * 5000,
        "__init__.py",
        "Etc/../UTC",
    ],
)
def test_an_unknown_zone(zone: str) -> None:
    assert rule_problems(*rules("09:00-10:00", zone=zone)) == [
        ("/zone", "Choose a time zone like Europe/Berlin.")
    ]


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "Asia/Kathmandu", "America/Argentina/Ushuaia"])
def test_a_known_zone(zone: str) -> None:
    assert rule_problems(*rules("09:00-10:00", zone=zone)) == []


@pytest.mark.parametrize(
    ("spans", "where"),
    [
        (((600, 540),), ["/hours/tue/0"]),
        (((600, 600),), ["/hours/tue/0"]),
        (((-1, 60),), ["/hours/tue/0"]),
        (((60, 1441),), ["/hours/tue/0"]),
        (((540, 600), (599, 660)), ["/hours/tue/1"]),
        (((599, 660), (540, 600)), ["/hours/tue/0"]),
        (((0, 1440), (60, 120), (180, 240)), ["/hours/tue/1", "/hours/tue/2"]),
        (((540, 600), (540, 600)), ["/hours/tue/1"]),
    ],
)
def test_ranges_that_cannot_be(spans: tuple[Range, ...], where: Any) -> None:
    week = ((), spans, (), (), (), (), ())
    assert pointers(rules(hours=week)) == where
    on_a_date = rules("09:00-10:00", exceptions={date(2026, 12, 24): spans})
    assert pointers(on_a_date) == [text.replace("/hours/tue", "/exceptions/2026-12-24") for text in where]


def test_a_week_has_seven_days() -> None:
    assert pointers(rules(hours=(ranges("09:00-10:00"),) * 6)) == ["/hours"]


@pytest.mark.parametrize("lengths", [(), (0,), (-30,), (30, 1441), (30, 30)])
def test_lengths_that_cannot_be(lengths: tuple[int, ...]) -> None:
    assert pointers(rules("09:00-10:00", lengths=lengths)) == ["/minutes"]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("slot_step", (0, -5, 1441)),
        ("buffer_before", (-1, 1441)),
        ("buffer_after", (-1, 1441)),
        ("notice_minutes", (-1, 525601)),
        ("window_days", (-1, 3661)),
        ("limit_per_day", (0, -1)),
        ("limit_per_week", (0, -1)),
    ],
)
def test_numbers_out_of_bounds(name: str, wrong: tuple[int, ...]) -> None:
    for value in wrong:
        assert pointers(rules("09:00-10:00", **{name: value})) == [f"/{name}"]


def test_a_window_that_ends_before_it_begins() -> None:
    given = rules("09:00-10:00", window_from=date(2026, 6, 2), window_to=date(2026, 6, 1))
    assert pointers(given) == ["/window/to"]


def test_every_problem_is_told_at_once() -> None:
    given = rules(
        "10:00-09:00",
        zone="Nowhere",
        lengths=(0,),
        slot_step=0,
        buffer_before=-1,
        limit_per_day=0,
        window_days=-1,
    )
    assert len(rule_problems(*given)) == 7 + 6


def test_every_sentence_is_one() -> None:
    given = rules("10:00-09:00", zone="Nowhere", lengths=(), slot_step=0, limit_per_day=0)
    for _, sentence in rule_problems(*given):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
