"""While a step of the machine's clock is doubted looking goes on and nothing is written; how that ends."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bookonce.delivery.outbox import queries, worker
from bookonce.delivery.outbox.models import Beat, Delivery, Event
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of, token_of
from bookonce.foundation import clock, rate_limits, tokens, trusted_time
from bookonce.foundation.database import clock_readings, clock_watch
from bookonce.foundation.database.models import ClockReading
from bookonce.foundation.database.transactions import Busy, allow_doubted_clock, transaction
from bookonce.foundation.errors import ClockDoubted
from bookonce.foundation.trusted_time import ServerClock
from bookonce.interfaces.commands import clock as clock_command
from bookonce.interfaces.commands import doctor
from bookonce.interfaces.health import probes
from bookonce.interfaces.health.metrics import metrics_text
from tests import make
from tests.machine import Machine

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
YEAR = 365 * DAY
START = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine with a process on it, whose database has a clock that nobody moves."""
    here = Machine(START.timestamp()).use(monkeypatch)
    monkeypatch.setattr(clock_readings, "ASKED_EVERY", 0.0)
    yield here
    clock.forget_latest()


@pytest.fixture
def team(db: None, machine: Machine) -> make.Team:
    clock_readings.resume_clock()
    return make.team("Acme", "Hana", now=clock.now())


def restart() -> None:
    """Another process begins on the machine."""
    clock.forget_latest()
    clock_readings.resume_clock(queries.latest_instant)


def call(team: make.Team, method: str, path: str, **body: str) -> Any:
    key = {"Authorization": f"Bearer {team.api_key}"}
    path, kind = f"/api/v1{path}", "application/json"
    return Client().generic(method, path, json.dumps(body) if body else "", content_type=kind, headers=key)


def mint(team: make.Team) -> Any:
    return call(team, "POST", "/links", calendar=team.calendar.slug)


def free_slots(team: make.Team) -> list[str]:
    answer = call(team, "GET", f"/calendars/{team.calendar.slug}/slots")
    assert answer.status_code == 200, answer.content
    return [str(slot) for slot in answer.json()["data"]]


def test_two_years_ahead_for_a_second_while_a_link_is_minted(team: make.Team, machine: Machine) -> None:
    free = free_slots(team)
    assert free
    machine.steps(2 * YEAR)
    refused = mint(team)
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["Retry-After"] == "2"
    assert not Link.objects.exists()
    assert free_slots(team) == free
    machine.passes(1)
    machine.steps(-2 * YEAR)
    assert mint(team).status_code == 201
    assert Link.objects.get().created_at == START + timedelta(seconds=1)
    restart()
    assert free_slots(team)[:-1] == free[1:]
    assert not Event.objects.filter(at__gt=START + timedelta(days=1)).exists()


def test_a_transaction_is_refused_but_for_what_writes_no_instant(team: make.Team, machine: Machine) -> None:
    machine.steps(2 * YEAR)
    with pytest.raises(ClockDoubted), transaction():
        pass
    with pytest.raises(Busy), transaction(wait=False):
        pass
    with allow_doubted_clock(), transaction(), transaction():
        assert clock.now() == START


