"""``bookonce outbox`` and ``bookonce resend``: lists waiting and dead deliveries, resends dead ones."""

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


class NoDeliveryGiven(Refused):
    """Which of them?"""

    sentence = "Say which delivery to send anew (dlv_…, see `bookonce outbox --dead`), or --all-dead."


def list_deliveries(args: argparse.Namespace) -> None:
    """Print a line for each waiting or dead delivery, oldest first."""
    prepare.prepare(on_existing=True)
    state = Delivery.State.DEAD if args.dead else Delivery.State.WAITING
    found = queries.list_deliveries(state)
    for delivery in found[:SHOWN]:
        told = queries.describe_for_operator(delivery)
        name = told.pop("id")
        print(name, *(f"{word}={value}" for word, value in told.items() if value not in (None, "")), sep="  ")
    more = found.count() - SHOWN
    if more > 0:
        print(f"… and {more} more.", file=sys.stderr)


def resend_deliveries(args: argparse.Namespace) -> int:
    """Let dead deliveries wait again; prints the result of each."""
    prepare.prepare(on_existing=True)
    if bool(args.delivery) == args.all_dead:
        raise NoDeliveryGiven
    chosen = (
        list(queries.list_deliveries(Delivery.State.DEAD))
        if args.all_dead
        else [queries.find_for_operator(args.delivery)]
    )
    refused = 0
    for delivery in chosen:
        name = queries.describe_for_operator(delivery)["id"]
        try:
            resend(delivery, now=clock.now())
            print(f"{name}  waits again")
        # One that cannot be resent does not stop the others; the exit status reports it.
        except Refused as refusal:
            refused += 1
            print(f"{name}  {refusal.sentence}", file=sys.stderr)
    return 1 if refused else 0
