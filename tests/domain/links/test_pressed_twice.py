"""A person presses twice: one link is minted, and one copy told."""

from __future__ import annotations

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Link
from bookonce.foundation import tokens
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db


def _mint(team: make.Team, nonce: bytes, label: str = "") -> Link:
    return links.mint(
        team.calendar, links.LinkOptions(label=label), by="mem_1", via="page", now=NOW, nonce=nonce
    )


def test_one_nonce_makes_one_link(hana: make.Team) -> None:
    nonce = tokens.new_nonce()
    first, second = _mint(hana, nonce, "first"), _mint(hana, nonce, "second")
    assert first.pk == second.pk
    assert second.label == "first"
    assert Event.objects.filter(kind="link.minted").count() == 1
    assert _mint(hana, tokens.new_nonce()).pk != first.pk


def test_a_copy_is_told_once_for_each_person_and_ten_minutes(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    for by, at in (("mem_1", NOW), ("mem_1", later(9)), ("mem_2", later(9)), ("mem_1", later(10))):
        links.note_address_copied(link, by=by, now=at)
    told = Event.objects.filter(kind="link.copied", link_id=link.pk).order_by("id")
    assert [(event.by, event.at) for event in told] == [
        ("mem_1", NOW),
        ("mem_2", later(9)),
        ("mem_1", later(10)),
    ]
