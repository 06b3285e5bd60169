"""What has ended is deleted by the worker, a few rows at a time: sessions, and links that were mailed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model

from bookonce.delivery.outbox.registry import periodic_jobs
from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.mailed_tokens import LIVES, Purpose
from bookonce.domain.accounts.models import MailedLink, Session
from bookonce.foundation import tokens
from bookonce.foundation.database import pieces
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db


def mail(team: make.Team, purpose: Purpose) -> None:
    with transaction():
        mailed_tokens.mail_link(team.owner.person, purpose, to=team.owner.person.email, now=NOW)


def begin_session(team: make.Team) -> None:
    Session.objects.create(
        key_hash=tokens.hash_of(tokens.new_secret()),
        data="",
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + LIVES[Purpose.PASSWORD],
    )


def tidy(minutes: float) -> None:
    for job in periodic_jobs().values():
        job(later(minutes))


def test_mailed_links_are_kept_until_they_end(hana: make.Team) -> None:
    mail(hana, Purpose.PASSWORD)
    mail(hana, Purpose.PASSWORD)
    mail(hana, Purpose.EMAIL)
    tidy(59)
    assert MailedLink.objects.count() == 3, "one that another replaced as well: it ends a little later"
    tidy(60)
    assert MailedLink.objects.get().purpose == Purpose.EMAIL
    tidy(24 * 60)
    assert not MailedLink.objects.exists()


ENDING: list[tuple[type[Model], Callable[[make.Team], None]]] = [
    (MailedLink, lambda team: mail(team, Purpose.PASSWORD)),
    (Session, begin_session),
]


@pytest.mark.parametrize(("model", "make_one"), ENDING, ids=["mailed links", "sessions"])
def test_a_turn_deletes_a_few(
    hana: make.Team,
    monkeypatch: pytest.MonkeyPatch,
    model: type[Model],
    make_one: Callable[[make.Team], None],
) -> None:
    monkeypatch.setattr(pieces, "FEW", 3)
    for _ in range(5):
        make_one(hana)
    for left in (2, 0, 0):
        tidy(60)
        assert model._default_manager.count() == left


@pytest.mark.parametrize("model", [MailedLink, Session])
def test_an_index_finds_what_has_ended(model: type[Model]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # An empty table PostgreSQL would rather read whole.
            cursor.execute("SET LOCAL enable_seqscan = off")
    ended = model._default_manager.filter(expires_at__lte=NOW + timedelta(days=1))
    plan = pieces.next_few(ended).explain()
    assert f"{model._meta.db_table}_expires_at" in plan
