"""A page of a link asks the database little, however much it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.domain.links.queries import token_of
from tests import make

pytestmark = pytest.mark.django_db


def questions(client: Client, path: str) -> list[str]:
    """What is asked by the second visit; the first has noted that somebody looked."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return [question["sql"] for question in asked]


def test_a_links_page_asks_three_questions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hana = make.team()
    link = make.link(hana.calendar)
    make.booking(hana.calendar)
    monkeypatch.setattr("bookonce.foundation.clock.now", lambda: make.NOW)
    assert len(questions(client, f"/o/{token_of(link)}")) == 3
    assert len(questions(client, f"/api/v1/public/links/{token_of(link)}")) == 1
    assert len(questions(client, f"/api/v1/public/links/{token_of(link)}/slots")) == 3
    address = f"/c/{hana.workspace.slug}/{hana.calendar.slug}"
    assert len(questions(client, address)) == 3
