"""How often somebody may ask: never more than the limit, however many processes count."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bookonce.foundation import rate_limits
from bookonce.foundation.errors import RateLimited

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def own_file(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA = tmp_path
    settings.RATES = {"guest": (5, 60), "booking_tries": (3, 600)}
    yield
    rate_limits._here.file = None


def _through(times: int, *, at: float = NOW, key: str = "me") -> int:
    return sum(rate_limits.count_attempt("guest", key, now=at).ok for _ in range(times))


def test_so_many_get_through_and_the_next_does_not() -> None:
    assert _through(5) == 5
    assert not rate_limits.count_attempt("guest", "me", now=NOW).ok
    assert _through(1, key="another") == 1


@pytest.mark.parametrize("step", [0.0, 1.0, 4.9, 7.3, 11.0])
def test_no_stretch_of_a_minute_lets_more_through(step: float) -> None:
    came = [
        NOW + i * step for i in range(200) if rate_limits.count_attempt("guest", "me", now=NOW + i * step).ok
    ]
    assert all(sum(start <= at < start + 60 for at in came) <= 5 for start in came)


def test_whoever_waits_as_long_as_was_said_gets_in_again() -> None:
    assert _through(5, at=NOW + 3) == 5
    refused = rate_limits.count_attempt("guest", "me", now=NOW + 4)
    assert 0 < refused.reset <= 60
    assert _through(1, at=NOW + 4 + refused.reset - 1.5) == 0
    assert _through(1, at=NOW + 4 + refused.reset) == 1


@pytest.mark.parametrize("at", [0.0, 0.1, 2.5, 4.9, 4.999])
def test_nobody_is_told_to_wait_longer_than_the_rate_is_long(at: float) -> None:
    _through(3, at=NOW)
    _through(2, at=NOW + at)
    refused = rate_limits.count_attempt("guest", "me", now=NOW + at)
    assert (refused.ok, refused.reset <= 60) == (False, True)
    assert _through(1, at=NOW + at + refused.reset) == 1


def test_the_refused_do_not_prolong_it() -> None:
    _through(5)
    _through(50, at=NOW + 50)
    assert _through(5, at=NOW + 66) == 5


def test_looking_counts_nothing() -> None:
    for _ in range(10):
        assert rate_limits.check_without_counting("booking_tries", "link me", now=NOW).remaining == 3
    rate_limits.add_attempt("booking_tries", "link me", now=NOW)
    assert rate_limits.check_without_counting("booking_tries", "link me", now=NOW).remaining == 2
    for _ in range(5):
        rate_limits.add_attempt("booking_tries", "link me", now=NOW)
    assert not rate_limits.check_without_counting("booking_tries", "link me", now=NOW).ok


def test_a_program_is_told() -> None:
    told = rate_limits.count_attempt("guest", "me", now=NOW).headers()
    assert told["RateLimit-Policy"] == '"guest";q=5;w=60'
    assert told["RateLimit"].startswith('"guest";r=4;t=')
    assert told["X-RateLimit-Remaining"] == "4"
    assert "Retry-After" not in told
    _through(4)
    refused = rate_limits.count_attempt("guest", "me", now=NOW)
    with pytest.raises(RateLimited) as raised:
        raise refused.refusal()
    assert (raised.value.status, raised.value.code) == (429, "rate_limited")
    assert raised.value.data["headers"]["Retry-After"] == str(refused.reset)


def test_no_key_is_kept(tmp_path: Path) -> None:
    rate_limits.count_attempt("guest", "a secret of somebody", now=NOW)
    assert (tmp_path / "rates.sqlite3").exists()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"secret" not in kept


def test_switched_off_nothing_is_counted(settings: Any, tmp_path: Path) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, rate_limits=False)
    assert _through(50) == 50
    assert not list(tmp_path.iterdir())


def test_a_broken_file_lets_everybody_in_and_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "rates.sqlite3").write_bytes(b"this is no database at all" * 100)
    assert rate_limits.count_attempt("guest", "me", now=NOW).ok
    assert _through(6) == 5


def test_a_folder_that_cannot_be_written_lets_everybody_in(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.DATA = tmp_path / "file"
    assert _through(20) == 20


def test_old_counts_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    _through(3)
    monkeypatch.setattr(rate_limits, "_tidied", 0.0)
    _through(1, at=NOW + 1000, key="another")
    assert rate_limits._file(NOW + 1000).execute("SELECT count(*) FROM counted").fetchone() == (1,)


RACER = """
import django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from bookonce.foundation import rate_limits
rate_limits.WAIT = 30  # here every call is to be counted, however busy the machine is
with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda _: rate_limits.count_attempt("guest", "me", now=1.8e9).ok, range(400))))
"""


def test_processes_count_together(tmp_path: Path) -> None:
    import os

    environment = os.environ | {
        "BOOKONCE_DATA": str(tmp_path),
        "BOOKONCE_RATE_GUEST": "500/60",
        "DJANGO_SETTINGS_MODULE": "bookonce.settings",
    }
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sum(int(racer.communicate(timeout=60)[0]) for racer in racers) == 500
