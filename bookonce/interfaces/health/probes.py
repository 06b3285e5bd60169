"""``/healthz``, ``/readyz`` and ``/metrics``.

They answer under any Host header, and before there is a workspace.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from bookonce.delivery.outbox.queries import worker_seen
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.migration_state import is_migrated
from bookonce.foundation.database.transactions import Busy, transaction
from bookonce.interfaces.health.metrics import metrics_text

log = logging.getLogger("bookonce.health")


# None under `bookonce web`, whose worker may run on another machine.
worker_of_serve = ""
"""Set by ``serve``: the name of its own worker, which must have a heartbeat."""


class ProbeView(Protocol):
    def __call__(self, request: HttpRequest, *, now: datetime) -> HttpResponse: ...


def healthz(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """200: the process answers."""
    return _plain("ok")


def readyz(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """200: the database is migrated and writable and, under ``serve``, the worker alive; else 503."""
    why_not = unready_reason()
    return _plain(why_not or "ready", 503 if why_not else 200)


def unready_reason() -> str | None:
    """One sentence on what is missing; None: ready."""
    trouble = "the database cannot be reached"
    try:
        if not is_migrated():
            return "the database is not migrated"
        trouble = "the database cannot be written"
        if clock_readings.settle_doubt_if_any():
            return "the clock of this machine was set, and is not trusted yet"
        _write()
        if worker_of_serve and not worker_seen(worker_of_serve):
            return "the worker has not been seen"
    except DatabaseError as refused:
        # Only in the log: anybody can call a probe, and the error may name host and user.
        log.warning("not ready: %s", refused)
        return trouble
    return None


def _write() -> None:
    """Write and commit a row: a full disk and a standby server are found out by nothing less."""
    # Without waiting: a probe must not queue behind bookings.
    with contextlib.suppress(Busy), transaction(wait=False), connection.cursor() as cursor:
        # So old a beat is no worker's, and the worker forgets it with other old ones.
        cursor.execute(
            "INSERT INTO bookonce_beat (worker, at) VALUES ('readyz', '2000-01-01 00:00:00') "
            "ON CONFLICT (worker) DO UPDATE SET at = excluded.at"
        )


def metrics(request: HttpRequest, *, now: datetime) -> HttpResponse:
    """The metrics, for requests with the token; else 404."""
    token = settings.ENVIRONMENT.metrics_token
    shown = request.META.get("HTTP_AUTHORIZATION", "")
    # 404 and not 401, so that without the token nobody learns that there are metrics. Bytes, because
    # compare_digest takes ASCII text only.
    if not token or not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        return _plain("Not found", 404)
    return HttpResponse(metrics_text(now=now), content_type="text/plain; version=0.0.4; charset=utf-8")


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(
        text + "\n", status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )


ANSWERS: dict[str, ProbeView] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
