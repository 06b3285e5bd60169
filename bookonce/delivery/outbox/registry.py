"""The worker's delivery handlers (by channel) and periodic jobs (by name), registered in ``apps.py``.

Each is a dotted path that is imported when a worker starts, so that the outbox knows none of the rooms above
it, and a command that only mints a link imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.module_loading import import_string

from bookonce.delivery.outbox.models import Delivery

DeliveryHandler = Callable[[Delivery], None]
"""Makes one attempt, outside any transaction; raises ``NotDelivered`` where it failed."""
PeriodicJob = Callable[[datetime], object]
"""Runs every few seconds, and so does little at a time."""

_handlers: dict[str, str] = {}
_jobs: dict[str, str] = {}


def register_channel(channel: str, path: str) -> None:
    """Register the handler of this channel by its dotted path."""
    _handlers[channel] = path


def register_job(name: str, path: str) -> None:
    """Register a job that the worker runs every few seconds."""
    _jobs[name] = path


def delivery_handlers() -> Mapping[str, DeliveryHandler]:
    """Channel → handler, imported."""
    return {channel: import_string(path) for channel, path in _handlers.items()}


def periodic_jobs() -> Mapping[str, PeriodicJob]:
    """Name → periodic job, imported."""
    return {name: import_string(path) for name, path in _jobs.items()}
