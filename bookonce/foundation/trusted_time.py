"""Which time is believed: the machine's clock, while it goes evenly with the time since the machine started.

Pure: both clocks are passed in, in seconds. ``wall`` is the machine's clock (since 1970), which anybody can
set; ``boot`` is the time since the machine started, sleep included, which nobody can. Their difference, the
*offset*, changes only where the wall clock is set: a step (docs/decisions/0018).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

TOLERANCE = 10.0
"""Seconds up to which a step is believed at once: a network clock's correction, a pause of the machine."""
STANDS = 120.0
"""Seconds after which a step counts as meant."""
NEAR = 26 * 3600.0
"""Seconds from the last instant within which a step is believed without a person: a day, zone and all."""
AWAY = 32 * 86400.0
"""Seconds for which a machine may have been off before a person must say that its clock is right."""
JUST_STARTED = 600.0
"""Seconds after the machine's start within which its clock may still be on its way to the right time."""
RELEASED = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
"""No clock is right that is earlier: a machine without a battery begins in 1970."""
UNDER_WAY = 5.0
"""Seconds after a step is believed, within which a request may still hold the time of before."""
_LOWERED = 60.0
"""What other processes have recorded is older than our own time by less, unless a person turned it back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the processes of a machine have recorded of its clock since it was started."""

    offset: float
    """The believed one."""
    server_offset: float | None = None
    """The clock of PostgreSQL's server minus ``boot``, as this offset was believed."""
    doubted: float | None = None
    doubted_since: float | None = None
    """The offset that is doubted, and from which ``boot`` on."""


@dataclass(frozen=True, slots=True)
class ServerClock:
    """The clock of PostgreSQL's server just now."""

    now: float
    elsewhere: bool
    """Whether its address is that of another machine."""


@dataclass(frozen=True, slots=True)
class ClockStep:
    """An offset that is not believed, and the ``boot`` at which it was first seen."""

    offset: float
    since: float


