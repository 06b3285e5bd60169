"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for its loss."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from urllib.parse import urlsplit

import pyotp
from django.conf import settings

from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.errors import AuthenticatorOn
from bookonce.domain.accounts.models import Authenticator, Person, RecoveryCode
from bookonce.foundation import clock, encryption
from bookonce.foundation.database.transactions import requires_transaction, transaction

# Part of the encryption keys: renamed, neither stored secrets nor recovery codes would open anything.
SEALED, MARKED = "authenticator", "recovery code"
# RFC 6238 (section 5.2) recommends this step, and common apps ignore any other.
HALF_MINUTE = 30
CODES = 10
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that cannot be confused: ten of these 31 in a code, a little under 50 bits."""


def begin_setup(person: Person, *, now: datetime) -> str:
    """The secret for the app: that of a set-up that was begun, else a new one."""
    with transaction():
        # Locked, so that of two set-ups that begin at once the second finds the first.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        begun = Authenticator.objects.filter(person=person).first()
        if begun is not None and begun.confirmed_at is not None:
            raise AuthenticatorOn
        # The begun one again, so that a reload does not invalidate what the app has just read.
        if begun is not None:
            return encryption.decrypt(begun.secret, SEALED)
        secret = pyotp.random_base32()
        Authenticator.objects.create(person=person, secret=encryption.encrypt(secret, SEALED), created_at=now)
    return secret


def begun_secret(person: Person) -> str | None:
    """The secret of a set-up that is not confirmed yet; a confirmed one is never shown again."""
    begun = Authenticator.objects.filter(person=person, confirmed_at=None).first()
    return encryption.decrypt(begun.secret, SEALED) if begun else None


def otpauth_url(person: Person, secret: str) -> str:
    """The secret as an app takes it: ``otpauth://…``, followed on the same device, else as a QR code."""
    issuer = f"Bookonce ({urlsplit(settings.BASE_URL).hostname})"
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)


def confirm_setup(person: Person, code: str, *, now: datetime) -> list[str] | None:
    """Turn it on by a first code; returns new recovery codes, which are shown once. None: wrong code."""
    with transaction():
        # Locked, or two confirmations at once would each show codes, and those of one would not work.
        unconfirmed = Authenticator.objects.filter(person=person, confirmed_at=None)
        begun = unconfirmed.select_for_update(no_key=True).first()
        if begun is None or not _takes(begun, _plain(code), now=now):
            return None
        Authenticator.objects.filter(pk=begun.pk).update(confirmed_at=now)
        mailed_tokens.record_account_event(person, "account.authenticator_on", to=person.email, now=now)
        return _new_codes(person)


def is_on(person: Person) -> bool:
    """Whether this person needs a code beside their password."""
    return Authenticator.objects.filter(person=person, confirmed_at__isnull=False).exists()


def accept_code(person: Person, code: str, *, now: datetime) -> bool:
    """Whether this is a valid code of the app, or a recovery code. Each is accepted once."""
    plain = _plain(code)
    with transaction():
        on = Authenticator.objects.filter(person=person, confirmed_at__isnull=False).first()
        if on is None:
            return False
        if not is_recovery_code(code):
            return _takes(on, plain, now=now)
        # One UPDATE decides: of two requests with one code the second finds no unused row.
        unused = RecoveryCode.objects.filter(person=person, used_at=None)
        # Under older keys too, for codes from before a change of the secret key.
        return unused.filter(mark__in=encryption.lookup_hashes(plain, MARKED)).update(used_at=now) > 0


def is_recovery_code(code: str) -> bool:
    """Whether the text has the form of a recovery code; codes of the app are six digits."""
    plain = _plain(code)
    return not plain.isdecimal() or len(plain) > 6


def codes_left(person: Person) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def new_codes(person: Person) -> list[str]:
    """Replace all recovery codes; returns the new ones, which are shown once."""
    with transaction():
        return _new_codes(person)


def turn_off(person: Person, *, now: datetime) -> None:
    """Remove the authenticator, confirmed or not, and its recovery codes."""
    with transaction():
        was_on = is_on(person)
        Authenticator.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
        # Whoever gives up a set-up that was never confirmed needs no alarm.
        if was_on:
            mailed_tokens.record_account_event(person, "account.authenticator_off", to=person.email, now=now)


@requires_transaction
def delete_unreadable_setups() -> None:
    """Delete set-ups that were begun and never confirmed, where their key is gone: each begins anew."""
    for begun in Authenticator.objects.filter(confirmed_at=None):
        if encryption.key_of_sealed(begun.secret, SEALED) is None:
            begun.delete()


@requires_transaction
def _takes(it: Authenticator, code: str, *, now: datetime) -> bool:
    """Compare and set: a code of this half minute or the ones beside it, later than the last accepted one."""
    if len(code) != 6:
        return False
    try:
        totp = pyotp.TOTP(encryption.decrypt(it.secret, SEALED))
    except encryption.Undecryptable:
        # Its key was given up (doctor --accept-new-key): no code is right until the operator turns it off.
        return False
    here = clock.seconds_of_instant(now) // HALF_MINUTE
    # One step either way, for clocks that differ and people who type slowly (RFC 6238, section 6).
    for at in (here, here - 1, here + 1):
        if hmac.compare_digest(totp.generate_otp(at), code):
            # Once only, as RFC 6238 (section 5.2) demands: two requests with one code are told apart here.
            return Authenticator.objects.filter(pk=it.pk, step__lt=at).update(step=at) == 1
    return False


@requires_transaction
def _new_codes(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["".join(secrets.choice(SIGNS) for _ in range(10)) for _ in range(CODES)]
    # Keyed: of 50 bits a plain hash could be searched through in a stolen database (docs/decisions/0011).
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, mark=encryption.lookup_hashes(code, MARKED)[0]) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(code: str) -> str:
    # Spaces and hyphens only group the signs for the eye; people copy them along.
    return "".join(sign for sign in code.lower() if sign.isascii() and sign.isalnum())[:20]
