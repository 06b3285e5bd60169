"""Signing in and founding by several at once: each gets the answer that it would get a moment later."""

from __future__ import annotations

from copy import copy

import pytest
from django.conf import settings

from bookonce.domain.accounts import authenticator, passkeys, passwords
from bookonce.domain.accounts.errors import MailedLinkDead
from bookonce.domain.accounts.mailed_tokens import mailed_link_url
from bookonce.domain.accounts.models import Authenticator, MailedLink, Passkey, Person, Workspace
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.workspaces.operations import Founded, found_with_owner
from bookonce.foundation.errors import Invalid
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


def test_an_authenticator_that_is_set_up_twice_at_once_has_one_secret() -> None:
    person = make.team().owner.person
    secrets = at_once([lambda: authenticator.begin_setup(person, now=NOW) for _ in range(MANY)])
    assert {type(secret) for secret in secrets} == {str}
    assert set(secrets) == {authenticator.begun_secret(person)}
    assert Authenticator.objects.count() == 1


def found(name: str, email: str) -> Founded:
    return found_with_owner(
        name, owner_name="Hana", owner_email=email, zone="Europe/Berlin", password=None, now=NOW
    )


def test_workspaces_of_one_name_that_are_founded_at_once_have_slugs_of_their_own() -> None:
    results = at_once([lambda n=n: found("Acme", f"hana{n}@example.org") for n in range(MANY)])
    assert outcomes(results) == {"Founded": MANY}
    slugs = set(Workspace.objects.values_list("slug", flat=True))
    assert slugs == {"acme", *(f"acme-{n}" for n in range(2, MANY + 1))}


def test_of_owners_with_one_address_that_come_at_once_a_single_one_is_made() -> None:
    results = at_once([lambda n=n: found(f"Acme {n}", "hana@example.org") for n in range(MANY)])
    assert outcomes(results) == {"Founded": 1, "Invalid": MANY - 1}
    refused = next(result for result in results if isinstance(result, Invalid))
    assert [error["pointer"] for error in refused.data["errors"]] == ["/owner_email"]
    assert Person.objects.count() == Workspace.objects.count() == 1


def test_a_passkey_that_is_added_by_two_at_once_is_the_ones() -> None:
    device = Device(origin=settings.BASE_URL)
    jobs = []
    for person in [make.team("Acme", f"Hana{n}").owner.person for n in range(MANY)]:
        options, begun = passkeys.begin_adding(person)
        answer = device.creates(options)
        jobs.append(
            lambda person=person, begun=begun, answer=answer: passkeys.add_passkey(
                person, begun, answer, name="Phone", session="", now=NOW
            )
        )
    assert outcomes(at_once(jobs)) == {"Passkey": 1, "PasskeyKnown": MANY - 1}
    # A refused one changes nothing: the secrets of all others still work.
    assert Person.objects.filter(setup_expires_at=NOW).count() == 1


def test_calendars_of_one_name_that_are_made_at_once_have_addresses_of_their_own() -> None:
    team = make.team()
    results = at_once(
        [
            lambda: calendars.create_calendar(team.owner, name="Intro call", by="test", now=NOW)
            for _ in range(MANY)
        ]
    )
    assert outcomes(results) == {"Calendar": MANY}
    assert Calendar.objects.filter(workspace=team.workspace).count() == MANY + 1


def test_of_mails_for_a_password_that_are_asked_for_at_once_one_works() -> None:
    person = make.team().owner.person
    at_once([lambda: passwords.request_password_reset(person.email, now=NOW) for _ in range(MANY)])
    assert MailedLink.objects.count() == MANY
    assert MailedLink.objects.filter(used_at=None).count() == 1


def test_of_two_ways_to_a_password_that_are_used_at_once_one_sets_it() -> None:
    """Each ends the other: neither may hold what the other waits for."""
    for _ in range(MANY):
        person = make.team().owner.person
        secret = passwords.create_setup_link(person, without_authenticator=False, now=NOW)
        passwords.request_password_reset(person.email, now=NOW)
        token = (mailed_link_url(person.mailed_links.get()) or "").rpartition("/")[2]
        reset, first = at_once(
            [
                lambda token=token: passwords.reset_password(token, "words for the one", now=NOW),
                lambda secret=secret: passwords.set_first_password(secret, "words for the other", now=NOW),
            ]
        )
        assert (isinstance(reset, MailedLinkDead), first is None) in ((True, False), (False, True))