def test_a_trusted_clock_costs_no_statement(team: make.Team, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert not clock_readings.settle_doubt_if_any()


def test_guests_and_owners_look_and_are_told(team: make.Team, machine: Machine) -> None:
    link = make.link(team.calendar, now=clock.now(), expires_at=clock.now() + timedelta(days=3))
    desk = Client(raise_request_exception=False)
    desk.force_login(team.owner.person)
    machine.passes(10 * MINUTE)
    machine.steps(2 * YEAR)
    page = Client().get(f"/o/{token_of(link)}")
    assert page.status_code == 200
    assert "2027-03-01T09:30" in page.content.decode()
    home = desk.get("/bookings")
    assert home.status_code == 200
    assert "The clock of this server was set to another time" in home.content.decode()
    refused = desk.post(
        "/settings/workspace/other", {"workspace": tokens.public_id("wsp", team.workspace.pk)}
    )
    assert refused.status_code == 503
    assert "The clock of this server is being checked" in refused.content.decode()
    machine.steps(-2 * YEAR)
    assert "The clock of this server" not in desk.get("/bookings").content.decode()


def test_operators_are_told(team: make.Team, machine: Machine) -> None:
    assert "\nbookonce_clock_doubted 0\n" in metrics_text(now=clock.now())
    assert probes.unready_reason() is None
    machine.steps(2 * YEAR)
    told = metrics_text(now=clock.now())
    assert "\nbookonce_clock_doubted 1\n" in told
    assert f"\nbookonce_clock_step_seconds {2 * YEAR:g}\n" in told
    assert probes.unready_reason() == "the clock of this machine was set, and is not trusted yet"
    line = next(line for line in doctor.run_checks() if line.about == "clock")
    assert line.level == "FAIL"
    assert "730 days ahead" in line.detail
    assert "bookonce clock --accept" in line.detail


def test_a_near_step_ends_by_itself_and_the_next_process_believes_it(
    team: make.Team, machine: Machine
) -> None:
    machine.steps(HOUR)
    assert mint(team).status_code == 503
    machine.passes(2 * MINUTE)
    assert mint(team).status_code == 503, "it holds the time of before"
    machine.passes(5)
    assert mint(team).status_code == 201
    assert Link.objects.get().created_at == START + timedelta(hours=1, minutes=2, seconds=5)
    clock_readings.record_reading()
    restart()
    assert not clock.is_doubted()


def test_commands_that_live_for_a_moment_share_the_wait(team: make.Team, machine: Machine) -> None:
    machine.steps(-HOUR)
    restart()
    assert clock.is_doubted()
    machine.passes(2 * MINUTE)
    restart()
    assert not clock.is_doubted()
    assert clock.now() >= START


def test_a_restart_amid_a_far_step_stays_in_doubt(team: make.Team, machine: Machine) -> None:
    machine.steps(2 * YEAR)
    for _ in range(3):
        restart()
        assert clock.is_doubted()
        machine.passes(HOUR)
        assert mint(team).status_code == 503
    assert clock.now() == START + timedelta(hours=3)
    machine.steps(-2 * YEAR)
    assert mint(team).status_code == 201


def test_another_process_of_the_machine_follows_the_first(team: make.Team, machine: Machine) -> None:
    clock_readings.record_reading()
    idle = clock.current_state()
    machine.steps(HOUR)
    machine.look_for(121)
    clock_readings.record_reading()
    clock.adopt_state(idle)
    assert clock.is_doubted()
    assert clock_readings.settle_doubt_if_any(), "a request may hold the time of before"
    assert clock.now() == START + timedelta(hours=1, seconds=121)
    machine.passes(5)
    assert not clock_readings.settle_doubt_if_any()


@pytest.mark.parametrize(
    ("server_before", "server_now", "believed"),
    [(2 * YEAR, 2 * YEAR, True), (0.0, 0.0, False), (0.0, 2 * YEAR, False)],
    ids=["agrees", "disagrees", "was set together with ours"],
)
def test_the_clock_of_postgresql_decides_at_once(
    team: make.Team, machine: Machine, *, server_before: float, server_now: float, believed: bool
) -> None:
    says = START.timestamp() + server_before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_readings, "_server", lambda: ServerClock(says, elsewhere=True))
        clock_readings.record_reading()
        machine.steps(2 * YEAR)
        says = START.timestamp() + server_now
        assert mint(team).status_code == 503
        assert clock.is_doubted() is not believed
        machine.passes(5)
        assert (mint(team).status_code == 201) is believed
    assert Link.objects.filter(created_at=START + timedelta(seconds=2 * YEAR + 5)).exists() is believed


def test_the_server_is_asked_on_postgresql_alone(db: None, machine: Machine) -> None:
    server = clock_readings._server()
    if connection.vendor == "sqlite":
        assert server is None
    else:
        assert server is not None
        assert abs(server.now - datetime.now(UTC).timestamp()) < 5
        assert not server.elsewhere


def test_a_step_here_makes_no_worker_elsewhere_look_dead(team: make.Team, machine: Machine) -> None:
    worker.record_heartbeat("elsewhere")
    assert queries.worker_seen()
    machine.steps(2 * YEAR)
    assert queries.worker_seen()
    worker.record_heartbeat("here")
    assert queries.worker_seen("here")
    assert ClockReading.objects.get().at == START


def test_a_worker_in_doubt_delivers_nothing(team: make.Team, machine: Machine) -> None:
    make.booking(team.calendar, now=clock.now())
    machine.steps(2 * YEAR)
    with pytest.raises(ClockDoubted):
        worker.deliver_one({"email": lambda _: None})
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}


# The command of a person.


@pytest.fixture
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_command.prepare, "prepare", lambda **_: restart())


