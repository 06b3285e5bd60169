"""``bookonce outbox`` and ``bookonce resend``: what waits, what was given up, and sending that anew."""

from __future__ import annotations

import argparse
import sys

from bookonce.delivery.outbox import queries
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import resend
from bookonce.foundation import clock
from bookonce.foundation.errors import Refused
from bookonce.interfaces.commands import prepare

SHOWN = 1000


class NothingSaid(Refused):
    """Which of them?"""

    sentence = "Say which delivery to send anew (dlv_…, see `bookonce outbox --dead`), or --all-dead."


def list_them(args: argparse.Namespace) -> None:
    """A line for each delivery that waits, or that was given up; the oldest first."""
    prepare.prepare()
    state = Delivery.State.DEAD if args.dead else Delivery.State.WAITING
    found = queries.deliveries(state)
    for delivery in found[:SHOWN]:
        told = queries.describe(delivery)
        name = told.pop("id")
        print(name, *(f"{word}={value}" for word, value in told.items() if value not in (None, "")), sep="  ")
    more = found.count() - SHOWN
    if more > 0:
        print(f"… and {more} more.", file=sys.stderr)


def send_anew(args: argparse.Namespace) -> int:
    """Let dead deliveries wait again; says of each what became of it."""
    prepare.prepare()
    if bool(args.delivery) == args.all_dead:
        raise NothingSaid
    chosen = (
        list(queries.deliveries(Delivery.State.DEAD)) if args.all_dead else [queries.delivery(args.delivery)]
    )
    refused = 0
    for delivery in chosen:
        name = queries.describe(delivery)["id"]
        try:
            resend(delivery, now=clock.now())
            print(f"{name}  waits again")
        except Refused as refusal:
            refused += 1
            print(f"{name}  {refusal.sentence}", file=sys.stderr)
    return 1 if refused else 0
