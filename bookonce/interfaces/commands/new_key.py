"""What the doctor says of the secret key, and how it goes on without a lost one (``--accept-new-key``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bookonce.domain import secret_key_use
from bookonce.domain.accounts.authenticator import SEALED
from bookonce.domain.accounts.models import Authenticator
from bookonce.domain.secret_key_use import KEY_USES
from bookonce.foundation import clock, encryption
from bookonce.foundation.database.migration_state import is_migrated
from bookonce.foundation.errors import Refused, Sentence
from bookonce.interfaces.commands.checks import FAIL, OK, WARN, CheckResult
from bookonce.interfaces.commands.secret_key import OTHER_KEY, is_known_key, place_of_key

LOSSES = {
    "links": "one-time links in use: their addresses cannot be copied, shown as QR codes or sent again",
    "bookings": "bookings to come: further mails to their guests come without the guest's own link",
    "second factors": "second factors: nobody gets in with their codes",
    "sessions": "sessions: who is signed in signs in anew",
}
"""What of each sort of row is lost with its key."""

MOST_NAMED = 20


class DatabaseNotMigrated(Refused):
    """The tables of this release are not all there."""

    sentence = "The database is of an older release; run `bookonce migrate` first."


def check_key(*, now: datetime) -> Iterator[CheckResult]:
    """The secret key is the database's own; what is still under a former one, and what nothing opens."""
    if not is_known_key():
        yield CheckResult(FAIL, "secret of the database", Sentence(OTHER_KEY, place=place_of_key()))
        return
    counted = {use.name: secret_key_use.count_by_key(use, now=now) for use in KEY_USES}
    former = _listed({name: count.total() - count[0] - count[None] for name, count in counted.items()})
    gone = _listed({name: count[None] for name, count in counted.items()})
    if former:
        detail = f"still under a former key: {former}. Keep it in BOOKONCE_SECRET_KEY_FALLBACKS for them"
        yield CheckResult(WARN, "secret of the database", detail)
    if gone:
        detail = f"under a key that is neither the secret nor a fallback: {gone}. Name it as a fallback"
        yield CheckResult(WARN, "secret of the database", detail)
    if not former and not gone:
        yield CheckResult(OK, "secret of the database", "opens everything")


def accept_new_key(*, yes: bool) -> int:
    """Print what is lost with the former key, and go on without it where ``yes``; the exit status."""
    if not is_migrated():
        raise DatabaseNotMigrated
    now = clock.now()
    if is_known_key():
        print("The secret key is the one that this database is used with: there is nothing to accept.")
        return 0
    lost = list(_losses(now=now))
    print("Lost with the former secret key:", *(lost or ["nothing that is in use"]), sep="\n  ")
    print("Links that were sent work on, and so do passwords, passkeys and API keys.")
    if not yes:
        print("\nNothing is changed yet. To go on without it: bookonce doctor --accept-new-key --yes")
        return 1
    secret_key_use.accept_new_key(now=now)
    print("\nThe new key is accepted. Start again whatever still runs with the former one.")
    return 0


def _losses(*, now: datetime) -> Iterator[str]:
    for use in KEY_USES:
        lost = secret_key_use.count_by_key(use, now=now)[None]
        if lost:
            yield f"{lost} {LOSSES[use.name]}"
        if lost and use.name == "second factors":
            reset = "`bookonce reset-sign-in EMAIL --without-authenticator` lets each of them in"
            yield f"  {reset}: {', '.join(_locked_out())}"


def _locked_out() -> Iterator[str]:
    """Who has a second factor that nothing opens; the first of many."""
    confirmed = Authenticator.objects.filter(confirmed_at__isnull=False).select_related("person")
    by_time = confirmed.order_by("created_at")
    lost = (it for it in by_time if encryption.key_of_sealed(it.secret, SEALED) is None)
    for number, it in enumerate(lost):
        if number == MOST_NAMED:
            yield "…"
            return
        yield it.person.email


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.items() if count)
