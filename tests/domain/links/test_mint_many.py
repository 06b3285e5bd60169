"""Many links at once: as good as single ones, all or none."""

from __future__ import annotations

import pytest
from django.db import connection

from bookonce.delivery.outbox.models import Event
from bookonce.domain.contacts.models import Contact
from bookonce.domain.links import minting
from bookonce.domain.links.models import Batch, Link
from bookonce.domain.links.operations import LinkOptions, mint
from bookonce.domain.links.queries import find_by_token, token_of
from bookonce.foundation import tokens
from tests import make
from tests.make import NOW

JO = LinkOptions(
    recipient_name="Jo", recipient_email="jo@example.net", label="a \\ tab\t \N{SNOWMAN}", metadata={"n": 1}
)


def _mint(hana: make.Team, *terms: LinkOptions) -> minting.Minted:
    return minting.mint_many(hana.calendar, terms, by="cli", via="cli", now=NOW)


def test_each_is_the_link_that_minting_alone_makes(hana: make.Team) -> None:
    alone = mint(hana.calendar, JO, by="cli", via="cli", now=NOW)
    made = _mint(hana, JO, JO)
    own = {"_state", "id", "nonce", "token_hash", "batch_id"}
    for key, token in zip(made.ids, made.tokens, strict=True):
        link = Link.objects.get(pk=key)
        same = {name: value for name, value in vars(link).items() if name not in own}
        assert same == {
            name: value for name, value in vars(Link.objects.get(pk=alone.pk)).items() if name in same
        }
        assert token_of(link) == token
        assert find_by_token(token).pk == key
        assert link.batch_id == made.batch.pk


def test_each_has_its_event(hana: make.Team) -> None:
    made = _mint(hana, JO, LinkOptions(), JO)
    told = Event.objects.filter(kind="link.minted").order_by("id")
    assert [event.link_id for event in told] == made.ids
    assert [event.data["link"] for event in told] == [tokens.public_id("lnk", key) for key in made.ids]
    assert [event.data["metadata"] for event in told] == [{"n": 1}, {}, {"n": 1}]


def test_order_is_kept_and_people_are_known_once(hana: make.Team) -> None:
    known = mint(hana.calendar, JO, by="cli", via="cli", now=NOW).contact_id
    people = [JO, LinkOptions(recipient_phone="+49 30 123456"), LinkOptions(recipient_name="Nobody"), JO]
    made = _mint(hana, *people)
    links = [Link.objects.get(pk=key) for key in made.ids]
    assert [link.recipient_name for link in links] == ["Jo", "", "Nobody", "Jo"]
    assert [link.contact_id for link in links[::3]] == [known, known]
    assert links[2].contact_id is None
    assert Contact.objects.count() == 2
    assert Batch.objects.get().size == 4


def test_all_or_none(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minting, "record_events", None)
    with pytest.raises(TypeError):
        _mint(hana, JO)
    assert not Link.objects.exists()
    assert not Batch.objects.exists()


def test_a_piece_of_links_costs_no_more_statements_than_ten(hana: make.Team) -> None:
    def statements(count: int) -> int:
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        _mint(hana, *[JO] * count)
        connection.force_debug_cursor = False
        return len(connection.queries_log) - before

    statements(1)  # makes the contact
    assert statements(minting.FEW) == statements(10)
