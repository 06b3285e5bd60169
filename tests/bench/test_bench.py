"""The benches themselves work: they count what they should. No time is judged here."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from bench import limit, measurements, plots, reference, report, servers
from bench.builds import this_checkout
from bench.figures import TINY, Figure, figure
from bench.installations import Installation
from bench.parts import booking, pages


@pytest.fixture
def here(own_database: str, tmp_path: Path) -> Installation:
    """This build on the database of this run."""
    kind = "sqlite" if own_database.startswith("sqlite:") else "postgres"
    return Installation(
        this_checkout(), kind, own_database, tmp_path, server=own_database if kind == "postgres" else ""
    )


def test_the_engine_is_measured() -> None:
    figures = measurements.measured("engine", this_checkout(), TINY)
    assert len(figures) == 2
    assert all(len(one.rounds) == TINY.rounds and one.value > 0 for one in figures)


def test_a_round_of_booking_books_what_it_says(here: Installation) -> None:
    planned = booking.PlannedBookings(here, 12)
    with servers.running(here, BOOKONCE_WORKERS="1") as program:
        done = booking.book(program, planned.take(8), connections=4)
        spent = sum(booking.spent_on(program, planned.take(4)).values())
    assert done.statuses == {"201": 8}
    assert done.count == 8
    assert spent > 0


def test_the_limit_writes_the_same_rows(here: Installation) -> None:
    from tests.bench.rows import rows

    planned = booking.PlannedBookings(here, 10)
    with servers.running(here, BOOKONCE_WORKERS="1") as program:
        booking.book(program, planned.take(2))
        once = rows(here)
        if here.kind == "postgres":
            limit.pgbench(here, planned.take(8), connections=2, transactions=4).run()
        else:
            raw = limit.RawSqlite(here, planned.rows)
            raw.run(planned.take(8))
            raw.close()
    assert rows(here) == {table: 5 * count for table, count in once.items()}


@pytest.mark.parametrize(
    ("value", "verdict"), [(3, "aim met"), (5, "goal met"), (7, "NOT met")], ids=["aim", "goal", "not"]
)
def test_a_verdict_is_honest(value: float, verdict: str) -> None:
    assert figure("CPU", "times", value, goal=6, aim=3.5).verdict == verdict
    assert figure("rate", "", 1 / value, goal=1 / 6, aim=1 / 3.5, more=True).verdict == verdict


def test_a_slow_machine_is_taken_into_account() -> None:
    slow = replace(figure("page", "ms", [5, 7, 6], goal=4), speed=2.0)
    assert (slow.value, slow.corrected, slow.verdict) == (6, 3, "goal met")
    assert replace(figure("statements", "", 6, goal=4), speed=2.0).verdict == "NOT met"


def test_the_loop_is_always_the_same() -> None:
    assert reference.loop() == reference.loop() == 215_357


def test_the_report_quotes_goals_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Speed\n\n{report.BEGIN}\nold\n{report.END}\n\nmore\n")
    monkeypatch.setattr(report, "HERE", tmp_path)
    monkeypatch.setattr(report, "DOCS", page)
    told: dict[str, list[Figure]] = {
        "Booking": [figure("CPU of a booking", "ms", [2, 3, 4], goal=2, aim=1), figure("rate", "/s", 300.0)]
    }
    report.write(told)
    written = page.read_text()
    assert "old" not in written
    assert "| CPU of a booking | 3 ms | 2 – 4 | 3 ms | ≤ 2 ms | ≤ 1 ms | **NOT met** |" in written
    assert "rate" not in written
    assert written.endswith("more\n")
    assert "rate" in (tmp_path / "report.md").read_text()
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"goals.png", "booking.png"}
    assert plots.draw(told, tmp_path / "plots") == ["goals", "booking"]


def test_what_a_page_weighs_is_what_came() -> None:
    assert pages.unpacked(gzip.compress(b"page"), "gzip") == b"page"
    assert pages.unpacked(b"page", None) == b"page"
