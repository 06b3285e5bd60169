"""What the letters about an account say: a heading, what to know, what to press. Each in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bookonce.foundation.translation import mark


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of letter says, in English."""

    heading: str
    notes: tuple[str, ...]
    button: str = ""


IGNORE = "If this was not you, you need not do anything: nothing changes unless the link is opened."
ALARM = mark("If this was not you, choose a new password at once: {address}")

LETTERS: Mapping[str, Words] = {
    "account.password_forgotten": Words(
        mark("Choose a new password"),
        ("The link works once, for one hour.", IGNORE),
        mark("Open its page"),
    ),
    "account.email_new": Words(
        mark("Confirm your new e-mail address"),
        ("The link works once, for one day.", IGNORE),
        mark("Confirm this address"),
    ),
    "account.password_changed": Words(mark("Your password was changed"), (ALARM,)),
    "account.password_set": Words(mark("A password was set for your account"), (ALARM,)),
    "account.email_changed": Words(
        mark("Your e-mail address was changed"),
        (
            "You sign in with the new address from now on, and mails go there.",
            "If this was not you, ask whoever runs this site for help at once.",
        ),
    ),
    "account.passkey_added": Words(mark("A passkey was added to your account"), (ALARM,)),
    "account.passkey_removed": Words(mark("A passkey was removed from your account"), (ALARM,)),
    "account.authenticator_on": Words(mark("Your authenticator is on"), (ALARM,)),
    "account.authenticator_off": Words(mark("Your authenticator is off"), (ALARM,)),
}