@pytest.mark.usefixtures("_prepared")
@pytest.mark.parametrize("step", [2 * YEAR, -2 * YEAR])
def test_a_person_accepts_a_far_step(
    team: make.Team, machine: Machine, step: float, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.steps(step)
    serving = clock.current_state()
    assert clock_command.run(Namespace(accept=False)) == 1
    assert "bookonce clock --accept" in capsys.readouterr().out
    assert clock_command.run(Namespace(accept=True)) == 0
    assert "is trusted" in capsys.readouterr().out
    clock.adopt_state(serving)
    assert clock.is_doubted()
    assert mint(team).status_code == 503
    assert not clock.is_doubted(), "the process that serves has heard of it"
    machine.passes(5)
    assert mint(team).status_code == 201
    assert Link.objects.get().created_at == START + timedelta(seconds=step + 5)


@pytest.mark.usefixtures("_prepared")
def test_what_the_releases_before_wrote_in_2028_is_left_behind(team: make.Team, machine: Machine) -> None:
    """Nothing was recorded of the clock then, and the newest event lies two years ahead."""
    late = START + timedelta(seconds=2 * YEAR)
    make.booking(team.calendar, now=late)
    Beat.objects.create(worker="ahead", at=late)
    ClockReading.objects.all().delete()
    restart()
    assert clock.is_doubted()
    assert clock.now() == late
    assert clock_command.run(Namespace(accept=True)) == 0
    assert clock.now() == START
    machine.passes(5)
    assert mint(team).status_code == 201
    assert not Delivery.objects.filter(not_before__gt=START).exists()
    assert Beat.objects.filter(worker="ahead").exists() is (late < datetime.now(UTC))
    restart()
    assert clock.now() == START + timedelta(seconds=5)


@pytest.mark.usefixtures("_prepared")
@pytest.mark.parametrize("notices_by", ["its look", "its record"])
def test_a_server_that_is_ahead_follows_who_says_that_it_was_never_so_late(
    team: make.Team, machine: Machine, notices_by: str
) -> None:
    """A wrong time was accepted; then the clock was set right, which was believed before anybody asked."""
    machine.steps(3 * HOUR)
    assert clock_command.run(Namespace(accept=True)) == 0
    clock_readings.record_reading()
    machine.steps(-3 * HOUR)
    assert clock.is_doubted()
    machine.passes(3 * MINUTE)
    clock_readings.settle_doubt()
    assert not clock.is_doubted()
    assert clock.now() > START + timedelta(hours=3), "time does not go back by itself"
    serving = clock.current_state()

    restart()
    assert clock_command.run(Namespace(accept=False)) == 1, "it says that time is ahead, and the way out"
    assert clock_command.run(Namespace(accept=True)) == 0
    right = START + timedelta(minutes=3)
    assert clock.now() == right

    clock.adopt_state(serving)
    if notices_by == "its look":
        clock_readings.settle_doubt_if_any()
    else:
        clock_readings.record_reading()
    assert clock.now() == right
    assert ClockReading.objects.get().at == right
    restart()
    assert clock.now() == right
    clock.settle_at_start()
    clock_readings.record_reading()
    assert ClockReading.objects.get().at == right


def test_expired_links_stay_expired_in_doubt(team: make.Team, machine: Machine) -> None:
    link = make.link(team.calendar, now=clock.now(), expires_at=START + timedelta(minutes=5))
    machine.passes(10 * MINUTE)
    assert state_of(link, now=clock.now()) == "expired"
    clock_readings.record_reading()
    machine.steps(-2 * YEAR)
    restart()
    assert state_of(link, now=clock.now()) == "expired"


@pytest.mark.django_db(transaction=True)
def test_a_web_process_looks_when_nobody_asks(machine: Machine) -> None:
    clock_readings.resume_clock()
    machine.passes(HOUR)
    clock_watch.look_at_clock(record=True)
    assert ClockReading.objects.get().at == START + timedelta(hours=1)
    machine.steps(2 * YEAR)
    clock_watch.look_at_clock(record=True)
    kept = ClockReading.objects.get()
    assert (kept.at, kept.doubted_since) == (START + timedelta(hours=1), machine.boot)


@pytest.mark.django_db(transaction=True)
def test_amid_a_doubt_it_looks_so_often_that_a_person_waits_six_seconds(machine: Machine) -> None:
    clock_readings.resume_clock()
    quiet = clock_watch.seconds_to_next_look()
    machine.steps(2 * YEAR)
    amid_doubt = clock_watch.seconds_to_next_look()
    machine.steps(-2 * YEAR)
    assert clock_watch.seconds_to_next_look() == quiet > amid_doubt
    # What docs/operations.md promises for bookonce clock --accept.
    assert amid_doubt + trusted_time.UNDER_WAY == 6


def test_attempts_of_an_undone_time_are_not_counted(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    late = START.timestamp() + 2 * YEAR
    assert rate_limits.count_attempt("sign_in", "hana", now=late).remaining == 9
    rate_limits.forget_counts_ahead(now=START.timestamp())
    assert rate_limits.count_attempt("sign_in", "hana", now=START.timestamp()).remaining == 9


def test_a_copy_that_is_put_back_is_not_judged_by_what_other_machines_knew(
    team: make.Team, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_readings.record_reading()
    machine.passes(90 * DAY)
    monkeypatch.setattr(clock_readings, "machine_id", lambda: "another")
    clock_readings.resume_clock(queries.latest_instant, record=False)
    assert clock.is_doubted()
    clock_readings.forget_other_machines()
    clock_readings.resume_clock(queries.latest_instant)
    assert not clock.is_doubted()


def test_of_many_starts_only_the_last_are_kept(team: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        ClockReading.objects.create(
            machine=f"start {number}", at=START - timedelta(days=number), wall_offset=0
        )
    monkeypatch.setattr(clock_readings, "machine_id", lambda: "new")
    clock_readings.record_reading()
    assert not ClockReading.objects.filter(machine="start 2").exists()
    assert ClockReading.objects.filter(machine="start 0").exists()
