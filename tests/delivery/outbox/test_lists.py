"""A workspace's list of mails is read in order, however many there are."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from bookonce.delivery.outbox import queries
from bookonce.delivery.outbox.models import Delivery
from tests import make


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("states", "index"), [((), "delivery_of_workspace"), (("done",), "delivery_by_state")]
)
def test_a_list_comes_from_an_index_in_its_order(hana: make.Team, states: tuple[str], index: str) -> None:
    found = queries.list_mails(hana.workspace.pk, *states, roles=("guest", "host")).order_by("-id")[:31]
    if connection.vendor == "postgresql":
        # It chooses among indexes by what the tables hold, which is next to nothing here.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        assert "Sort" not in found.explain()
        return
    plan = found.explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.django_db(transaction=True)
def test_mails_from_before_learn_their_workspace() -> None:
    hana, sam = make.team(), make.team("Beta", "Sam")
    for team in (hana, sam):
        make.booking(team.calendar)
    try:
        call_command("migrate", "bookonce", "0009", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    for team in (hana, sam):
        mails = Delivery.objects.filter(workspace=team.workspace)
        assert mails.count() == mails.filter(event__workspace=team.workspace).count() == 2
