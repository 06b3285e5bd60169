"""``bookonce reset-sign-in``: a new way in for somebody who has lost theirs."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from django.conf import settings

from bookonce import clock
from bookonce.accounts import authenticator, passwords
from bookonce.accounts.models import Person
from bookonce.errors import Refused
from bookonce.management import prepare


class Nobody(Refused):
    """No account has this address."""

    sentence = "Nobody signs in with this e-mail address."


def reset(args: argparse.Namespace) -> None:
    """Print an address at which this person sets a password, once."""
    prepare.prepare()
    person = Person.objects.filter(email=args.email.strip().lower()).first()
    if person is None:
        raise Nobody
    secret = passwords.let_set_anew(person, without_authenticator=args.without_authenticator, now=clock.now())
    print(f"{settings.BASE_URL}/setup/{secret}")
    minutes = passwords.ANEW_WITHIN // timedelta(minutes=1)
    print(f"There {person.name} sets a new password, once, within {minutes} minutes.", file=sys.stderr)
    print("Until then the old one works.", file=sys.stderr)
    if authenticator.is_on(person):
        print(
            "Their authenticator still asks for a code; to turn it off, say --without-authenticator.",
            file=sys.stderr,
        )
