"""A probe is answered whatever the database does."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bookonce.interfaces.health import readiness
from bookonce.interfaces.health.readiness import SILENT, ReadinessProbe


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every look at the database, which finds nothing wrong."""
    made: list[str] = []
    monkeypatch.setattr(readiness, "_look", lambda: made.append("look"))
    return made


def test_probes_share_a_look(looks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(times: int) -> set[str | None]:
        probe = ReadinessProbe(asyncio.get_running_loop())
        return set(await asyncio.gather(*(probe.unready_reason() for _ in range(times))))

    assert asyncio.run(ask(50)) == {None}
    assert len(looks) == 1


def test_after_a_while_it_looks_again(looks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "SHARED", 0.0)

    async def ask() -> None:
        probe = ReadinessProbe(asyncio.get_running_loop())
        await probe.unready_reason()
        await asyncio.sleep(0.01)
        await probe.unready_reason()

    asyncio.run(ask())
    assert len(looks) == 2


def test_a_database_that_stands_still_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    monkeypatch.setattr(readiness, "SHARED", 0.0)
    monkeypatch.setattr(readiness, "_look", lambda: None if goes_on.wait(20) else "never")

    async def ask() -> list[str | None]:
        probe = ReadinessProbe(asyncio.get_running_loop())
        told = [await probe.unready_reason(), await probe.unready_reason()]
        goes_on.set()
        while (last := await probe.unready_reason()) is not None:
            await asyncio.sleep(0.01)
        return [*told, last]

    assert asyncio.run(ask()) == [SILENT, SILENT, None]
