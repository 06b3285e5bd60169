"""The metrics of ``/metrics`` in Prometheus' text format; no label carries a secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.queries import count_unmade, oldest_failing, worker_seen
from bookonce.domain.bookings.models import Booking
from bookonce.domain.links.queries import STATES, count_by_state
from bookonce.foundation import clock


def metrics_text(*, now: datetime) -> str:
    """Every metric with its help and type."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    # Only what is due: a mail that waits for its next attempt is not late.
    oldest = waiting.filter(not_before__lte=now).aggregate(at=Min("not_before"))["at"]
    failing, doubt = oldest_failing(now=now), clock.current_doubt()
    deliveries = _by_state(Delivery, Delivery.State.values)
    lines = [
        *_gauge("bookonce_links", "One-time links by state.", _links(now)),
        *_gauge("bookonce_bookings", "Bookings by state.", _by_state(Booking, Booking.State.values)),
        *_gauge("bookonce_deliveries", "Messages of the outbox by state.", deliveries),
        *_gauge(
            "bookonce_oldest_delivery_seconds",
            "How long the oldest message that is due has been waiting.",
            {"": (now - oldest).total_seconds() if oldest else 0},
        ),
        *_gauge(
            "bookonce_oldest_failing_delivery_seconds",
            "How long ago the oldest message was written that has failed and is still tried.",
            {"": failing.total_seconds() if failing else 0},
        ),
        *_gauge(
            "bookonce_unmade_deliveries",
            "Messages that were given up because they cannot be made.",
            {"": count_unmade()},
        ),
        *_gauge("bookonce_worker_up", "Whether a worker was seen.", {"": int(worker_seen())}),
        *_gauge(
            "bookonce_clock_doubted",
            "Whether the machine's clock was set and is not trusted: nothing is written then.",
            {"": int(doubt is not None)},
        ),
        *_gauge(
            "bookonce_clock_step_seconds",
            "How far that clock is ahead of the time that is trusted; 0 where it is trusted.",
            {"": doubt.seconds if doubt else 0},
        ),
    ]
    return "\n".join(lines) + "\n"


def _gauge(name: str, help_text: str, values: dict[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} gauge"
    for label, value in values.items():
        yield f'{name}{{state="{label}"}} {value:g}' if label else f"{name} {value:g}"


def _by_state(model: Any, states: list[str]) -> dict[str, float]:
    counted = model.objects.values_list("state").annotate(count=Count("pk")).order_by()
    # States without rows are reported as 0: an alarm does not notice a series that is missing.
    return dict.fromkeys(states, 0.0) | dict(counted)


def _links(now: datetime) -> dict[str, float]:
    return dict.fromkeys(STATES, 0.0) | count_by_state(now=now)
