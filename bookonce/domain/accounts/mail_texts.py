"""The texts of mails about an account: heading, explanation, label of the button."""

from __future__ import annotations

from collections.abc import Mapping

from bookonce.delivery.mail.words import WordTable

ENGLISH: Mapping[str, str] = {
    "hello": "Hello {name},",
    "heading account.password_forgotten": "Choose a new password",
    "heading account.email_new": "Confirm your new e-mail address",
    "heading account.password_changed": "Your password was changed",
    "heading account.password_set": "A password was set for your account",
    "heading account.email_changed": "Your e-mail address was changed",
    "heading account.passkey_added": "A passkey was added to your account",
    "heading account.passkey_removed": "A passkey was removed from your account",
    "heading account.authenticator_on": "Your authenticator is on",
    "heading account.authenticator_off": "Your authenticator is off",
    "button account.password_forgotten": "Open its page",
    "button account.email_new": "Confirm this address",
    "an hour": "The link works once, for one hour.",
    "a day": "The link works once, for one day.",
    "ignore": "If this was not you, you need not do anything: nothing changes unless the link is opened.",
    "alarm": "If this was not you, choose a new password at once: {address}",
    "new address": "You sign in with the new address from now on, and mails go there.",
    "help": "If this was not you, ask whoever runs this site for help at once.",
}

WORDS = WordTable(ENGLISH)

NOTES: Mapping[str, tuple[str, ...]] = {
    "account.password_forgotten": ("an hour", "ignore"),
    "account.email_new": ("a day", "ignore"),
    "account.password_changed": ("alarm",),
    "account.password_set": ("alarm",),
    "account.email_changed": ("new address", "help"),
    "account.passkey_added": ("alarm",),
    "account.passkey_removed": ("alarm",),
    "account.authenticator_on": ("alarm",),
    "account.authenticator_off": ("alarm",),
}
"""The explanation, by kind of event."""
