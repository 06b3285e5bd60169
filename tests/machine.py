"""A machine whose clocks a test moves, so that nobody waits."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bookonce.foundation import clock


@dataclass
class Machine:
    """Its clock, and the time since it was started."""

    wall: float
    boot: float = 5000.0

    def use(self, monkeypatch: pytest.MonkeyPatch) -> Machine:
        """Let this process run on it, from its first look at the clock."""
        monkeypatch.setattr(clock, "wall_seconds", lambda: self.wall)
        monkeypatch.setattr(clock, "boot_seconds", lambda: self.boot)
        clock.forget_latest()
        return self

    def passes(self, seconds: float) -> None:
        """Time passes, asleep or awake, and nobody looks."""
        self.wall += seconds
        self.boot += seconds

    def steps(self, seconds: float) -> None:
        """Somebody sets the clock."""
        self.wall += seconds

    def look_for(self, seconds: int | float) -> None:
        """Time passes while the clock is looked at every second."""
        clock.now()
        for _ in range(int(seconds)):
            self.passes(1)
            clock.now()
