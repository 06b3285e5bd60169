"""``bookonce demo``: something to look at in a moment, and never beside real work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.foundation.database.transactions import transaction
from bookonce.interfaces.commands import demo
from tests import make
from tests.interfaces.commands.shell import INIT, Shell
from tests.interfaces.host.reading import mail_page_of, page_of, read


def test_it_names_a_page_for_every_kind_of_link(shell: Shell) -> None:
    told = shell.says("demo")
    assert told.count("/o/") == 4
    assert "/b/" in told
    assert "/c/demo/intro-call" in told
    assert "dana@example.org, with the password " in told
    assert shell.says("mint", "demo/intro-call").count("/o/") == 1
    assert shell.run("doctor").returncode == 0


@pytest.mark.one_database
def test_what_it_prints_can_be_copied(shell: Shell) -> None:
    shell.settings |= {"BOOKONCE_DATA": shell.settings["BOOKONCE_DATA"] + " of ours"}
    told = shell.says("demo")
    [line] = [line for line in told.splitlines() if ".venv/bin/bookonce mint" in line]
    assert f"BOOKONCE_DATA='{shell.settings['BOOKONCE_DATA']}' " in line
    assert f"BOOKONCE_PORT={shell.settings['BOOKONCE_PORT']} " in line
    assert ("BOOKONCE_DATABASE_URL=" in line) == shell.settings["BOOKONCE_DATABASE_URL"].startswith("sqlite")


@pytest.mark.one_database
def test_it_is_put_beside_real_work_only_where_that_is_said(shell: Shell) -> None:
    shell.says(*INIT)
    refused = shell.run("demo")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("bookonce: There is a workspace here already")
    offered = refused.stderr.strip().rpartition(".venv/bin/bookonce ")[2]
    assert offered == "demo --another"
    first, second = (shell.says(*offered.split()) for _ in range(2))
    assert "dana@example.org, with" in first
    assert "/c/demo-2/" in second
    assert "dana2@example.org, with" in second


@pytest.mark.django_db
def test_with_a_mail_server_its_mails_are_called_samples(client: Client, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    with transaction():
        founded = demo.create_sample(password="three plain words", now=make.NOW)
        demo.fill_sample(founded, now=make.NOW)
    client.force_login(founded.owner.person)
    booking = Booking.objects.latest("id")
    for page in ("/outbox", page_of(booking), mail_page_of(Delivery.objects.latest("id"))):
        words = read(client.get(page))
        assert "Sample: not sent" in words
        assert "something newer was written" not in words
        assert "Send now" not in words, "nobody lives there"


@pytest.mark.one_database
def test_with_a_mail_server_the_sample_writes_to_nobody(shell: Shell) -> None:
    shell.settings["BOOKONCE_EMAIL_URL"] = "smtp://127.0.0.1:1"
    shell.says("demo")
    assert "outbox: 0 waiting" in shell.says("doctor")
