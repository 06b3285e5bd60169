"""Who may deliver what: one owner at a time, in order, and every row comes to an end."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from bookonce.delivery.outbox import claims, retries
from bookonce.delivery.outbox.errors import NotDelivered, Undeliverable
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import resend
from bookonce.foundation.errors import WrongState
from tests import make
from tests.delivery.outbox import rows
from tests.make import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
CHANNELS = {"email"}
NOT_NOW, NEVER = NotDelivered("not now"), Undeliverable("never")


def claim(at: object = NOW) -> Delivery:
    claimed = claims.claim_delivery(CHANNELS, now=at)  # type: ignore[arg-type]
    assert claimed is not None
    return claimed


def nothing(at: object = NOW) -> bool:
    return claims.claim_delivery(CHANNELS, now=at) is None  # type: ignore[arg-type]


def test_what_is_claimed_is_nobody_elses_until_the_lease_is_over(hana: make.Team) -> None:
    rows.delivery(hana)
    mine = claim()
    assert (mine.attempts, mine.fence) == (1, 1)
    assert nothing(NOW + claims.LEASE - timedelta(seconds=1))
    assert claim(NOW + claims.LEASE).fence == 2


def test_two_who_saw_the_same_row_do_not_both_get_it(hana: make.Team) -> None:
    row = rows.delivery(hana)
    took = [claims._take(row.pk, row.fence, now=NOW, lease=claims.LEASE) for _ in range(2)]
    assert took == [True, False]


def test_the_fence_alone_keeps_a_second_out(hana: make.Team) -> None:
    row = rows.delivery(hana)
    assert claims._take(row.pk, row.fence, now=NOW, lease=timedelta(0))
    assert not claims._take(row.pk, row.fence, now=NOW, lease=timedelta(0))


def test_whoever_lost_the_lease_changes_nothing(hana: make.Team) -> None:
    rows.delivery(hana)
    slow, quick = claim(), claim(NOW + claims.LEASE)
    assert not claims.mark_done(slow, now=LATER)
    assert claims.record_failure(slow, NOT_NOW, now=LATER) == "lost"
    row = Delivery.objects.get()
    assert (row.state, row.lease_until) == ("waiting", quick.lease_until)
    assert claims.mark_done(quick, now=LATER)
    assert not claims.mark_done(slow, now=LATER)


def test_a_lease_that_ran_out_and_nobody_took_is_still_good(hana: make.Team) -> None:
    rows.delivery(hana)
    assert claims.mark_done(claim(), now=LATER)
    assert Delivery.objects.get().state == "done"


def test_nothing_is_claimed_before_its_time_or_for_another_channel(hana: make.Team) -> None:
    rows.delivery(hana)
    assert nothing(NOW - timedelta(seconds=1))
    assert claims.claim_delivery({"sms"}, now=NOW) is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_thread_is_delivered_in_its_order_however_it_was_written(
    hana: make.Team, order: tuple[int, ...]
) -> None:
    for position in order:
        rows.delivery(hana, subject="t", position=position)
    seen = []
    for _ in range(3):
        mine = claim()
        seen.append(mine.position)
        assert nothing(), "the next waits until this one is done"
        claims.mark_done(mine, now=NOW)
    assert seen == [0, 1, 2]


def test_threads_do_not_wait_for_each_other(hana: make.Team) -> None:
    for thread in ("a", "b", ""):
        rows.delivery(hana, subject=thread, position=1)
    assert {claim().thread for _ in range(3)} == {"a:notice:email:guest", "b:notice:email:guest", ""}


def test_a_failure_waits_and_what_is_newer_makes_it_moot(hana: make.Team) -> None:
    rows.delivery(hana, subject="t", position=0)
    assert claims.record_failure(claim(), NOT_NOW, now=NOW) == "waiting"
    again = claim(NOW + retries.LONGEST_WAIT)
    assert again.last_error == "not now"
    rows.delivery(hana, subject="t", position=1)
    assert claims.record_failure(again, NOT_NOW, now=LATER) == "dropped"
    assert claim().position == 1


def test_waits_grow_by_chance_up_to_their_limit() -> None:
    for attempts in (1, 2, 3, 5, 24, 60_000):
        longest = min(30 * 2 ** min(attempts - 1, 20), 1800)
        waits = [retries.wait_after(attempts).total_seconds() for _ in range(500)]
        assert 1 <= min(waits) < longest * 0.1 + 1
        assert longest * 0.9 < max(waits) <= longest + 1


@pytest.mark.parametrize(("why", "tries"), [(NOT_NOW, retries.TRIES), (NEVER, retries.TRIES_AFTER_NO)])
def test_after_all_its_attempts_it_is_dead(hana: make.Team, why: NotDelivered, tries: int) -> None:
    rows.delivery(hana)
    at, fates = NOW, []
    while fates[-1:] != ["dead"]:
        fates.append(claims.record_failure(claim(at), why, now=at))
        at += retries.LONGEST_WAIT
    assert len(fates) == tries
    assert nothing(at + timedelta(days=9))
    row = Delivery.objects.get()
    assert (row.state, row.lease_until, row.last_error) == ("dead", None, why.reason)


def dead(team: make.Team, **where: object) -> Delivery:
    row = rows.delivery(team, **where)  # type: ignore[arg-type]
    Delivery.objects.filter(pk=row.pk).update(state="dead", attempts=24, ended_at=NOW)
    return row


def test_the_dead_can_be_sent_anew(hana: make.Team) -> None:
    row = resend(dead(hana), now=LATER)
    assert (row.state, row.attempts) == ("waiting", 0)
    assert nothing(NOW)
    assert claims.mark_done(claim(LATER), now=LATER)
    with pytest.raises(WrongState):
        resend(row, now=LATER)


def test_the_dead_stay_dead_once_something_newer_was_written(hana: make.Team) -> None:
    row = dead(hana, subject="t", position=0)
    rows.delivery(hana, subject="t", position=1)
    with pytest.raises(WrongState, match="newer"):
        resend(row, now=LATER)


def test_a_resend_that_comes_as_the_newer_goes_out_gives_way(hana: make.Team) -> None:
    old, new = dead(hana, subject="t"), rows.delivery(hana, subject="t", position=1)
    assert claim().pk == new.pk
    Delivery.objects.filter(pk=old.pk).update(state="waiting")
    assert nothing(), "the old one is claimed, seen to be overtaken, and dropped"
    assert Delivery.objects.get(pk=old.pk).state == "dropped"


def test_a_newer_one_claimed_before_the_old_was_seen_goes_back(hana: make.Team) -> None:
    old, new = dead(hana, subject="t"), rows.delivery(hana, subject="t", position=1)
    assert claims._take(new.pk, 0, now=NOW, lease=claims.LEASE)
    Delivery.objects.filter(pk=old.pk).update(state="waiting", attempts=0)
    assert claims._still_first(new.pk, now=NOW) is None
    row = Delivery.objects.get(pk=new.pk)
    assert (row.state, row.attempts, row.lease_until) == ("waiting", 0, None)
