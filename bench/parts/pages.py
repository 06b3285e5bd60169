"""What a guest waits for: the page of a link and a month of its times, with a full diary."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bench import statements
from bench.builds import Build
from bench.figures import Figure, Size, count, figure
from bench.http_load import Request, send
from bench.installations import Installation, new_installation
from bench.measurements import Measurement
from bench.processes import spending
from bench.servers import Program, running

BUSY = 200
AT_ONCE = 2
FETCHES = 5


@contextmanager
def of_a_guest(build: Build, size: Size) -> Iterator[Measurement]:
    with new_installation(build, "postgres") as here:
        token = here.world("busy_month", busy=BUSY)["token"]
        today = datetime.now(UTC).date()
        span = f"from={today}&to={today + timedelta(days=31)}"
        requests: dict[str, Request] = {
            "guest page": ("GET", f"/o/{token}", None),
            "month of slots": ("GET", f"/api/v1/public/links/{token}/slots?{span}", None),
        }
        once = _statements(here, requests)
        yield Measurement(lambda: _round(here, requests, size, token), once)


def _statements(here: Installation, requests: dict[str, Request]) -> list[Figure]:
    made = []
    for name, request in requests.items():
        number, trips = statements.of_requests(here, [request] * 8, 200)
        made += [count(f"{name}, statements", number, goal=6), count(f"{name}, round trips", trips)]
    return made


def _round(here: Installation, requests: dict[str, Request], size: Size, token: str) -> list[Figure]:
    """The figures of one server, started for them (as in ``bench.parts.booking``)."""
    with running(here) as program:
        for request in requests.values():
            send(program.port, [request] * max(64, size.requests // 4), connections=16).require_statuses(200)
        return _costs(program, requests, size) + weight(program.port, token)


def _costs(program: Program, requests: dict[str, Request], size: Size) -> list[Figure]:
    made = []
    for name, request in requests.items():
        with spending(**program.pids) as spent:
            send(program.port, [request] * size.requests, connections=AT_ONCE).require_statuses(200)
        cpu = 1000 * spent.total / size.requests
        made.append(figure(f"{name}, {BUSY} busy ranges, CPU", "ms", cpu, goal=4, aim=2))
    return made


def weight(port: int, token: str) -> list[Figure]:
    """Bytes over the wire, without heads, of the page and all that it loads, asked for as by a browser."""
    base = f"http://127.0.0.1:{port}"
    # A form's token is now and then a sign shorter: the longest of a few pages is the same each time.
    page, plain = max(_fetched(f"{base}/o/{token}") for _ in range(FETCHES))
    loaded = re.findall(r"<(?:link|script|img)[^>]*?(?:href|src)=\"(/[^\"]+)\"", plain.decode())
    parts = {path: _fetched(base + path)[0] for path in dict.fromkeys(loaded)}
    sent = [page, *parts.values()]
    squeezed = len(gzip.compress(plain, 6))
    return [
        count("guest page, all it loads, over the wire", sum(sent) / 1000, unit="kB", goal=30),
        count("guest page, requests", len(sent), goal=5),
        count("guest page, HTML alone over the wire", page / 1000, unit="kB"),
        # Not a count: what a token and a seal compress to is a matter of chance.
        figure("guest page, HTML were it compressed", "kB", squeezed / 1000),
    ]


def _fetched(url: str) -> tuple[int, bytes]:
    """The bytes that came, and what they mean."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        data = answer.read()
        return len(data), unpacked(data, answer.headers.get("Content-Encoding"))


def unpacked(data: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(data) if encoding == "gzip" else data


MEASUREMENTS = {"pages of a guest": of_a_guest}
