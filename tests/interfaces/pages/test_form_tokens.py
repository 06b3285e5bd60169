"""One kind of form token: for one purpose and subject, for a day, and for ever by the same signature."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import signing
from django.http import QueryDict

from bookonce.domain.calendars.models import Calendar
from bookonce.foundation import clock
from bookonce.foundation.errors import Invalid
from bookonce.interfaces.host.links import forms
from bookonce.interfaces.host.shared import form_keys
from bookonce.interfaces.pages.errors import MovedMeanwhile, PageStale, TooQuick
from bookonce.interfaces.pages.form_tokens import (
    SECONDS_GOOD,
    FormToken,
    Purpose,
    decode_form_token,
    new_form_token,
    read_form_token,
    versioned_subject,
)

SHOWN_AT = 1796029200.0  # 30 November 2026, 09:00 UTC
KEY = "00000000000000000000GuestKeyOfAFormThatWasO"
BOOKING, CANCEL = "booking:7#2", "cancel:7:2"
CALENDAR = Calendar(pk=uuid.UUID("019ad2f0-0000-7000-8000-00000000000c"))
CHOSEN = {"at": "2026-12-01T09:00:00Z", "minutes": 30}

_GUEST = (
    "WyJib29raW5nOjcjMiIsIjAwMDAwMDAwMDAwMDAwMDAwMDAwR3Vlc3RLZXlPZkFGb3JtVGhhdFdhc08iLDE3OTYwMjkyMDAuMCx7"
)
_CHOSEN = f"{_GUEST}ImF0IjoiMjAyNi0xMi0wMVQwOTowMDowMFoiLCJtaW51dGVzIjozMH1d:1xXxEu:"
OF_GUESTS: dict[Purpose, tuple[str, dict[str, Any]]] = {
    Purpose.PICK: (f"{_GUEST}fV0:1xXxEu:VXWc6VtUWXGcXgqNmcc9xMwnGI06KoKiI9VCxlZ9QpA", {}),
    Purpose.DETAILS: (f"{_CHOSEN}doT74FkhWpWB4oovAqaNiUsipdSDz0JaobKjpojjU9A", CHOSEN),
    Purpose.MOVE: (f"{_CHOSEN}nGHb4I9JDa529Q0SmupnaJb10tSbL2SgRsMS-A4qUN4", CHOSEN),
    Purpose.CANCEL: (f"{_GUEST}fV0:1xXxEu:iAisxPwSz-eX6fj5MGh5gXLbxVpZ35AD9xtQaLeNLTk", {}),
    Purpose.ASK: (f"{_GUEST}fV0:1xXxEu:EwPhE2lpoWSNx9FeC5r8oXTTSUM0pSrfC6Ot234X6h0", {}),
    Purpose.ASKED: (
        f"{_GUEST}InJlYWNoIjp0cnVlfV0:1xXxEu:lgMnZDRT3YlrDLY-vwv4g9uyEAm6bHypkxQgvgYsSwQ",
        {"reach": True},
    ),
}
"""Made by the build before there was one kind of token, under the key below."""
OF_CANCELLING = "WyJjYW5jZWw6NzoyIiwxNzk2MDI5MjAwLjBd:1xXxEu:T66TrPPlV9SRZ-roxc9igiPJ2TKS5wkGD0aEY1Ram9M"
OF_A_NEW_CALENDAR = (
    "IjAxOWFkMmYwMDAwMDcwMDA4MDAwMDAwMDAwMDAwMDAxIg:1xXxEu:z3NjZ7HdgKgwDIhyVRJ_pR3vsLXpsSrhD41v09MPSVo"
)
OF_MINTING = (
    "WyJjYWxfMDMxa0ptTHZEVGUyYVRybUJVVmpMdyIsIjAwMDAwMDAwMDAwMDAwMDAwMDAwR3Vlc3RLZXlPZkFGb3JtVGhhdFdhc08iXQ"
    ":1xXxEu:-CdMkuv0Xjg6mrcuUaXxSIe0WuRf1eCtA0ezSMMtnOU"
)


class Clock:
    at = SHOWN_AT


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    """A few seconds after the build before has shown its forms."""
    settings.SECRET_KEY = "a key of a test that signs what a build before has shown"
    time = Clock()
    time.at += 5
    monkeypatch.setattr(clock, "now_precise", lambda: time.at)
    return time


@pytest.mark.parametrize("purpose", OF_GUESTS)
def test_a_guests_form_that_was_open_before_an_upgrade_is_taken_after_it(purpose: Purpose) -> None:
    text, said = OF_GUESTS[purpose]
    token = read_form_token(text, purpose, subject=BOOKING)
    assert token == FormToken(BOOKING, KEY, SHOWN_AT, said)
    token.require_human_delay()


def test_so_is_the_desks_form_that_cancels(time: Clock) -> None:
    token = read_form_token(OF_CANCELLING, Purpose.HOST_CANCEL, subject=CANCEL)
    token.require_human_delay()
    time.at = SHOWN_AT + 1
    with pytest.raises(TooQuick):
        token.require_human_delay()
    with pytest.raises(PageStale):
        read_form_token(OF_CANCELLING, Purpose.HOST_CANCEL, subject="cancel:7:3")


def test_so_is_the_form_of_a_new_calendar_and_makes_the_same_one() -> None:
    form = QueryDict(mutable=True)
    form.update({"seal": OF_A_NEW_CALENDAR, "name": "Intro call", "csrfmiddlewaretoken": "x"})
    form.update({"act": "save", "preview_zone": "UTC"})
    assert form_keys.form_id(form, "mem") == uuid.UUID("019ad2f0-0000-7000-8466-412b51db1790")


def test_so_is_the_form_of_a_link_and_mints_the_same_one() -> None:
    said = {"seal": OF_MINTING, "label": "For Gil"}
    assert forms.nonce_of(CALENDAR, said).hex() == "08a370bfe3ad1580e32092293f6a626c"
    with pytest.raises(Invalid) as others:
        forms.nonce_of(Calendar(pk=uuid.uuid4()), said)
    assert others.value.data["errors"][0]["detail"].startswith("This form is another calendar's.")
    with pytest.raises(Invalid) as old:
        forms.nonce_of(CALENDAR, said | {"seal": OF_A_NEW_CALENDAR})
    assert old.value.data["errors"][0]["detail"].startswith("This form has grown old.")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_for_its_own_purpose_alone(purpose: Purpose) -> None:
    token = new_form_token(BOOKING).saying(at="now")
    text = token.encode(purpose)
    assert read_form_token(text, purpose, subject=BOOKING) == token
    for other in set(Purpose) - {purpose}:
        with pytest.raises(PageStale):
            decode_form_token(text, other)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_for_its_own_subject_alone(purpose: Purpose) -> None:
    text = new_form_token(versioned_subject("booking:7", 1)).encode(purpose)
    with pytest.raises(PageStale) as other:
        read_form_token(text, purpose, subject=versioned_subject("booking:71", 1))
    assert type(other.value) is PageStale
    with pytest.raises(MovedMeanwhile):
        read_form_token(text, purpose, subject=versioned_subject("booking:7", 2))


@pytest.mark.parametrize(
    ("age", "good"), [(0, True), (-0.9, True), (-1.1, False), (SECONDS_GOOD - 2, True), (SECONDS_GOOD, False)]
)
@pytest.mark.parametrize("purpose", [Purpose.PICK, Purpose.HOST_CANCEL, Purpose.ASKED])
def test_a_token_is_good_for_a_day(time: Clock, purpose: Purpose, age: float, good: bool) -> None:
    text = new_form_token(BOOKING).encode(purpose)
    time.at += age
    if good:
        read_form_token(text, purpose, subject=BOOKING)
    else:
        with pytest.raises(PageStale):
            read_form_token(text, purpose, subject=BOOKING)


def test_a_form_that_only_lets_itself_be_known_again_is_known_after_a_week(time: Clock) -> None:
    calendar, link = form_keys.new_form_key(), forms.form_key_of(CALENDAR)
    form = QueryDict(mutable=True)
    form.update({"seal": calendar})
    known, nonce = form_keys.form_id(form), forms.nonce_of(CALENDAR, {"seal": link})
    time.at += 7 * SECONDS_GOOD
    assert (form_keys.form_id(form), forms.nonce_of(CALENDAR, {"seal": link})) == (known, nonce)
    assert form_keys.form_id(form, "another") != known


@pytest.mark.parametrize("text", ["", "x.y.z", "::", "W10:1xXxEu:AAAA", "🙂" * 5000])
@pytest.mark.parametrize("purpose", Purpose)
def test_what_we_have_not_signed_is_no_token(purpose: Purpose, text: str) -> None:
    with pytest.raises(PageStale):
        decode_form_token(text, purpose)


@pytest.mark.parametrize("body", [[], {}, 7, None, ["a"], [1, "b", 2.0], ["a", None], ["a", "b", "c"]])
def test_another_shape_is_no_token_though_it_is_signed(body: Any) -> None:
    with pytest.raises(PageStale):
        decode_form_token(signing.dumps(body, salt=Purpose.PICK), Purpose.PICK)


def test_what_a_guests_form_carries_is_no_longer_than_it_was() -> None:
    assert len(new_form_token(BOOKING).encode(Purpose.PICK)) < len(OF_GUESTS[Purpose.PICK][0])


def test_an_address_gets_another_key_for_the_same_choice() -> None:
    token = new_form_token(BOOKING).saying(**CHOSEN)
    passed_on = token.with_new_key()
    assert passed_on.key != token.key
    assert (passed_on.subject, passed_on.shown_at, passed_on.said) == (BOOKING, token.shown_at, CHOSEN)
