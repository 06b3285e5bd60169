"""The worker: late perhaps, wrong never."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from bookonce.delivery.outbox import claims, queries, retries, worker
from bookonce.delivery.outbox.errors import NotDelivered, ServerUnusable
from bookonce.delivery.outbox.models import Beat, Delivery
from bookonce.foundation import clock
from bookonce.foundation.database import clock_readings
from bookonce.foundation.database.models import ClockReading
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.delivery.outbox import rows
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "tok3nTok3nTok3nTok3nTok"


@pytest.fixture(autouse=True)
def _a_clock_that_has_reached_now() -> Iterator[None]:
    clock.resume_from(None, None, least=NOW)
    yield
    clock.forget_latest()


class Running:
    """A worker in threads of this process."""

    def __init__(self, deliver: object, **more: object) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, args=({"email": deliver},), kwargs=more, daemon=True)

    def _run(self, deliverers: object, **more: object) -> None:
        worker.run_worker(deliverers, self.stop, **more)  # type: ignore[arg-type]
        connection.close()

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


def until(true: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_it_delivers_and_is_seen_and_stops_at_once(hana: make.Team) -> None:
    rows.delivery(hana)
    got = []
    with Running(lambda delivery: got.append(delivery.pk)) as running:
        until(lambda: Delivery.objects.filter(state="done").exists())
        assert queries.worker_seen()
        begun = time.monotonic()
        running.stop.set()
        running.thread.join(worker.BEAT)
        assert time.monotonic() - begun < worker.BEAT, "it does not wait for its beat"
    assert len(got) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "name", "seen"),
    [(0, "", True), (25, "", True), (31, "", False), (5, "w", True), (5, "another", False), (-60, "", False)],
)
def test_it_is_seen_for_half_a_minute(ago: int, name: str, seen: bool) -> None:
    """Under ``serve``, only its own worker counts; a heartbeat that is ahead says nothing."""
    Beat.objects.create(worker="w", at=clock_readings.database_now() - timedelta(seconds=ago))
    assert queries.worker_seen(name) is seen


def test_it_finishes_what_it_has_in_hand(hana: make.Team) -> None:
    rows.delivery(hana)
    begun, may_end = threading.Event(), threading.Event()

    def slow(_: Delivery) -> None:
        begun.set()
        assert may_end.wait(10)

    with Running(slow) as running:
        assert begun.wait(10)
        running.stop.set()
        threading.Timer(0.3, may_end.set).start()
    assert Delivery.objects.get().state == "done"


def test_two_workers_deliver_each_of_200_once(hana: make.Team) -> None:
    for number in range(200):
        rows.delivery(hana, subject=f"{number % 90}", position=number)
    got: Counter[object] = Counter()
    order: dict[str, list[int]] = {}
    lock = threading.Lock()

    def deliver(delivery: Delivery) -> None:
        with lock:
            got[delivery.pk] += 1
            order.setdefault(delivery.thread, []).append(delivery.position)

    with Running(deliver), Running(deliver):
        until(lambda: not Delivery.objects.exclude(state="done").exists(), 60)
    assert len(got) == 200
    assert set(got.values()) == {1}
    assert all(positions == sorted(positions) for positions in order.values())


def test_one_slow_server_does_not_hold_up_the_rest(hana: make.Team) -> None:
    stuck, free = rows.delivery(hana, to="slow@example.net"), threading.Event()
    others = [rows.delivery(hana) for _ in range(5)]

    def deliver(delivery: Delivery) -> None:
        if delivery.pk == stuck.pk:
            free.wait(20)

    with Running(deliver, lanes=2):
        until(lambda: Delivery.objects.filter(state="done").count() == len(others))
        assert Delivery.objects.get(pk=stuck.pk).state == "waiting"
        free.set()


def test_delivering_inside_a_transaction_is_refused(hana: make.Team) -> None:
    rows.delivery(hana)
    with transaction(), pytest.raises(AssertionError, match="outside a transaction"):
        worker.deliver_one({"email": lambda _: None}, now=NOW)


def test_no_transaction_is_open_while_it_delivers(hana: make.Team) -> None:
    rows.delivery(hana)
    seen = []
    worker.deliver_one({"email": lambda _: seen.append(connection.in_atomic_block)}, now=NOW)
    assert seen == [False]


def test_a_fault_of_ours_is_told_without_what_it_says(
    hana: make.Team, caplog: pytest.LogCaptureFixture
) -> None:
    rows.delivery(hana)

    def faulty(_: Delivery) -> None:
        raise ValueError(f"cannot send {SECRET} to a@example.net")

    worker.deliver_one({"email": faulty}, now=NOW)
    row = Delivery.objects.get()
    assert row.state == "waiting"
    assert row.last_error.startswith("ValueError at ")
    for text in (row.last_error, caplog.text):
        assert SECRET not in text
        assert "a@example.net" not in text


def test_the_dead_raise_an_alarm(hana: make.Team, caplog: pytest.LogCaptureFixture) -> None:
    row = rows.delivery(hana)
    Delivery.objects.update(attempts=retries.TRIES - 1)

    def refuse(_: Delivery) -> None:
        raise NotDelivered("the mail was refused: 451")

    worker.deliver_one({"email": refuse}, now=NOW)
    (alarm,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    told = queries.describe_for_operator(queries.list_deliveries("dead").get(pk=row.pk))
    assert str(told["id"]) in alarm.getMessage()
    assert "a@example.net" not in alarm.getMessage()
    assert (told["attempts"], told["last_error"]) == (retries.TRIES, "the mail was refused: 451")
    assert queries.find_for_operator(str(told["id"])).pk == row.pk


def test_what_kills_every_worker_comes_to_an_end(hana: make.Team) -> None:
    rows.delivery(hana)
    Delivery.objects.update(attempts=retries.TRIES)
    tried = []
    worker.deliver_one({"email": tried.append}, now=NOW)
    assert Delivery.objects.get().state == "dead"
    assert not tried


def test_a_database_that_is_away_is_waited_for(
    hana: make.Team, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows.delivery(hana)
    real, away = claims.claim_delivery, iter(range(3))

    def shaky(*args: object, **more: object) -> object:
        if next(away, None) is not None:
            raise OperationalError(f"the server closed the connection {SECRET}")
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "claim_delivery", shaky)
    monkeypatch.setattr(worker, "POLL", 0.05)
    with Running(lambda _: None):
        until(lambda: Delivery.objects.filter(state="done").exists())
    assert "OperationalError" in caplog.text
    assert SECRET not in caplog.text


def test_it_goes_on_from_the_latest_instant_any_worker_saw(hana: make.Team) -> None:
    seen = clock.now() + timedelta(hours=20)
    ClockReading.objects.create(machine="another", at=seen, wall_offset=0)
    Beat.objects.create(worker="long ago", at=NOW - timedelta(days=9))
    with Running(lambda _: None, name="this"):
        until(lambda: Beat.objects.filter(worker="this").exists())
        until(lambda: not Beat.objects.filter(worker="long ago").exists())
    assert clock.now() >= seen
    assert not clock.is_doubted()


def test_it_goes_on_beating_while_it_delivers(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.delivery(hana)
    monkeypatch.setattr(worker, "BEAT", 0.05)
    free, beats = threading.Event(), []
    monkeypatch.setattr(worker, "record_heartbeat", beats.append)
    with Running(lambda _: free.wait(20) and None, lanes=1):
        until(lambda: len(beats) > 5)
        assert Delivery.objects.get().state == "waiting", "it beats while the mail is still on its way"
        free.set()


def test_what_waits_too_long_is_counted(hana: make.Team) -> None:
    rows.delivery(hana)
    assert queries.count_overdue(now=NOW + timedelta(minutes=14)) == 0
    assert queries.count_overdue(now=NOW + timedelta(minutes=16)) == 1
    claims.claim_delivery({"email"}, now=NOW + timedelta(minutes=16))
    assert queries.count_overdue(now=NOW + timedelta(minutes=16)) == 0


AWAY = ServerUnusable("the mail server could not be used (ConnectionRefusedError)")


class Mailing:
    """A server that is away until it is said to be back, and a recipient whom it puts off."""

    def __init__(self) -> None:
        self.back, self.sent = False, list[str]()

    def __call__(self, delivery: Delivery) -> None:
        if not self.back:
            raise AWAY
        if delivery.to == "busy@example.net":
            raise NotDelivered("the recipient was refused: 450 4.2.1")
        self.sent.append(delivery.to)


def test_one_success_makes_due_whatever_waited_for_the_server(hana: make.Team) -> None:
    mailing, at = Mailing(), NOW
    for name in ("ana", "ben", "busy"):
        rows.delivery(hana, to=f"{name}@example.net")
    for _ in range(15):  # each of them some fifteen times
        while worker.deliver_one({"email": mailing}, now=at):
            pass
        at += retries.LONGEST_WAIT
    mailing.back = True
    rows.delivery(hana, to="new@example.net")
    Delivery.objects.exclude(to="new@example.net").update(not_before=at + timedelta(minutes=29))
    while worker.deliver_one({"email": mailing}, now=at):
        pass
    assert sorted(mailing.sent) == ["ana@example.net", "ben@example.net", "new@example.net"]
    # Who was put off by their own server waits, however much else arrives.
    rows.delivery(hana, to="last@example.net")
    while worker.deliver_one({"email": mailing}, now=at):
        pass
    waiting = Delivery.objects.get(state="waiting")
    assert (waiting.to, waiting.last_error) == ("busy@example.net", "the recipient was refused: 450 4.2.1")


def test_a_process_that_begins_frees_what_an_earlier_one_put_off(hana: make.Team) -> None:
    mailing = Mailing()
    rows.delivery(hana, to="ana@example.net")
    worker.deliver_one({"email": mailing}, now=NOW)
    mailing.back = True
    worker._perhaps_away.clear()
    Delivery.objects.update(not_before=clock.now() + timedelta(minutes=29))
    rows.delivery(hana, to="new@example.net")
    with Running(mailing):
        until(lambda: len(mailing.sent) == 2)
    assert sorted(mailing.sent) == ["ana@example.net", "new@example.net"]
    assert not Delivery.objects.exclude(state="done").exists()


def test_a_mail_that_fails_for_long_is_told_of(hana: make.Team) -> None:
    assert queries.oldest_failing(now=NOW) is None
    rows.delivery(hana, to="ana@example.net")
    assert queries.oldest_failing(now=NOW) is None, "it has not been tried"
    worker.deliver_one({"email": Mailing()}, now=NOW)
    age = queries.oldest_failing(now=NOW + timedelta(minutes=16))
    assert age is not None
    assert age >= queries.LONG_FAILING
    assert queries.oldest_failing(now=NOW, workspace_id=hana.workspace.pk) is not None
    assert queries.oldest_failing(now=NOW, workspace_id=make.team("Else", "Sam").workspace.pk) is None
