"""Passkeys: adding them and signing in with them, by WebAuthn (``fido2``).

A passkey verifies its owner by fingerprint, face or PIN, so it counts as both factors. The challenge that was
begun is kept by the caller, in the session, for one answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bookonce.domain.accounts import mailed_tokens, sessions
from bookonce.domain.accounts.errors import LastWayIn, PasskeyKnown, PasskeyRefused
from bookonce.domain.accounts.models import Passkey, Person
from bookonce.domain.accounts.queries import can_sign_in
from bookonce.foundation.database.transactions import transaction

NAME = 80
Begun = dict[str, Any]
"""The challenge as a session keeps it."""


def begin_adding(person: Person) -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep) to add a passkey."""
    has = [_descriptor(bytes(key.credential_id)) for key in person.passkeys.all()]
    whom = PublicKeyCredentialUserEntity(id=person.pk.bytes, name=person.email, display_name=person.name)
    options, begun = _site().register_begin(
        whom,
        has,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options), _plain(begun)


def add_passkey(
    person: Person, begun: Begun | None, answer: str, *, name: str, session: str, now: datetime
) -> Passkey:
    """Save the passkey that the browser has made, or ``PasskeyRefused``, ``PasskeyKnown``.

    Where it is the person's first way to sign in, the set-up secret ends, and so does every session but
    ``session`` (a key): others may have used that secret.
    """
    try:
        proven = _site().register_complete(begun or {}, _read(answer))
        credential = proven.credential_data
        assert credential is not None
    except (ValueError, KeyError, TypeError, AssertionError):
        raise PasskeyRefused from None
    with transaction():
        if Passkey.objects.filter(credential_id=credential.credential_id).exists():
            raise PasskeyKnown
        # Locked, so that of two first ways to sign in, added at once, one is the first.
        person = Person.objects.select_for_update().get(pk=person.pk)
        if not can_sign_in(person):
            person.setup_expires_at = now
            person.save(update_fields=["setup_expires_at"])
            sessions.end_other_sessions(person, but=session)
        key = Passkey.objects.create(
            person=person,
            name=name[:NAME] or "Passkey",
            credential_id=credential.credential_id,
            credential=bytes(credential),
            counter=proven.counter,
            created_at=now,
        )
        mailed_tokens.record_account_event(person, "account.passkey_added", to=person.email, now=now)
    return key


def begin_signing_in() -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep) to sign in with any passkey of this site."""
    options, begun = _site().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return _plain(options), _plain(begun)


def verify_sign_in(begun: Begun | None, answer: str, *, now: datetime) -> Person:
    """The person whose passkey has answered the challenge, or ``PasskeyRefused``."""
    try:
        given = _read(answer)
        said = AuthenticationResponse.from_dict(given)
        key = Passkey.objects.filter(credential_id=said.raw_id).select_related("person").first()
        if key is None:
            raise PasskeyRefused
        _site().authenticate_complete(begun or {}, [AttestedCredentialData(bytes(key.credential))], given)
        counter = said.response.authenticator_data.counter
    except (ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    # Zero: an authenticator without a counter. One that does not grow is the sign of a copied key (WebAuthn,
    # section 6.1.1).
    if counter and counter <= key.counter:
        raise PasskeyRefused
    with transaction():
        Passkey.objects.filter(pk=key.pk).update(counter=counter, used_at=now)
    return key.person


def rename_passkey(key: Passkey, name: str) -> None:
    """Rename a passkey."""
    if name:
        with transaction():
            key.name = name[:NAME]
            key.save(update_fields=["name"])


def remove_passkey(key: Passkey, *, now: datetime) -> None:
    """Remove a passkey; ``LastWayIn`` where there is no other way to sign in."""
    with transaction():
        # Locked, or two passkeys that are removed at once would each count the other as the one left.
        person = Person.objects.select_for_update().get(pk=key.person_id)
        others = Passkey.objects.filter(person=person).exclude(pk=key.pk)
        if not person.has_usable_password() and not others.exists():
            raise LastWayIn
        Passkey.objects.filter(pk=key.pk).delete()
        mailed_tokens.record_account_event(person, "account.passkey_removed", to=person.email, now=now)


def _site() -> Fido2Server:
    """The relying party: from the base address alone, never from a request."""
    here = urlsplit(settings.BASE_URL)
    party = PublicKeyCredentialRpEntity(id=here.hostname or "localhost", name="Bookonce")
    return Fido2Server(party, verify_origin=lambda origin: origin == f"{here.scheme}://{here.netloc}")


def _descriptor(credential_id: bytes) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=credential_id)


def _plain(thing: Mapping[str, Any]) -> dict[str, Any]:
    """The library's object as plain JSON, for the browser and the session."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(thing)))
    return plain


def _read(answer: str) -> dict[str, Any]:
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise ValueError
    return read
