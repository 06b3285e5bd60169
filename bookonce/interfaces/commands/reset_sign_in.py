"""``bookonce reset-sign-in``: a set-up address for somebody who cannot sign in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from bookonce.domain.accounts import authenticator, passwords
from bookonce.domain.accounts.models import Person
from bookonce.foundation import clock
from bookonce.foundation.errors import Refused
from bookonce.interfaces.commands import prepare


class AccountUnknown(Refused):
    """No account has this address."""

    sentence = "Nobody signs in with this e-mail address."


def reset_sign_in(args: argparse.Namespace) -> None:
    """Print an address to set a password once; or to add a passkey, if nothing else lets this person in."""
    prepare.prepare(on_existing=True)
    person = Person.objects.filter(email=args.email.strip().lower()).first()
    if person is None:
        raise AccountUnknown
    secret = passwords.create_setup_link(
        person, without_authenticator=args.without_authenticator, now=clock.now()
    )
    # Only the address on stdout, for scripts; what it means is for people, on stderr.
    print(f"{settings.BASE_URL}/setup/{secret}")
    for sentence in _told(person):
        print(sentence, file=sys.stderr)


def _told(person: Person) -> Iterator[str]:
    """The sentences about what the address does and what keeps working."""
    minutes = passwords.ANEW_WITHIN // timedelta(minutes=1)
    has_password, passkeys = person.has_usable_password(), person.passkeys.count()
    asks = authenticator.is_on(person)
    if has_password:
        yield f"There {person.name} sets a new password, once, within {minutes} minutes."
        yield "Until then the old one works."
    elif passkeys or asks:
        yield f"There {person.name} sets a password, their first, within {minutes} minutes."
    else:
        either = "sets a password, their first, or makes a passkey,"
        yield f"There {person.name} {either} within {minutes} minutes."
    if passkeys:
        yield "Their passkey goes on working." if passkeys == 1 else "Their passkeys go on working."
    elif not has_password:
        yield "Nothing else lets them in, and an address that they had before does not open any more."
    if asks:
        yield "Their authenticator still asks for a code; to turn it off, say --without-authenticator."
