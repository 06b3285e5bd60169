"""People and programs who go on as the server dies: they remember what they were told, and ask again."""

from __future__ import annotations

import random
import socket
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.races.wire import Answer, Request, answer_of

NAP = 0.01


@dataclass
class Ledger:
    """What the clients were told, and what each of them still waits for."""

    bookings: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Booking → its state and start, as last acknowledged."""
    of_link: dict[str, str] = field(default_factory=dict)
    """Link → the booking that was made with it."""
    revoked: set[str] = field(default_factory=set)
    pending: dict[threading.Thread, str] = field(default_factory=dict)
    """Who waits for an answer about which booking or link."""
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    forgives: bool = False
    """Whether a 5xx is asked again like a lost answer; else it is a fault."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client(threading.Thread):
    """Mints, books, moves, cancels, revokes; repeats whatever was not answered, until it is."""

    def __init__(self, ledger: Ledger, *, port: int, key: str, calendar: str, times: list[str]) -> None:
        super().__init__(daemon=True)
        self.ledger, self.port, self.calendar, self.times = ledger, port, calendar, times
        self.owner = {"Authorization": f"Bearer {key}"}
        self.going = True

    def run(self) -> None:
        try:
            while self.going:
                self.story()
        except Exception as fault:
            self.ledger.faults.append(f"a client failed: {fault!r}")

    def story(self) -> None:
        """One link from its minting to its end."""
        link = self.ask("/links", {"calendar": self.calendar}, of="", expected={201}).body
        if random.random() < 0.1:
            self.ask(f"/links/{link['id']}/revoke", of=link["id"], expected={200})
            self.ledger.revoked.add(link["id"])
            self.book(link, expected={410})
            return
        booking = self.book(link, expected={201, 409})
        if random.random() < 0.3:
            booking = self.move(booking)
        if random.random() < 0.8:
            path = f"/bookings/{booking['id']}/cancel"
            self.ask(path, {"reason": "no reason"}, of=booking["id"], expected={200})

    def book(self, link: dict[str, Any], *, expected: set[int]) -> dict[str, Any]:
        path = f"/public/links/{link['url'].rpartition('/')[2]}/bookings"
        guest = {"name": "Gil Guest", "email": f"{uuid.uuid4().hex}@example.net"}
        while True:
            wish = {"starts_at": random.choice(self.times), "guest": guest}
            answer = self.ask(path, wish, of=link["id"], expected=expected)
            if answer.status != 409:
                return answer.body

    def move(self, booking: dict[str, Any]) -> dict[str, Any]:
        path, wish = f"/bookings/{booking['id']}/move", {"starts_at": random.choice(self.times)}
        answer = self.ask(path, wish, of=booking["id"], expected={200, 409})
        return answer.body if answer.status == 200 else booking

    def ask(self, path: str, body: Any = None, *, of: str, expected: set[int]) -> Answer:
        """Send until it is answered, each time with the same key; then write down what was said."""
        request = Request(f"/api/v1{path}", body, self.owner | {"Idempotency-Key": uuid.uuid4().hex})
        with self.ledger.lock:
            self.ledger.pending[self] = of
        answer = self._answered(request)
        with self.ledger.lock:
            del self.ledger.pending[self]
            self._note(path, answer, of, expected)
        time.sleep(NAP)
        return answer

    def _answered(self, request: Request) -> Answer:
        while True:
            sent = False
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
                    line.sendall(request.bytes(self.port))
                    sent = True
                    self.ledger.counts["requests"] += 1
                    answer = answer_of(b"".join(iter(lambda: line.recv(65536), b"")))
                if answer.body.get("code") == "in_flight":
                    # What was sent before the server died may still be at work for a moment.
                    self.ledger.counts["still running"] += 1
                    time.sleep(0.02)
                    continue
                if answer.status < 500 or not self.ledger.forgives:
                    return answer
                self.ledger.counts["server's mistakes"] += 1
            except OSError:
                self.ledger.counts["answers lost"] += sent
                time.sleep(0.02)

    def _note(self, path: str, answer: Answer, of: str, expected: set[int]) -> None:
        ledger, body = self.ledger, answer.body
        ledger.counts[f"{path.rpartition('/')[2]} {answer.status}"] += 1
        if answer.status not in expected:
            ledger.faults.append(f"{path.rpartition('/')[2]} was answered {answer}")
        elif answer.status < 300 and "starts_at" in body:
            if path.startswith("/public/") and ledger.of_link.setdefault(of, body["id"]) != body["id"]:
                ledger.faults.append(f"{of} was booked again: {ledger.of_link[of]}, then {body['id']}")
            ledger.bookings[body["id"]] = (body["state"], body["starts_at"])
