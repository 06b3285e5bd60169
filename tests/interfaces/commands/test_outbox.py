"""What was given up can be seen, and sent anew, from a shell."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce import cli
from bookonce.delivery.outbox.models import Delivery
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def say(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def dead(hana: make.Team) -> Delivery:
    make.booking(hana.calendar)
    guest = Delivery.objects.filter(recipient="guest")
    guest.update(state="dead", ended_at=NOW, attempts=9)
    return guest.get()


def test_what_waits_and_what_was_given_up(dead: Delivery, capsys: Any) -> None:
    _, waiting, _ = say(capsys, "outbox")
    _, given_up, _ = say(capsys, "outbox", "--dead")
    assert waiting.count("dlv_") == given_up.count("dlv_") == 1
    assert waiting != given_up


@pytest.mark.parametrize("by_name", [True, False])
def test_it_is_sent_anew(dead: Delivery, capsys: Any, by_name: bool) -> None:
    _, given_up, _ = say(capsys, "outbox", "--dead")
    code, told, _ = say(capsys, "resend", given_up.split()[0] if by_name else "--all-dead")
    assert (code, told.count("waits again")) == (0, 1)
    dead.refresh_from_db()
    assert dead.state == "waiting"


def test_what_is_not_dead_is_not_sent_twice(dead: Delivery, capsys: Any) -> None:
    _, waiting, _ = say(capsys, "outbox")
    code, told, why = say(capsys, "resend", waiting.split()[0])
    assert (code, told) == (1, "")
    assert "Only a dead delivery can be sent anew" in why


@pytest.mark.parametrize("words", [["resend"], ["resend", "dlv_x", "--all-dead"], ["resend", "dlv_x"]])
def test_it_must_be_said_which(hana: make.Team, capsys: Any, words: list[str]) -> None:
    code, told, why = say(capsys, *words)
    assert (code, told) == (1, "")
    assert why.startswith("bookonce: ")
