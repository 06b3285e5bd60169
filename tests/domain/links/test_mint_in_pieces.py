"""Many links are written a few to a commit, and are all or none all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from bookonce.delivery.outbox.models import Event
from bookonce.domain.contacts.models import Contact
from bookonce.domain.links import minting, operations
from bookonce.domain.links.models import Batch, Link
from bookonce.domain.links.operations import LinkOptions
from bookonce.domain.links.unfinished_batches import ABANDONED, AbandonedBatches
from bookonce.foundation.database import failpoints
from bookonce.foundation.errors import DatabaseUnavailable
from tests import make
from tests.foundation.database.commits import rows_of_each_commit
from tests.interfaces.api.conftest import Program
from tests.interfaces.api.conftest import program as program
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 1_000
"""Rows that one commit may write: in a tenth of a second, on a small machine."""
PLAIN = LinkOptions()


def people(count: int) -> list[LinkOptions]:
    return [LinkOptions(recipient_email=f"g{number}@example.net") for number in range(count)]


def mint(hana: make.Team, terms: list[LinkOptions]) -> minting.Minted:
    return minting.mint_many(hana.calendar, terms, by="cli", via="cli", now=NOW)


def written() -> int:
    return Link.objects.count() + Event.objects.count() + Contact.objects.count()


def left() -> tuple[int, int, int]:
    return Batch.objects.count(), Link.objects.count(), Event.objects.filter(kind="link.minted").count()


@pytest.fixture
def pieces_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minting, "FEW", 3)
    monkeypatch.setattr(minting, "MANY", 3)


def test_no_commit_writes_many_rows(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minting, "MANY", minting.FEW)  # PostgreSQL has many writers
    with rows_of_each_commit(written) as rows:
        mint(hana, people(minting.FEW + 1))
    assert sum(rows) == 3 * (minting.FEW + 1)
    assert len(rows) == 2
    assert max(rows) <= MOST


@pytest.mark.usefixtures("pieces_of_three")
def test_a_batch_in_pieces_is_like_one_in_one_commit(hana: make.Team, program: Program) -> None:
    rows = [{"name": f"Guest {number}"} for number in range(7)]
    body = {"calendar": hana.calendar.slug, "recipients": rows}
    answer = program.post("/links/batch", body, Idempotency_Key="k")
    assert answer.status_code == 201
    assert [link["recipient"]["name"] for link in answer.json()["data"]] == [row["name"] for row in rows]
    assert Batch.objects.get().size == Link.objects.count() == 7
    assert program.post("/links/batch", body, Idempotency_Key="k").content == answer.content
    assert (Batch.objects.count(), Link.objects.count()) == (1, 7)


@pytest.mark.usefixtures("pieces_of_three")
@pytest.mark.parametrize("at", ["mint.piece", "once.begun"])
def test_where_it_breaks_off_nothing_is_left(hana: make.Team, program: Program, at: str) -> None:
    met: list[str] = []

    def breaks(point: str) -> None:
        met.append(point)
        if point == at and len(met) > 1:
            raise DatabaseUnavailable

    failpoints.watch_failpoints(breaks)
    body = {"calendar": hana.calendar.slug, "recipients": [{}] * 8}
    try:
        answer = program.post("/links/batch", body, Idempotency_Key="k")
    finally:
        failpoints.watch_failpoints(None)
    assert answer.status_code == 503
    assert len(met) > 1
    assert left() == (0, 0, 0)
    # The key is free again.
    assert program.post("/links/batch", body, Idempotency_Key="k").status_code == 201
    assert Batch.objects.get().size == Link.objects.count() == 8


def test_an_answer_that_fails_after_the_commit_takes_nothing_back(
    hana: make.Team, pieces_of_three: None
) -> None:
    drafts = minting.prepare_links(hana.calendar, [PLAIN] * 5, by="cli", via="cli", now=NOW)

    def finish_and_fail() -> None:
        with minting.links_written(drafts) as links:
            links.finish()
            raise DatabaseUnavailable

    with pytest.raises(DatabaseUnavailable):
        finish_and_fail()
    assert Batch.objects.get().size == Link.objects.count() == 5


class Killed(BaseException):
    """Ends the process, as far as these tests go."""


def abandoned(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """A batch of eight whose process was killed after six links."""
    drafts = minting.prepare_links(hana.calendar, [PLAIN] * 8, by="cli", via="cli", now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(minting, "take_back_quietly", lambda key: None)
        with pytest.raises(Killed), minting.links_written(drafts):
            raise Killed
    assert Link.objects.filter(batch_id=drafts.batch.pk).count() == 6
    return drafts.batch


@pytest.mark.usefixtures("pieces_of_three")
def test_what_a_killed_process_left_is_taken_back(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    mint(hana, [PLAIN] * 4)
    alone = make.link(hana.calendar)
    batch, looking = abandoned(hana, monkeypatch), AbandonedBatches()
    looking.step(NOW + ABANDONED)  # it may still be at work
    assert Link.objects.count() == 4 + 1 + 6
    looking = AbandonedBatches()
    for _ in range(2):
        looking.step(NOW + ABANDONED + timedelta(seconds=1))
    assert Link.objects.count() == 4 + 1
    assert Link.objects.filter(pk=alone.pk).exists()
    assert not Batch.objects.filter(pk=batch.pk).exists()
    assert Event.objects.filter(kind="link.minted").count() == 5
    assert looking.rests_until is not None


@pytest.mark.usefixtures("pieces_of_three")
def test_a_link_that_was_used_meanwhile_stays(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = abandoned(hana, monkeypatch)
    met = Link.objects.filter(batch_id=batch.pk).order_by("pk")[4]
    operations.revoke(met, by="mem_hana", now=NOW)
    AbandonedBatches().step(NOW + 2 * ABANDONED)
    assert Link.objects.get().pk == met.pk
    assert Batch.objects.get().size == 1


@pytest.mark.usefixtures("pieces_of_three")
def test_a_process_that_was_thought_dead_makes_nothing(hana: make.Team) -> None:
    drafts = minting.prepare_links(hana.calendar, [PLAIN] * 8, by="cli", via="cli", now=NOW)

    def finish_too_late() -> None:
        with minting.links_written(drafts) as links:
            AbandonedBatches().step(NOW + 2 * ABANDONED)
            links.finish()

    with pytest.raises((IntegrityError, DatabaseUnavailable)):
        finish_too_late()
    assert left() == (0, 0, 0)
