"""One clock: it is never turned back, and follows a step of the machine's clock once that is believed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bookonce.domain.links.queries import state_of
from bookonce.foundation import clock, tokens
from bookonce.foundation.trusted_time import Reading, ServerClock, TrustedClock
from tests import make
from tests.machine import Machine

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
YEAR = 365 * DAY
START = datetime(2027, 3, 1, 9, tzinfo=UTC).timestamp()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    yield Machine(START).use(monkeypatch)
    clock.forget_latest()


def running(machine: Machine) -> Machine:
    """A machine on which the clock has been read."""
    assert clock.now_precise() == machine.wall
    return machine


def test_instants_are_whole_seconds_in_utc() -> None:
    now = clock.now()
    assert (now.microsecond, now.tzinfo) == (0, UTC)
    assert abs(now.timestamp() - datetime.now(UTC).timestamp()) < 2


def test_fractions_are_cut_off() -> None:
    at = datetime(2026, 11, 23, 10, 0, 0, 999999, tzinfo=UTC)
    assert clock.whole_seconds(at) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert clock.instant_of_seconds(clock.seconds_of_instant(at)) == clock.whole_seconds(at)


def test_the_time_since_the_start_of_the_machine_counts_its_sleep() -> None:
    """The tests' own stand-in put aside: what the system calls so is never behind what leaves sleep out."""
    import time

    boot = time.clock_gettime(clock._BOOT) if clock._BOOT is not None else time.monotonic()
    assert boot >= time.monotonic() - 1


def test_a_machine_that_sleeps_makes_no_step(machine: Machine) -> None:
    running(machine).passes(3 * DAY)
    assert not clock.is_doubted()
    assert clock.now_precise() == START + 3 * DAY


@pytest.mark.parametrize("step", [0.5, 9, -0.5, -9])
def test_a_small_step_is_no_doubt_and_turns_nothing_back(machine: Machine, step: float) -> None:
    running(machine).steps(step)
    assert not clock.is_doubted()
    assert clock.now_precise() == START + max(step, 0)
    machine.passes(MINUTE)
    assert clock.now_precise() == START + MINUTE + step


def test_many_small_corrections_never_add_up_to_a_doubt(machine: Machine) -> None:
    running(machine)
    for _ in range(100):
        machine.passes(MINUTE)
        machine.steps(-0.4)
        assert not clock.is_doubted()
    assert 0 <= clock.now_precise() - machine.wall < 1


@pytest.mark.parametrize("step", [2 * YEAR, -2 * YEAR, HOUR, -HOUR])
def test_a_step_for_one_second_leaves_no_trace(machine: Machine, step: float) -> None:
    running(machine).steps(step)
    assert clock.is_doubted()
    assert clock.now_precise() == START
    machine.passes(1)
    assert clock.now_precise() == START + 1
    machine.steps(-step)
    assert not clock.is_doubted()
    assert clock.now_precise() == START + 1


@pytest.mark.parametrize("step", [20, HOUR, 25.9 * HOUR])
def test_a_near_step_is_believed_once_it_has_stood(machine: Machine, step: float) -> None:
    running(machine).steps(step)
    machine.look_for(119)
    assert clock.is_doubted()
    assert clock.now_precise() == START + 119
    machine.look_for(1)
    assert not clock.is_doubted()
    assert clock.now_precise() == START + 120 + step


@pytest.mark.parametrize("step", [26 * HOUR, -26 * HOUR, 2 * YEAR])
def test_a_far_step_is_never_believed_by_itself(machine: Machine, step: float) -> None:
    running(machine).steps(step)
    machine.look_for(3 * MINUTE)
    machine.passes(DAY)
    doubt = clock.current_doubt()
    assert doubt is not None
    assert (doubt.seconds, doubt.needs_person) == (step, True)
    assert clock.now_precise() == START + 3 * MINUTE + DAY


def test_another_step_must_stand_anew(machine: Machine) -> None:
    running(machine).steps(HOUR)
    machine.look_for(100)
    machine.steps(HOUR)
    machine.look_for(100)
    assert clock.is_doubted()
    machine.look_for(20)
    assert clock.now_precise() == START + 220 + 2 * HOUR


