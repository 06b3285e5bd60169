"""A web and a worker that are killed and started again, and the questions that are asked in between."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from datetime import datetime

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain import invariants
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.models import Link
from bookonce.foundation.tokens import parse_public_id, public_id
from tests.interfaces.commands.shell import Nursery, Shell, alive
from tests.kills.clients import Client, Ledger


@dataclass
class House:
    """The processes of one installation, and the clients who use it."""

    shell: Shell
    nursery: Nursery
    clients: list[Client]
    ledger: Ledger
    running: list[int] = field(default_factory=list)

    def start(self, part: str, kill: str = "") -> int:
        """``web`` or ``worker``, in a group of its own, told where to die; the group's id."""
        group = self.nursery.bear(f"{part} {kill}")
        self.running.append(group)
        return group

    def kill(self, group: int) -> None:
        """End the process and its relatives, by SIGKILL, and wait until none of them runs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        while alive(group):
            time.sleep(0.005)
        self.running.remove(group)

    def stop(self) -> None:
        for client in self.clients:
            client.going = False
        for group in list(self.running):
            self.kill(group)
        self.nursery.close()

    def finish(self) -> None:
        """Let every client get its last answer."""
        for client in self.clients:
            client.going = False
        for client in self.clients:
            client.join(60)
            assert not client.is_alive(), f"a client waits for ever: {self.shell.log[-3000:]}"

    def wrong(self) -> list[str]:
        """What does not hold, while the web is dead: nothing that was acknowledged may be otherwise."""
        with self.ledger.lock:
            told, pending = dict(self.ledger.bookings), set(self.ledger.pending.values())
            revoked = list(self.ledger.revoked)
        kept = {public_id("bkg", row.pk): row for row in Booking.objects.all()}
        faults = list(self.ledger.faults)
        for name, (state, starts_at) in told.items():
            row = kept.get(name)
            if row is None:
                faults.append(f"{name} was acknowledged and is lost")
            elif name not in pending and (row.state, row.starts_at) != (state, _instant(starts_at)):
                faults.append(f"{name} was {state} at {starts_at} and is {row.state} at {row.starts_at}")
        keys = [parse_public_id("lnk", name) for name in revoked]
        if Link.objects.filter(pk__in=keys, revoked_at__isnull=False).count() != len(revoked):
            faults.append("a link was acknowledged as revoked and is not")
        return faults + [f"{found.means}: {found.ids}" for found in invariants.find_broken()]

    def wait_for_mails(self, seconds: float) -> None:
        """Until the worker has brought every delivery to an end."""
        until = time.monotonic() + seconds
        while Delivery.objects.filter(state=Delivery.State.WAITING).exists():
            assert time.monotonic() < until, f"mails wait for ever: {self.shell.log[-3000:]}"
            time.sleep(0.1)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
