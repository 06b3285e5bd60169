"""Tokens and ids that were told once stay what they are, whatever becomes of the code that makes them."""

from __future__ import annotations

import uuid

import pytest

from bookonce.foundation import tokens


def test_a_token_is_the_same_in_every_release() -> None:
    made = tokens.token_of(bytes(range(16)), tokens.LINK, secret="a secret that is long enough for this")
    assert made == "aCwxhReF0JVBBfo8HGJHJrr"


@pytest.mark.parametrize("number", [0, 1, 61, 62, 62**21, 2**128 - 1])
def test_an_id_can_be_read_back(number: int) -> None:
    name = tokens.public_id("lnk", uuid.UUID(int=number))
    assert len(name) == 26
    assert tokens.parse_public_id("lnk", name) == uuid.UUID(int=number)
