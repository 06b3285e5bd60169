"""Many ask for a new link at once: one open ask a link, few of them, and one mail (docs/links.md).

Each guard is taken away in turn, as in ``test_guards``.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, models

from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import DeliveryRequest
from bookonce.delivery.outbox.recipients import host_key
from bookonce.domain.links import link_requests
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Ask, Link
from tests import make
from tests.make import NOW, later
from tests.races.crowd import RACERS, at_once
from tests.races.test_guards import Taken, all_of, instead, no_single_writer

pytestmark = pytest.mark.django_db(transaction=True)

OF_LINK, OF_WORKSPACE = 3, 20
"""The most asks of a day, and of an hour (``settings.RATES``)."""


def dead(team: make.Team) -> Link:
    return links.revoke(make.link(team.calendar), by="test", now=NOW)


def race(*crowd: Link) -> tuple[int, int, int, int]:
    """After a race: how many asks are there, how often was one said, told, and written to the owner."""
    at_once(
        [
            lambda link=link, n=n: link_requests.request_new_link(link, name=f"Guest {n}", now=NOW)
            for n, link in enumerate(crowd)
        ]
    )
    said = sum(len(asked.said) for asked in Ask.objects.all())
    told = Event.objects.filter(kind="link.asked")
    return Ask.objects.count(), said, told.count(), Delivery.objects.filter(event__in=told).count()


def race_on_one_link() -> tuple[int, int, int, int]:
    return race(*[dead(make.team())] * RACERS)


def race_on_many_links() -> tuple[int, int, int, int]:
    team = make.team()
    return race(*[dead(team) for _ in range(RACERS)])


ONE_LINK = (1, OF_LINK, OF_LINK, 1)
MANY_LINKS = (OF_WORKSPACE, OF_WORKSPACE, OF_WORKSPACE, 1)


@contextmanager
def without(model: type[models.Model], name: str) -> Iterator[None]:
    """Drop a constraint; what the race wrote is deleted before it is put back."""
    all_of_it = model._meta.constraints
    [constraint] = [one for one in all_of_it if one.name == name]
    # SQLite makes the table anew where the constraint stands in it, as the model says that it is.
    model._meta.constraints = [one for one in all_of_it if one is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._default_manager.all().delete()
        model._meta.constraints = all_of_it
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


@contextmanager
def busy_counts() -> Iterator[None]:
    """Another process keeps the file of the counts to itself: everybody is let through by them."""
    file = sqlite3.connect(settings.DATA / "rates.sqlite3", isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        file.close()


no_counts_before: Taken = partial(instead, link_requests, "_may_ask", lambda *_, **__: True)
no_count_inside: Taken = partial(instead, link_requests, "_enough", lambda *_, **__: False)
no_look: Taken = partial(instead, link_requests, "_open", lambda _: None)
no_constraint: Taken = partial(without, Ask, "one_open_ask_per_link")


def no_lock() -> Any:
    """Asks of a workspace do not wait for each other, and each takes a while after it has looked."""
    joined, owner_mail = link_requests._joined, link_requests._owner_mail

    def late(*args: Any, **kwargs: Any) -> Ask:
        time.sleep(0.2)
        return joined(*args, **kwargs)

    def written_late(*args: Any, **kwargs: Any) -> list[DeliveryRequest]:
        found = owner_mail(*args, **kwargs)
        time.sleep(0.2)
        return found

    return all_of(
        partial(instead, link_requests, "_lock_asks", lambda _: None),
        partial(instead, link_requests, "_joined", late),
        partial(instead, link_requests, "_owner_mail", written_late),
    )


def test_many_on_one_link_are_one_open_ask() -> None:
    assert race_on_one_link() == ONE_LINK
    assert Ask.objects.get().closed_at is None


def test_many_links_of_a_workspace_are_twenty_asks_and_one_mail() -> None:
    assert race_on_many_links() == MANY_LINKS


def test_a_workspace_does_not_count_for_another() -> None:
    here, there = make.team(), make.team("Elsewhere", "Sam")
    race(*[dead(team) for _ in range(OF_WORKSPACE + 2) for team in (here, there)])
    for team in (here, there):
        assert Ask.objects.filter(workspace=team.workspace).count() == OF_WORKSPACE


@pytest.mark.parametrize(
    ("run", "kept"),
    [(race_on_one_link, ONE_LINK), (race_on_many_links, MANY_LINKS)],
    ids=["link", "workspace"],
)
def test_what_could_not_be_counted_before_is_counted_inside(run: Any, kept: Any) -> None:
    with busy_counts():
        assert run() == kept


def test_with_both_counts_gone_the_races_turn_red() -> None:
    with all_of(no_counts_before, no_count_inside):
        assert race_on_one_link()[2] == RACERS
        assert race_on_many_links()[2] == 2 * RACERS


def test_without_the_lock_the_count_inside_is_not_enough() -> None:
    if connection.vendor == "sqlite":
        with (
            no_counts_before(),
            no_single_writer(),
            no_lock(),
            pytest.raises(OperationalError, match="locked"),
        ):
            race_on_many_links()
        return
    with no_counts_before(), no_lock():
        _, _, told, written = race_on_many_links()
    assert told > OF_WORKSPACE
    assert written > 1


@pytest.mark.parametrize("taken", [no_look, no_constraint], ids=["constraint", "look"])
def test_either_guard_of_the_one_open_ask_holds_alone(taken: Taken) -> None:
    with taken():
        assert race_on_one_link() == ONE_LINK


def test_with_both_guards_of_the_one_open_ask_gone_the_race_turns_red() -> None:
    with all_of(no_look, no_constraint):
        assert race_on_one_link() == (OF_LINK, OF_LINK, OF_LINK, 1)


def test_a_mail_that_is_written_without_looking_turns_the_race_red() -> None:
    def another(owner: Any, *, now: Any) -> list[DeliveryRequest]:
        return [DeliveryRequest("email", host_key(owner.pk), owner.person.email, not_before=now)]

    with instead(link_requests, "_owner_mail", another):
        assert race_on_many_links()[3] == OF_WORKSPACE


def test_the_next_hour_and_the_next_day_have_their_own() -> None:
    """What is over does not count, whoever counts."""
    for counts in (nullcontext, no_counts_before):
        team = make.team()
        link, others = dead(team), [dead(team) for _ in range(OF_WORKSPACE)]
        with counts():
            race(*[link] * OF_LINK, *others)
            for minutes, more in ((59, 0), (66, OF_WORKSPACE), (26 * 60, 3)):
                before = Event.objects.filter(kind="link.asked").count()
                for each in [*others, link] if minutes < 1000 else [link] * 5:
                    link_requests.request_new_link(each, name="Gil Guest", now=later(minutes))
                assert Event.objects.filter(kind="link.asked").count() == before + more, minutes
