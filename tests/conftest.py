"""The standing cast: host Hana, stranger Sam in another workspace, guest Gil."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, ScryptPasswordHasher

from bookonce.foundation import clock
from tests import make

ROOMY = ("guest", "unknown_token", "sign_in_place")


@pytest.fixture(autouse=True)
def room_in_the_minute(settings: Any) -> None:
    """Tests stop the clock and come from one address: together they would be more than a minute takes."""
    wide = {name: (10**6, settings.RATES[name][1]) for name in ROOMY}
    settings.RATES = settings.RATES | wide


def _wall_seconds() -> float:
    return clock.wall_seconds()


@pytest.fixture(scope="session", autouse=True)
def a_machine_that_sleeps() -> Iterator[None]:
    """Tests move the clock: as if this machine had slept meanwhile, and not as if it had been set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "boot_seconds", _wall_seconds)
        clock.forget_latest()
        yield


@pytest.fixture(autouse=True)
def nobody_has_looked_at_the_clock() -> Iterator[None]:
    """A test that finds a doubt, or an instant far ahead, leaves none to the next."""
    yield
    clock.forget_latest()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """To hash a password as slowly as the product does takes longer than most tests that sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScryptPasswordHasher, "work_factor", 2)
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield


@pytest.fixture
def hana(db: None) -> make.Team:
    """Hana's workspace: the one that most tests are about."""
    return make.team("Acme", "Hana")


@pytest.fixture
def sam(db: None) -> make.Team:
    """Sam's workspace, which must never see anything of Hana's."""
    return make.team("Elsewhere", "Sam")