class TrustedClock:
    """A clock that is never turned back and follows only steps that it believes. Not safe for threads."""

    def __init__(self) -> None:
        self.latest = 0.0
        """The latest instant that it has told; ``boot`` was ``tick`` then."""
        self.tick = 0.0
        self.offset: float | None = None
        self.doubted: ClockStep | None = None
        self.believed_at = -inf
        """The ``boot`` at which a step was believed last."""
        self.reach = NEAR
        """How far ahead a step may lead that comes as the machine has just started."""
        self.lowered = 0
        """How often a person has turned the recorded instants back, as far as this process knows."""

    def read(self, wall: float, boot: float) -> float:
        """The time, in seconds since 1970; notes a step, and believes one that has stood for long enough."""
        offset = wall - boot
        if self.offset is None or abs(offset - self.offset) <= TOLERANCE:
            # Also the end of a step that was taken back.
            self.offset, self.doubted = offset, None
        else:
            self._doubt(offset, boot, wall)
        return self._go_on(boot)

    def _go_on(self, boot: float) -> float:
        assert self.offset is not None
        # After a believed step backwards time goes on at half its pace until the machine's clock has come up:
        # standing still would end no hold and no rate, and going back would revive what has expired.
        paced = self.latest + max(0.0, boot - self.tick) / 2
        self.latest, self.tick = max(boot + self.offset, paced), boot
        return self.latest

    def _doubt(self, offset: float, boot: float, wall: float) -> None:
        if self.doubted is None or abs(offset - self.doubted.offset) > TOLERANCE:
            self.doubted = ClockStep(offset, boot)
        elif self._stood(boot) and self._is_near(wall - self._go_on(boot)):
            self._believe(offset, boot)

    def _stood(self, boot: float) -> bool:
        return self.doubted is not None and boot - self.doubted.since >= STANDS

    def _is_near(self, ahead: float) -> bool:
        assert self.doubted is not None
        reach = self.reach if self.doubted.since < JUST_STARTED else NEAR
        return -NEAR < ahead < reach

    def _believe(self, offset: float, boot: float) -> None:
        self.offset, self.doubted, self.reach, self.believed_at = offset, None, NEAR, boot

    def is_settled(self, boot: float) -> bool:
        """Whether all may write that go by this clock: no step is doubted, or has just been believed."""
        return self.doubted is None and boot - self.believed_at >= UNDER_WAY

    def resume_from(
        self,
        own: Reading | None,
        recorded: float | None,
        wall: float,
        boot: float,
        *,
        least: float = 0.0,
    ) -> None:
        """Begin where the processes before have been: ``recorded`` is the last instant of any machine.

        ``own`` is this machine's reading since it was started; without one nothing measures how long it was
        off. No time before ``least`` is believed.
        """
        self.latest, self.tick = max(recorded or 0.0, least, RELEASED), boot
        self.offset, self.doubted = wall - boot, None
        if own is not None:
            self.offset, self.reach = own.offset, NEAR
            self.read(wall, boot)
            self._stood_before(own)
            return
        self.reach = inf if recorded is None else AWAY
        ahead = wall - self.latest
        if ahead < -TOLERANCE or (ahead >= NEAR and recorded is not None):
            # Time goes on from what is recorded. The clock may have stood so since the machine's start.
            self.offset, self.doubted = self.latest - boot, ClockStep(wall - boot, 0.0)
        self.read(wall, boot)

    def weigh_evidence(
        self,
        own: Reading | None,
        recorded: float | None,
        server: ServerClock | None,
        wall: float,
        boot: float,
    ) -> None:
        """Settle a doubt by what others say: processes here, a person, the server, other machines."""
        self.read(wall, boot)
        if self.doubted is None:
            return
        offset = wall - boot
        if own is not None and abs(own.offset - offset) <= TOLERANCE:
            self._follow(offset, recorded, boot)
        elif server is not None and abs(server.now - wall) <= TOLERANCE and _is_witness(server, own, boot):
            self._believe(offset, boot)
        elif recorded is not None and self._stood(boot) and abs(wall - recorded) < NEAR:
            self._follow(offset, recorded, boot)
        else:
            self._stood_before(own)
        self.read(wall, boot)

    def _follow(self, offset: float, recorded: float | None, boot: float) -> None:
        self._believe(offset, boot)
        if recorded is not None and recorded < self.latest - _LOWERED:
            # Only a person lowers what is recorded, who has said that the time between was never real.
            self.latest, self.tick = recorded, boot

    def _stood_before(self, own: Reading | None) -> None:
        """A restart, or a process that looked later, does not make a step younger."""
        if self.doubted is None or own is None or own.doubted is None or own.doubted_since is None:
            return
        if abs(own.doubted - self.doubted.offset) <= TOLERANCE:
            self.doubted = ClockStep(self.doubted.offset, min(self.doubted.since, own.doubted_since))

    def accept_wall(self, wall: float, boot: float) -> None:
        """Take the machine's clock for right, backwards too: a person says so."""
        self._believe(wall - boot, boot)
        self.latest, self.tick = wall, boot

    def is_ahead(self) -> bool:
        """Whether time goes on from an instant that the machine's clock has still to come up to."""
        return self.offset is not None and self.latest - self.tick - self.offset > _LOWERED

    def lower_to(self, recorded: float, lowered: int) -> None:
        """Go on from what a person has turned the record back to, if that was done since we last looked."""
        if lowered > self.lowered:
            self.lowered = lowered
            if recorded < self.latest:
                # Requests under way still hold the time of before, as after a step that was believed.
                self.latest, self.believed_at = recorded, self.tick

    def needs_person(self, wall: float) -> bool:
        """Whether the doubt does not end by itself, unless the machine's clock is set right."""
        return self.doubted is not None and not self._is_near(wall - self.latest)


def _is_witness(server: ServerClock, own: Reading | None, boot: float) -> bool:
    """Whether the server's clock is another than this machine's: a step of ours has not moved it."""
    # A server on this machine, or in a container beside us, would agree with every step.
    if own is not None and own.server_offset is not None:
        return abs(server.now - boot - own.server_offset) <= TOLERANCE
    return server.elsewhere
