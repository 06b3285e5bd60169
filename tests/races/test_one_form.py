"""One form of the Share page, sent many times at once: one link."""

from __future__ import annotations

import pytest

from bookonce import tokens
from bookonce.links import operations as links
from bookonce.links.models import Link
from bookonce.outbox.models import Event
from tests import make
from tests.make import NOW
from tests.races.crowd import RACERS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_form_mints_one_link() -> None:
    team, nonce = make.team(), tokens.new_nonce()
    terms = links.Terms(recipient_email="gil@example.net")
    results = at_once(
        [lambda: links.mint(team.calendar, terms, by="mem_1", via="page", now=NOW, nonce=nonce)] * RACERS
    )
    assert len({link.pk for link in results}) == 1
    assert Link.objects.count() == 1
    assert Event.objects.filter(kind="link.minted").count() == 1
