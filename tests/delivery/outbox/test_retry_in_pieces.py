"""After an outage mails by the thousand become due, a few to a commit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookonce.delivery.outbox import operations
from bookonce.delivery.outbox.errors import ServerUnusable
from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.operations import EMAIL
from bookonce.foundation.database import pieces
from tests import make
from tests.foundation.database.commits import rows_of_each_commit
from tests.make import NOW


@pytest.mark.django_db(transaction=True)
def test_what_waited_for_a_server_is_due_in_pieces(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "FEW", 2)
    monkeypatch.setattr(operations, "FEW", 2)
    for at in make.slots(hana.calendar, 4):
        make.booking(hana.calendar, at)
    waiting = Delivery.objects.filter(channel=EMAIL, state=Delivery.State.WAITING)
    later = NOW + timedelta(minutes=20)
    due = waiting.filter(not_before=NOW)

    def put_off() -> int:
        return waiting.update(not_before=later, attempts=3, last_error=ServerUnusable.REASONS[0])

    for again in (
        lambda: operations.retry_after_outage(EMAIL, NOW),
        lambda: operations.retry_all_now(NOW),
        lambda: operations.retry_now(waiting, now=NOW),
    ):
        count = put_off()
        assert count > 4
        with rows_of_each_commit(due.count) as rows:
            assert again() == count
        assert sum(rows) == count
        assert max(rows) <= 2
