from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookonce.domain.availability import (
    format_hours,
    format_range,
    parse_exceptions,
    parse_hours,
    parse_range,
)
from tests.domain.availability.make import ranges


def test_a_range_is_two_times() -> None:
    assert parse_range(["09:00", "17:30"]) == ((540, 1050), [])
    assert parse_range(["00:00", "24:00"]) == ((0, 1440), [])
    assert format_range((0, 1440)) == ["00:00", "24:00"]


@pytest.mark.parametrize(
    "text",
    ["9:00", "09.00", "24:01", "25:00", "09:60", "", " 09:00", "09:00\n", "\u0660\u0669:00", None, 540, []],
)
def test_a_time_that_is_none_is_pointed_at(text: object) -> None:
    span, wrong = parse_range([text, "17:00"], at="/hours/mon/0")
    assert span is None
    assert [pointer for pointer, _ in wrong] == ["/hours/mon/0/0"]


@pytest.mark.parametrize(
    "written", [None, "09:00-17:00", [], ["09:00"], ["09:00", "12:00", "13:00"], {"a": 1}]
)
def test_a_range_of_another_shape_is_pointed_at(written: object) -> None:
    span, wrong = parse_range(written, at="/x")
    assert span is None
    assert [pointer for pointer, _ in wrong] == ["/x"]


def test_days_that_are_not_named_are_closed() -> None:
    hours, wrong = parse_hours({"mon": [["09:00", "17:00"]], "sun": []})
    assert hours == (ranges("09:00-17:00"), (), (), (), (), (), ())
    assert wrong == []


def test_every_mistake_is_pointed_at_and_the_rest_is_read() -> None:
    hours, wrong = parse_hours(
        {"mon": [["09:00", "x"], ["13:00", "14:00"]], "tue": "closed", "a/b~": [], 1: []}
    )
    assert hours[0] == ranges("13:00-14:00")
    assert sorted(pointer for pointer, _ in wrong) == [
        "/hours/1",
        "/hours/a~1b~0",
        "/hours/mon/0/1",
        "/hours/tue",
    ]


@pytest.mark.parametrize("written", [None, [], "mon", 5])
def test_hours_of_another_shape_are_pointed_at(written: object) -> None:
    assert [pointer for pointer, _ in parse_hours(written)[1]] == ["/hours"]


def test_exceptions_are_dates_with_hours() -> None:
    written = [{"on": "2026-12-24", "hours": []}, {"on": "2026-12-31", "hours": [["09:00", "12:00"]]}]
    exceptions, wrong = parse_exceptions(written)
    assert exceptions == {date(2026, 12, 24): (), date(2026, 12, 31): ranges("09:00-12:00")}
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ({}, "/exceptions"),
        ([5], "/exceptions/0"),
        ([{"on": "2026-12-24"}], "/exceptions/0"),
        ([{"on": "2026-12-24", "hours": [], "why": ""}], "/exceptions/0"),
        ([{"on": "2026-02-30", "hours": []}], "/exceptions/0/on"),
        ([{"on": "20261224", "hours": []}], "/exceptions/0/on"),
        ([{"on": 20261224, "hours": []}], "/exceptions/0/on"),
        ([{"on": "2026-12-24", "hours": None}], "/exceptions/0/hours"),
        ([{"on": "2026-12-24", "hours": [["9", "10:00"]]}], "/exceptions/0/hours/0/0"),
        ([{"on": "2026-12-24", "hours": []}] * 2, "/exceptions/1/on"),
    ],
)
def test_a_mistake_in_an_exception_is_pointed_at(written: object, where: Any) -> None:
    assert [pointer for pointer, _ in parse_exceptions(written)[1]] == [where]


day = st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)), max_size=4).map(tuple)


@given(st.lists(day, min_size=7, max_size=7).map(tuple))
def test_what_is_written_is_read_back(hours: Any) -> None:
    assert parse_hours(format_hours(hours)) == (hours, [])
