"""The refusals of accounts."""

from __future__ import annotations

from bookonce.foundation.errors import Invalid, NotFound, Refused, WrongState


class PasskeyRefused(Refused):
    """The browser's answer does not prove the passkey: cancelled, too late, for another site, or a copy."""

    code = "invalid"
    status = 422
    title = "The passkey was not accepted"
    sentence = "The passkey was not accepted. Please try again, or use your password."


class PasskeyKnown(WrongState):
    """This passkey is registered already."""

    title = "You have this passkey already"
    sentence = "This passkey is in the list already. Use it to sign in."


class LastWayIn(WrongState):
    """Without it there would be no way to sign in to this account."""

    title = "This is your only way in"
    sentence = "Set a password or add another passkey first; without one you could not sign in any more."


class AuthenticatorOn(WrongState):
    """An authenticator is on; it must be turned off before another is set up."""

    title = "Your authenticator is on already"
    sentence = "Turn it off first, then set up the new one."


class MailedLinkDead(NotFound):
    """A mailed link that was used, expired, replaced by a newer one or never made: one answer for all."""

    title = "This link does not work any more"
    sentence = "It was used already, or is too old. Ask for a new one."


class EmailTaken(Invalid):
    """The e-mail address was taken by somebody else in the meantime."""

    def __init__(self) -> None:
        # It does not say that somebody has it: that would tell a stranger of an account.
        super().__init__(("/email", "This address cannot be used here. Choose another."))
