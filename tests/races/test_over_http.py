"""The races again, from outside: no 5xx, no deadlock, nobody turned away (promises 1 to 3, 5, 9)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bookonce.domain.bookings.models import Booking
from bookonce.domain.diary.guards import ONE_BOOKING
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import token_of, with_state
from bookonce.foundation import clock
from bookonce.foundation.tokens import public_id
from tests import make
from tests.interfaces.commands.shell import Shell
from tests.races.invariants import broken
from tests.races.served import forget_marks, port_of, running
from tests.races.test_guards import without_constraint
from tests.races.wire import Request, all_at_once, statuses

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [500, 1000, 2000] if "RACES" in os.environ else [100]
"""`make races` asks for the storms that the product promises to stand, and for one twice as large; other runs
for a small one."""


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The whole program, started once; it limits nobody, for here one address is the whole crowd."""
    with running(tmp_path_factory, BOOKONCE_RATE_LIMITS="off") as started:
        yield started
    assert "failed" not in started.log, started.log


@pytest.fixture
def port(server: Shell) -> int:
    forget_marks(server)
    return port_of(server)


def asked(link: Link, at: datetime, *, key: str = "") -> Request:
    """A booking with this link by somebody new; with a key, by the same one again."""
    email = "gil@example.net" if key else make.somebody().email
    return Request(
        f"/api/v1/public/links/{token_of(link)}/bookings",
        {"starts_at": at.isoformat(), "guest": {"name": "Gil Guest", "email": email}},
        {"Idempotency-Key": key} if key else {},
    )


def team() -> make.Team:
    return make.team(now=clock.now())


def links(to: make.Team, count: int) -> list[Link]:
    return [make.link(to.calendar, now=clock.now()) for _ in range(count)]


def slots(to: make.Team, count: int) -> list[datetime]:
    """Free times that stay on offer while a race lasts."""
    return make.slots(to.calendar, count, now=clock.now() + timedelta(hours=1))


@pytest.mark.parametrize("many", SIZES)
def test_one_link_and_different_slots(port: int, many: int) -> None:
    hana = team()
    [link], times = links(hana, 1), slots(hana, many)
    # More than a window holds come twice.
    answers = all_at_once(port, [asked(link, at) for at in (times * 2)[:many]])
    assert statuses(answers) == {201: 1, 410: many - 1}
    assert {answer.body["code"] for answer in answers if answer.status == 410} == {"link_used"}
    assert Booking.objects.count() == 1
    assert broken() == []


@pytest.mark.parametrize("many", SIZES)
def test_many_links_and_one_slot(port: int, many: int) -> None:
    hana = team()
    rivals, [at] = links(hana, many), slots(hana, 1)
    answers = all_at_once(port, [asked(link, at) for link in rivals])
    assert statuses(answers) == {201: 1, 409: many - 1}
    lost = [answer.body for answer in answers if answer.status == 409]
    assert all(body["code"] == "slot_taken" and body["open"] for body in lost)
    still_good = with_state(Link.objects.all(), "active", now=clock.now())
    assert still_good.count() == many - 1
    assert broken() == []
    again = all_at_once(port, [asked(still_good[0], at + timedelta(hours=1))])
    assert statuses(again) == {201: 1}


@pytest.mark.parametrize("many", SIZES)
def test_the_same_key_is_the_same_booking(port: int, many: int) -> None:
    hana = team()
    [link], [at] = links(hana, 1), slots(hana, 1)
    crowd = all_at_once(port, [asked(link, at, key="sent twice")] * many)
    assert {answer.body.get("code") for answer in crowd if answer.status == 409} <= {"in_flight"}
    assert set(statuses(crowd)) <= {201, 409}
    again = all_at_once(port, [asked(link, at, key="sent twice")] * many)
    assert statuses(again) == {201: many}
    made = [answer for answer in crowd + again if answer.status == 201]
    assert {answer.body["id"] for answer in made} == {public_id("bkg", Booking.objects.get().pk)}
    assert broken() == []


@pytest.mark.parametrize("many", SIZES)
def test_book_against_revoke(port: int, many: int) -> None:
    hana = team()
    rivals, times = links(hana, many // 2), slots(hana, many // 2)
    owner = {"Authorization": f"Bearer {hana.api_key}"}
    revocations = [
        Request(f"/api/v1/links/{public_id('lnk', link.pk)}/revoke", headers=owner) for link in rivals
    ]
    bookings = [asked(link, at) for link, at in zip(rivals, times, strict=True)]
    both = [request for pair in zip(revocations, bookings, strict=True) for request in pair]
    answers = all_at_once(port, both)
    for revoked, booked in zip(answers[::2], answers[1::2], strict=True):
        assert (revoked.status, booked.status) in ((200, 410), (409, 201)), (revoked, booked)
    assert Booking.objects.count() == statuses(answers)[201]
    assert not Booking.objects.filter(link__revoked_at__isnull=False).exists()
    assert broken() == []


def test_a_dead_link_is_never_limited(
    transactional_db: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However strict the rates are: whoever comes too late is told why, in the crowd and after it."""
    hana = team()
    [link], times = links(hana, 1), slots(hana, SIZES[-1])
    strict = {"BOOKONCE_RATE_GUEST": "20/60", "BOOKONCE_RATE_BOOKING_TRIES": "5/600"}
    with running(tmp_path_factory, **strict) as server:
        crowd = all_at_once(port_of(server), [asked(link, at) for at in times])
        late = all_at_once(port_of(server), [asked(link, at) for at in times])
    assert statuses(crowd) == {201: 1, 410: len(times) - 1}
    assert statuses(late) == {410: len(times)}
    assert broken() == []


def test_with_the_guards_of_a_link_gone_the_race_over_http_turns_red(
    transactional_db: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hana = team()
    [link], times = links(hana, 1), slots(hana, 50)
    with (
        running(tmp_path_factory, program="tests.races.unguarded", BOOKONCE_RATE_LIMITS="off") as unguarded,
        without_constraint(ONE_BOOKING),
    ):
        answers = all_at_once(port_of(unguarded), [asked(link, at) for at in times])
        assert statuses(answers)[201] > 1
        assert "one_booking_per_link" in broken()
