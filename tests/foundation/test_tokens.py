"""Tokens open something and cannot be computed from the database; ids open nothing."""

from __future__ import annotations

import math
import uuid

from hypothesis import given
from hypothesis import strategies as st

from bookonce.foundation import tokens


def test_a_token_has_at_least_131_bits() -> None:
    assert tokens.LENGTH * math.log2(62) >= 131
    token = tokens.token_of(tokens.new_nonce(), tokens.LINK)
    assert len(token) == tokens.LENGTH
    assert tokens.looks_like_token(token)


def test_a_token_depends_on_nonce_purpose_and_key_alone() -> None:
    nonce = tokens.new_nonce()
    token = tokens.token_of(nonce, tokens.LINK)
    assert token == tokens.token_of(nonce, tokens.LINK)
    others = {
        tokens.token_of(tokens.new_nonce(), tokens.LINK),
        tokens.token_of(nonce, tokens.MANAGE),
        tokens.token_of(nonce, tokens.LINK, secret="another"),
    }
    assert len(others | {token}) == 4


def test_a_token_is_made_again_only_under_its_key() -> None:
    nonce = tokens.new_nonce()
    token = tokens.token_of(nonce, tokens.LINK)
    assert tokens.token_again(nonce, tokens.hash_of(token), tokens.LINK) == token
    foreign = tokens.token_of(nonce, tokens.LINK, secret="another")
    assert tokens.token_again(nonce, tokens.hash_of(foreign), tokens.LINK) is None


@given(st.uuids())
def test_an_id_is_read_back_as_it_was_made(key: uuid.UUID) -> None:
    name = tokens.public_id("lnk", key)
    assert tokens.parse_public_id("lnk", name) == key
    assert tokens.parse_public_id("bkg", name) is None


@given(st.integers(0, 2**256 - 1), st.integers(1, 43))
def test_digits_mean_the_number(number: int, length: int) -> None:
    digits = tokens._base62(number, length)
    assert len(digits) == length
    value = 0
    for digit in digits:
        value = value * 62 + tokens.ALPHABET.index(digit)
    assert value == number % 62**length


def test_tokens_that_were_sent_stay_the_same() -> None:
    """The digits of a nonce are for ever: a link in somebody's mail must open."""
    assert tokens.token_of(bytes(16), tokens.LINK, secret="kept") == "UGDy02ZuBtqY2B9PLCO4ebJ"


@given(st.text())
def test_anything_else_is_no_id(text: str) -> None:
    key = tokens.parse_public_id("lnk", text)
    assert key is None or tokens.public_id("lnk", key) == text


def test_ids_grow_and_never_repeat() -> None:
    ids = [tokens.new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {key.version for key in ids} == {7}
