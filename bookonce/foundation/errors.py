"""Refusals: a "no" that has a name, a code, a status and one sentence for the person who reads it."""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):
    """An operation said no, and everything is as it was before.

    Each subclass stands in its room's ``errors.py`` and fixes ``code`` (machine-readable, in
    ``docs/api.md``), ``status`` (HTTP), ``title`` (what is the matter) and ``sentence`` (what to do).
    ``data`` holds what the answer adds: fresh times, the owner's contact.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "This is not possible"
    sentence: str = "This is not possible."

    def __init__(self, sentence: str | None = None, **data: Any) -> None:
        if sentence is not None:
            self.sentence = sentence
        self.data: dict[str, Any] = data
        super().__init__(self.sentence)


class NotFound(Refused):
    """There is no such thing here, or not for you: the two are never told apart."""

    code = "not_found"
    status = 404
    title = "Not found"
    sentence = "There is nothing at this address."


class Forbidden(Refused):
    """You are known, but this key or role does not allow it."""

    code = "forbidden"
    status = 403
    title = "Not allowed"
    sentence = "You are not allowed to do this."


class WrongState(Refused):
    """The thing exists, but its state does not allow this step."""

    code = "wrong_state"
    status = 409
    title = "Not possible now"
    sentence = "This is not possible in the current state."


class Invalid(Refused):
    """Input that cannot be taken. ``errors`` names every field and its mend.

    Each entry is ``{"pointer": "/guest/email", "detail": "Enter an e-mail like ana@example.org."}``;
    pointers are RFC 6901.
    """

    code = "invalid"
    status = 422
    title = "Some of the input needs another look"
    sentence = "Some of the input needs another look."

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__(errors=[{"pointer": pointer, "detail": detail} for pointer, detail in errors])


class InFlight(Refused):
    """The same call, with the same Idempotency-Key, is at work at this moment."""

    code = "in_flight"
    status = 409
    title = "The same request is still running"
    sentence = "Wait a moment and repeat it with the same Idempotency-Key."

    def __init__(self) -> None:
        super().__init__(retry_after=1, headers={"Retry-After": "1"})


class RateLimited(Refused):
    """Too many, too fast. ``data`` says when to come back, and the headers of the answer."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"
    sentence = "Please wait a moment, then try again."
