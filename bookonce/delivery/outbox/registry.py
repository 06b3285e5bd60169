"""What the worker does, registered by name in ``apps.py``: channels it delivers by, and periodic jobs.

Each is named by its dotted path and imported when a worker begins, so that the outbox knows none of the
rooms above it, and whoever only mints a link imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.module_loading import import_string

from bookonce.delivery.outbox.models import Delivery

DeliveryHandler = Callable[[Delivery], None]
"""Makes one attempt, outside any transaction; raises ``NotDelivered`` where it has not arrived."""
PeriodicJob = Callable[[datetime], object]
"""Is done every few seconds, and so does little at a time."""

_handlers: dict[str, str] = {}
_jobs: dict[str, str] = {}


def register_channel(channel: str, path: str) -> None:
    """Say what delivers by this channel."""
    _handlers[channel] = path


def register_job(name: str, path: str) -> None:
    """Have the worker do this every few seconds."""
    _jobs[name] = path


def delivery_handlers() -> Mapping[str, DeliveryHandler]:
    """What delivers, by channel."""
    return {channel: import_string(path) for channel, path in _handlers.items()}


def periodic_jobs() -> Mapping[str, PeriodicJob]:
    """What is done every few seconds, by name."""
    return {name: import_string(path) for name, path in _jobs.items()}
