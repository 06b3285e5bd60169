"""Signing in and founding by several at once: each gets the answer that it would get a moment later."""

from __future__ import annotations

from copy import copy

import pytest
from django.conf import settings

from bookonce.domain.accounts import passkeys
from bookonce.domain.accounts.models import Passkey
from tests import make
from tests.interfaces.host.device import Device
from tests.make import NOW
from tests.races.crowd import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12


def test_of_copies_of_an_authenticator_with_one_count_a_single_one_gets_in() -> None:
    """A second answer with this count is the sign of a copy (WebAuthn, section 7.2)."""
    person, device = make.team().owner.person, Device(origin=settings.BASE_URL)
    options, begun = passkeys.begin_adding(person)
    passkeys.add_passkey(person, begun, device.creates(options), name="Phone", session="", now=NOW)
    challenges = [passkeys.begin_signing_in() for _ in range(MANY)]
    answers = [(begun, copy(device).answers(options)) for options, begun in challenges]
    results = at_once(
        [
            lambda begun=begun, answer=answer: passkeys.verify_sign_in(begun, answer, now=NOW)
            for begun, answer in answers
        ]
    )
    assert outcomes(results) == {"Person": 1, "PasskeyRefused": MANY - 1}
    assert Passkey.objects.get().counter == device.counter + 1
