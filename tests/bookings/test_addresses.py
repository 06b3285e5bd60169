"""What is taken for an e-mail address: nothing that would break a mail, a file or a database."""

from __future__ import annotations

import pytest

from bookonce.bookings.guests import Guest, is_email
from bookonce.errors import Invalid
from tests import make

SIGNS = ["\x00", "\x01", "\x0c", "\x1e", "\x7f", "\x85", "\u200b", "\u2028", "\u202e", "\ud800", "\n", " "]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("where", ["g{}il@example.net", "gil@exa{}mple.net", "gil@example.n{}et"])
def test_a_sign_that_nobody_sees_makes_it_none(sign: str, where: str) -> None:
    assert not is_email(where.format(sign))


@pytest.mark.parametrize("email", ["gil@example.net", "g.i+l@a-b.example.net", "zoë@münchen.example"])
def test_an_address_is_one(email: str) -> None:
    assert is_email(email)


@pytest.mark.django_db
def test_such_an_address_is_told_and_books_nothing(hana: make.Team) -> None:
    with pytest.raises(Invalid) as refused:
        make.booking(hana.calendar, guest=Guest("Gil", "g\x00il@example.net"))
    assert refused.value.data["errors"][0]["pointer"] == "/guest/email"