def test_after_a_step_back_time_goes_on_slowly_until_the_machine_has_caught_up(machine: Machine) -> None:
    running(machine).steps(-HOUR)
    machine.look_for(2 * MINUTE)
    assert not clock.is_doubted()
    before = clock.now_precise()
    machine.passes(HOUR)
    assert clock.now_precise() == before + HOUR / 2
    machine.passes(2 * HOUR)
    assert clock.now_precise() == machine.wall


def test_the_change_to_summer_time_is_no_step(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.wall = datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC).timestamp()
    monkeypatch.setenv("TZ", "Europe/Berlin")
    clock.now()
    machine.passes(2)
    assert not clock.is_doubted()
    assert clock.now() == datetime(2027, 3, 28, 1, 0, 1, tzinfo=UTC)


def test_ids_follow_no_step(machine: Machine) -> None:
    running(machine)
    tokens._last = 0
    first = tokens.new_id()
    machine.steps(2 * YEAR)
    second = tokens.new_id()
    assert (second.int >> 80) == (first.int >> 80) == int(START * 1000)


def test_a_doubt_and_its_end_are_in_the_log_once(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    running(machine)
    with caplog.at_level(logging.WARNING, "bookonce.clock"):
        machine.steps(2 * YEAR)
        machine.look_for(5)
        machine.steps(-2 * YEAR)
        machine.look_for(5)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_an_expired_link_stays_expired_when_the_clock_is_set_back(hana: make.Team, machine: Machine) -> None:
    link = make.link(hana.calendar, expires_at=clock.now() + timedelta(minutes=5))
    machine.passes(10 * MINUTE)
    assert state_of(link, now=clock.now()) == "expired"
    machine.steps(-10 * MINUTE)
    for _ in range(30):
        machine.look_for(MINUTE)
        assert state_of(link, now=clock.now()) == "expired"


def test_a_step_forward_ends_no_link_while_it_is_doubted(hana: make.Team, machine: Machine) -> None:
    link = make.link(hana.calendar, expires_at=clock.now() + timedelta(days=14))
    machine.steps(2 * YEAR)
    assert state_of(link, now=clock.now()) == "active"


# What a start finds: this machine's reading, the last instant of any machine, the time since its start.


def begun(machine: Machine, own: Reading | None = None, recorded: float | None = None) -> TrustedClock:
    known = TrustedClock()
    known.resume_from(own, recorded, machine.wall, machine.boot)
    return known


def test_a_process_goes_on_from_what_others_measured(machine: Machine) -> None:
    """The clock was set while nothing ran: found by the time since the machine's start."""
    own = Reading(machine.wall - machine.boot)
    machine.passes(3 * DAY)
    assert begun(machine, own, START).doubted is None
    machine.steps(2 * YEAR)
    known = begun(machine, own, START)
    assert known.doubted is not None
    assert known.read(machine.wall, machine.boot) == START + 3 * DAY


def test_a_restart_amid_the_doubt_does_not_make_the_step_younger(machine: Machine) -> None:
    offset = machine.wall - machine.boot
    machine.steps(HOUR)
    own = Reading(offset, doubted=offset + HOUR, doubted_since=machine.boot)
    machine.passes(119)
    known = begun(machine, own, START)
    assert known.doubted is not None
    machine.passes(1)
    assert known.read(machine.wall, machine.boot) == START + HOUR + 120
    assert known.doubted is None


@pytest.mark.parametrize(
    ("up", "ahead", "trusted"),
    [
        (30, 5 * MINUTE, True),
        (30, 25 * HOUR, True),
        (30, 3 * DAY, False),
        (HOUR, 3 * DAY, True),
        (HOUR, 33 * DAY, False),
        (30, -MINUTE, False),
        (HOUR, -25 * HOUR, True),
        (HOUR, -2 * DAY, False),
        (HOUR, -2 * YEAR, False),
    ],
)
def test_a_machine_that_was_off(machine: Machine, up: float, ahead: float, trusted: bool) -> None:
    """Nothing measures how long; a clock that is not plain waits until the machine is up for two minutes."""
    machine.boot = up
    known = begun(machine, recorded=START - ahead)
    assert (known.doubted is None) is trusted
    assert known.read(machine.wall, machine.boot) >= START - max(ahead, 0)


@pytest.mark.parametrize("begins", ["1970", "at its last shutdown"])
def test_a_machine_without_a_battery_waits_for_the_network(machine: Machine, begins: str) -> None:
    """It was off for three days, and has the right time half a minute after its start."""
    machine.boot, machine.wall = 10, 10 if begins == "1970" else START - 3 * DAY
    known = begun(machine, recorded=START - 3 * DAY)
    assert (known.doubted is not None) is (begins == "1970")
    machine.passes(20)
    machine.wall = START
    for _ in range(121):
        known.read(machine.wall, machine.boot)
        machine.passes(1)
    assert known.doubted is None
    assert known.read(machine.wall, machine.boot) == machine.wall


def test_a_new_installation_believes_no_time_before_its_release(machine: Machine) -> None:
    assert begun(machine).doubted is None
    machine.boot, machine.wall = 10, 10
    known = begun(machine)
    assert known.doubted is not None
    machine.passes(20)
    machine.wall = START + 3 * YEAR
    known.read(machine.wall, machine.boot)
    machine.passes(120)
    assert known.read(machine.wall, machine.boot) == machine.wall


# What others say: processes of this machine, PostgreSQL's server, other machines.


def doubting(machine: Machine, step: float) -> tuple[TrustedClock, float]:
    """A clock in doubt of a step, and the offset that it believes."""
    known, offset = begun(machine), machine.wall - machine.boot
    machine.steps(step)
    known.read(machine.wall, machine.boot)
    assert known.doubted is not None
    return known, offset


@pytest.mark.parametrize(
    ("ahead_before", "ahead_now", "believed"),
    [(2 * YEAR, 2 * YEAR, True), (0, 0, False), (0, 2 * YEAR, False), (YEAR, YEAR, False)],
    ids=["agrees", "disagrees", "was set together with ours", "has a third time"],
)
@pytest.mark.parametrize("elsewhere", [True, False])
def test_the_server_of_the_database_as_a_witness(
    machine: Machine, ahead_before: float, ahead_now: float, believed: bool, elsewhere: bool
) -> None:
    known, offset = doubting(machine, 2 * YEAR)
    own = Reading(offset, server_offset=offset + ahead_before)
    server = ServerClock(START + ahead_now, elsewhere)
    known.weigh_evidence(own, START, server, machine.wall, machine.boot)
    assert (known.doubted is None) is believed
    assert known.read(machine.wall, machine.boot) == START + (2 * YEAR if believed else 0)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_at_the_start_only_a_server_of_another_machine_is_a_witness(
    machine: Machine, elsewhere: bool
) -> None:
    known = begun(machine, recorded=START - 90 * DAY)
    known.weigh_evidence(None, START - 90 * DAY, ServerClock(START, elsewhere), machine.wall, machine.boot)
    assert (known.doubted is None) is elsewhere


def test_what_another_process_of_the_machine_believes_is_believed(machine: Machine) -> None:
    known, offset = doubting(machine, HOUR)
    known.weigh_evidence(Reading(offset), START, None, machine.wall, machine.boot)
    assert known.doubted is not None
    known.weigh_evidence(Reading(offset + HOUR), START + HOUR, None, machine.wall, machine.boot)
    assert known.doubted is None
    assert known.read(machine.wall, machine.boot) == START + HOUR


def test_a_person_can_turn_back_every_process(machine: Machine) -> None:
    known, offset = doubting(machine, -2 * YEAR)
    known.weigh_evidence(Reading(offset - 2 * YEAR), START - 2 * YEAR, None, machine.wall, machine.boot)
    assert known.doubted is None
    assert known.read(machine.wall, machine.boot) == START - 2 * YEAR


def test_another_machine_that_a_person_turned_back_is_followed(machine: Machine) -> None:
    known, offset = doubting(machine, -2 * YEAR)
    known.weigh_evidence(Reading(offset), START - 2 * YEAR, None, machine.wall, machine.boot)
    assert known.doubted is not None, "it has not stood"
    machine.passes(120)
    known.weigh_evidence(Reading(offset), START - 2 * YEAR + 120, None, machine.wall, machine.boot)
    assert known.read(machine.wall, machine.boot) == START - 2 * YEAR + 120
