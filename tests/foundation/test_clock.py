"""One clock, which a step backwards does not turn back (promise 30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bookonce.domain.links.queries import state_of
from bookonce.foundation import clock
from tests import make


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    clock.forget_latest()
    yield
    clock.forget_latest()


def test_instants_are_whole_seconds_in_utc() -> None:
    now = clock.now()
    assert (now.microsecond, now.tzinfo) == (0, UTC)
    assert abs(now.timestamp() - datetime.now(UTC).timestamp()) < 2


def test_a_step_backwards_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now_precise()
    monkeypatch.setattr(clock.time, "time", lambda: before - 3600)
    assert clock.now_precise() >= before


def test_a_step_forwards_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now_precise()
    monkeypatch.setattr(clock.time, "time", lambda: before + 3600)
    assert clock.now_precise() == before + 3600


def test_a_new_process_begins_no_earlier_than_what_another_has_seen() -> None:
    seen = clock.now() + timedelta(hours=2)
    clock.start_from(seen)
    assert clock.now() >= seen


def test_what_another_process_has_seen_turns_back_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's clock was set back an hour, a minute ago; the other process saw what it was then."""
    before, tick = clock.now_precise(), clock.time.monotonic()
    monkeypatch.setattr(clock.time, "time", lambda: before - 3600)
    monkeypatch.setattr(clock.time, "monotonic", lambda: tick + 60)
    clock.start_from(datetime.fromtimestamp(before + 1, UTC))
    assert clock.now_precise() >= before + 59


def test_an_expired_link_stays_expired_when_the_clock_is_set_back(
    hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = clock.now_precise()
    link = make.link(hana.calendar, expires_at=clock.now() + timedelta(minutes=5))
    monkeypatch.setattr(clock.time, "time", lambda: wall + 600)
    assert state_of(link, now=clock.now()) == "expired"
    monkeypatch.setattr(clock.time, "time", lambda: wall)
    assert state_of(link, now=clock.now()) == "expired"


def test_fractions_are_cut_off() -> None:
    at = datetime(2026, 11, 23, 10, 0, 0, 999999, tzinfo=UTC)
    assert clock.whole_seconds(at) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert clock.instant_of_seconds(clock.seconds_of_instant(at)) == clock.whole_seconds(at)
