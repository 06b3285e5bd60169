"""The ceremonies of WebAuthn for this site, by ``fido2``: challenges, and what browsers answer to them.

Nothing is read from the database or written to it. Imported only where a passkey is used: the library takes
8 MiB in every process, and most sign in without one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
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

from bookonce.domain.accounts.errors import PasskeyRefused

Begun = dict[str, Any]
"""The challenge as a session keeps it."""


class Credential(NamedTuple):
    """What an authenticator has made: its id, its public key as ``fido2`` writes it, its counter."""

    credential_id: bytes
    credential: bytes
    counter: int


def begin_registration(
    user_id: bytes, *, email: str, name: str, known: Iterable[bytes]
) -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep); ``known`` are the ids of credentials that are there."""
    options, begun = _site().register_begin(
        PublicKeyCredentialUserEntity(id=user_id, name=email, display_name=name),
        [_descriptor(credential_id) for credential_id in known],
        # Kept on the authenticator, so that signing in need not ask for a name first.
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        # Fingerprint, face or PIN: only so does a passkey stand for both factors.
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options), _plain(begun)


def complete_registration(begun: Begun | None, answer: str) -> Credential:
    """The new credential, or ``PasskeyRefused``; ``answer`` is the browser's JSON."""
    try:
        proven = _site().register_complete(begun or {}, _read(answer))
        made = proven.credential_data
        assert made is not None
    # What the library raises for whatever a browser, or somebody in its place, can send.
    except (ValueError, KeyError, TypeError, AssertionError):
        raise PasskeyRefused from None
    return Credential(made.credential_id, bytes(made), proven.counter)


def begin_authentication() -> tuple[dict[str, Any], Begun]:
    """(options for the browser, challenge to keep) for any credential of this site."""
    options, begun = _site().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return _plain(options), _plain(begun)


def credential_id_of(answer: str) -> bytes:
    """Whose answer it claims to be, or ``PasskeyRefused``; nothing is proven yet."""
    try:
        return AuthenticationResponse.from_dict(_read(answer)).raw_id
    except (ValueError, KeyError, TypeError):
        raise PasskeyRefused from None


def complete_authentication(begun: Begun | None, answer: str, credential: bytes) -> int:
    """The signature counter of an answer that this credential has signed, or ``PasskeyRefused``."""
    try:
        given = _read(answer)
        _site().authenticate_complete(begun or {}, [AttestedCredentialData(credential)], given)
        return AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError):
        raise PasskeyRefused from None


def _site() -> Fido2Server:
    """The relying party: from the base address alone, never from a request."""
    here = urlsplit(settings.BASE_URL)
    party = PublicKeyCredentialRpEntity(id=here.hostname or "localhost", name="Bookonce")
    # The exact origin: by default the library accepts every subdomain of it, too.
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
