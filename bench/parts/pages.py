"""What a guest waits for: the page of a link and a month of its times, with a full diary."""

from __future__ import annotations

import gzip
import re
import urllib.request
from datetime import UTC, datetime, timedelta

from bench import statements
from bench.figures import Figure, Size, figure
from bench.processes import spending
from bench.servers import Asked, place, running
from bench.servers import load as send

BUSY = 200
AT_ONCE = 2


def figures(size: Size) -> list[Figure]:
    made = []
    with place("postgres") as here:
        token = here.world("busy_month", busy=BUSY)["token"]
        today = datetime.now(UTC).date()
        span = f"from={today}&to={today + timedelta(days=31)}"
        questions: dict[str, Asked] = {
            "guest page": ("GET", f"/o/{token}", None),
            "month of slots": ("GET", f"/api/v1/public/links/{token}/slots?{span}", None),
        }
        counted = {name: statements.of_requests(here, [one] * 8, 200) for name, one in questions.items()}
        with running(here) as program:
            for name, one in questions.items():
                send(program.port, [one] * max(64, size.requests // 4), connections=16).insist(200)
                cpu = []
                for _ in range(size.rounds):
                    with spending(**program.pids) as spent:
                        send(program.port, [one] * size.requests, connections=AT_ONCE).insist(200)
                    cpu.append(1000 * spent.total / size.requests)
                number, trips = counted[name]
                made += [
                    figure(f"{name}, {BUSY} busy ranges, CPU", "ms", cpu, goal=4, aim=2),
                    figure(f"{name}, statements", "", number, goal=6),
                    figure(f"{name}, round trips", "", trips),
                ]
            made += weight(program.port, token)
    return made


def weight(port: int, token: str) -> list[Figure]:
    """Bytes over the wire, without heads, of the page and all that it loads, asked for as by a browser."""
    base = f"http://127.0.0.1:{port}"
    page, plain = _fetched(f"{base}/o/{token}")
    loaded = re.findall(r"<(?:link|script|img)[^>]*?(?:href|src)=\"(/[^\"]+)\"", plain.decode())
    parts = {path: _fetched(base + path)[0] for path in dict.fromkeys(loaded)}
    sent = [page, *parts.values()]
    squeezed = len(gzip.compress(plain, 6))
    return [
        figure("guest page, all it loads, over the wire", "kB", sum(sent) / 1000, goal=30),
        figure("guest page, requests", "", len(sent), goal=5),
        figure("guest page, HTML alone over the wire", "kB", page / 1000),
        figure("guest page, HTML were it compressed", "kB", squeezed / 1000),
    ]


def _fetched(url: str) -> tuple[int, bytes]:
    """The bytes that came, and what they mean."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        data = answer.read()
        return len(data), unpacked(data, answer.headers.get("Content-Encoding"))


def unpacked(data: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(data) if encoding == "gzip" else data
