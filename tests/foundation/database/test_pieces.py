"""Many rows are changed and deleted a few to a commit: SQLite has one writer, and others wait for it."""

from __future__ import annotations

import pytest

from bookonce.domain.contacts.models import Contact
from bookonce.foundation.database import pieces
from bookonce.foundation.database.pieces import delete_few, update_in_pieces
from tests import make
from tests.foundation.database.commits import rows_of_each_commit
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, hana: make.Team) -> None:
    monkeypatch.setattr(pieces, "FEW", 4)
    Contact.objects.bulk_create(
        Contact(workspace=hana.workspace, name="old", key=f"e:{number}", created_at=NOW)
        for number in range(10)
    )


def test_every_row_is_updated_and_few_in_each_commit() -> None:
    with rows_of_each_commit(Contact.objects.filter(name="new").count) as rows:
        assert update_in_pieces(Contact.objects.filter(name="old"), name="new") == 10
    assert rows == [4, 4, 2]


def test_few_rows_are_deleted_at_a_time() -> None:
    with rows_of_each_commit(Contact.objects.count) as rows:
        delete_few(Contact.objects.all())
    assert rows == [-4]
