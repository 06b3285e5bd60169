"""Times to pick from: told apart where clocks change, and named by the offset of their own day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest

from bookonce.foundation import clock
from bookonce.interfaces.pages.language import ReaderLanguage
from bookonce.interfaces.pages.month_grid import Month, by_date
from bookonce.interfaces.pages.slot_picker import SlotPicker, label_times, list_days, name_zone, read_instant

NOW = datetime(2026, 10, 20, 6, 0, tzinfo=UTC)
BERLIN = ReaderLanguage("en-GB", "Europe/Berlin", NOW)


def seconds(*texts: str) -> list[int]:
    return [clock.seconds_of_instant(datetime.fromisoformat(f"{text}:00+00:00")) for text in texts]


def labels(voice: ReaderLanguage, *texts: str) -> list[str]:
    """What the times of one day are called."""
    (times,) = by_date(seconds(*texts), voice.zone).values()
    return [words for _, words in label_times(voice, times)]


@pytest.mark.parametrize(
    ("zone", "times", "words"),
    [
        ("Europe/Berlin", ["2026-10-24T07:00"], ["09:00"]),
        ("Europe/Berlin", ["2026-10-25T08:00", "2026-10-25T09:00"], ["09:00", "10:00"]),
        ("Europe/Berlin", ["2026-10-24T23:00", "2026-10-25T08:00"], ["01:00 (UTC+2)", "09:00 (UTC+1)"]),
        ("Europe/Berlin", ["2026-10-25T00:30", "2026-10-25T01:30"], ["02:30 (UTC+2)", "02:30 (UTC+1)"]),
        ("Europe/Berlin", ["2026-10-25T01:30"], ["02:30 (UTC+1)"]),
        ("Europe/Berlin", ["2026-10-25T00:30"], ["02:30 (UTC+2)"]),
        ("Europe/Berlin", ["2026-10-25T02:00"], ["03:00"]),
        ("Europe/Berlin", ["2026-10-24T23:59"], ["01:59"]),
        ("Europe/Berlin", ["2026-03-29T00:30", "2026-03-29T01:00"], ["01:30 (UTC+1)", "03:00 (UTC+2)"]),
        ("Europe/Berlin", ["2026-03-29T01:00"], ["03:00"]),
        ("Australia/Lord_Howe", ["2026-04-04T14:45"], ["01:45 (UTC+11)"]),
        ("Australia/Lord_Howe", ["2026-04-04T15:15"], ["01:45 (UTC+10:30)"]),
        ("Australia/Lord_Howe", ["2026-04-04T15:30"], ["02:00"]),
    ],
)
def test_a_time_carries_its_offset_where_another_could_be_meant(
    zone: str, times: list[str], words: list[str]
) -> None:
    assert labels(ReaderLanguage("en-GB", zone, NOW), *times) == words


def test_no_times_have_no_labels_and_the_zone_of_the_day_asked_for() -> None:
    assert label_times(BERLIN, []) == []
    (monday,) = seconds("2026-10-26T00:00")
    assert name_zone(BERLIN, [], otherwise=monday) == "Berlin, UTC+1"


def test_a_form_names_a_time_as_it_is_read_back() -> None:
    ((value, _),) = label_times(BERLIN, [(seconds("2026-10-25T01:30")[0], 3600)])
    assert value == "2026-10-25T01:30:00Z"
    assert read_instant(value) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-10-25T01:30:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_what_nobody_offers_is_no_time(text: str) -> None:
    assert read_instant(text) is None


class Open:
    """Open starts that count how often they are asked for."""

    def __init__(self, starts: Iterable[int]) -> None:
        self.starts, self.asked = sorted(starts), 0

    def __call__(self, start: int, end: int) -> list[int]:
        self.asked += start < end
        return [at for at in self.starts if start <= at < end]


@pytest.mark.parametrize(
    ("first", "month", "questions"),
    [
        ("2026-10-21T08:00", "2026-10", 1),
        ("2026-11-01T08:00", "2026-11", 2),  # a Sunday that October's last week shows
        ("2026-11-03T08:00", "2026-11", 2),
        ("2028-05-03T08:00", "2028-05", 3),
    ],
)
def test_it_opens_on_the_first_month_that_has_a_time(first: str, month: str, questions: int) -> None:
    opens = Open(seconds(first))
    picker = SlotPicker(BERLIN, opens, *seconds("2028-10-20T00:00"))
    found, starts = picker.find_month(None)
    assert (str(found), starts, opens.asked) == (month, seconds(first), questions)
    assert picker.first_shown(found, by_date(starts, BERLIN.zone)) == date.fromisoformat(first[:10])


def test_nothing_open_stays_where_it_is_and_ends() -> None:
    opens = Open([])
    picker = SlotPicker(BERLIN, opens, *seconds("2028-10-20T00:00"))
    assert picker.find_month(None) == (Month(2026, 10), [])
    assert picker.next_open(Month(2026, 10), {}, day=None, elsewhere=True) is None
    assert opens.asked < 12


def test_a_day_of_another_month_says_of_which() -> None:
    week = Month(2026, 10).weeks("en-GB")[-1]
    open_days = by_date(seconds("2026-10-30T08:00"), BERLIN.zone)
    cells = list_days(
        BERLIN, week, open_days, chosen=week[4], address_of=lambda on: f"?day={on}", month=Month(2026, 10)
    )
    assert [(cell.number, cell.month) for cell in cells][-2:] == [(31, ""), (1, "Nov")]
    assert [cell.address for cell in cells if cell.address] == ["?day=2026-10-30"]
    assert [cell.number for cell in cells if cell.chosen] == [30]
    assert [cell.number for cell in cells if cell.beyond] == [1]
