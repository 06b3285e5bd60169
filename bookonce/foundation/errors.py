"""Refusals: exceptions with a code, a status and one sentence for the person who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Sentence(str):
    """An English sentence with values in it that can be translated.

    It is a ``str`` of its English text. ``template`` is the message in the catalogues; ``values`` fill its
    places, translated too where they are sentences themselves.
    """

    template: str
    many: str
    """The plural of the template, chosen by ``values["count"]``; empty: nothing is counted."""
    values: Mapping[str, Any]

    def __new__(cls, template: str, **values: Any) -> Sentence:
        return cls._made(template, "", values)

    @classmethod
    def of_count(cls, one: str, many: str, count: int, **values: Any) -> Sentence:
        """A sentence about so many."""
        return cls._made(one, many, {"count": count} | values)

    @classmethod
    def _made(cls, template: str, many: str, values: dict[str, Any]) -> Sentence:
        chosen = many if many and values["count"] != 1 else template
        # Without values it is no template: braces that somebody typed stay.
        made = super().__new__(cls, chosen.format(**values) if values else chosen)
        made.template, made.many, made.values = template, many, values
        return made

    def __getnewargs__(self) -> tuple[str]:
        # copy and pickle make a str from its text; template and values are set afterwards.
        return (str(self),)


class Refused(Exception):
    """An operation refused; nothing was changed.

    Each subclass stands in its room's ``errors.py`` and sets ``code`` (machine-readable, in
    ``docs/api.md``), ``status`` (HTTP), ``title`` (what happened) and ``sentence`` (what to do). ``data``
    holds what the answer adds: fresh times, the owner's contact. A sentence of its own with values in it is a
    ``Sentence``: text that is filled in already cannot be translated.
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
    """No such object, or not for this reader: the two have one answer."""

    code = "not_found"
    status = 404
    title = "Not found"
    sentence = "There is nothing at this address."


class Forbidden(Refused):
    """Authenticated, but this key or role does not allow it."""

    code = "forbidden"
    status = 403
    title = "Not allowed"
    sentence = "You are not allowed to do this."


class WrongState(Refused):
    """The object exists, but its state does not allow this."""

    code = "wrong_state"
    status = 409
    title = "Not possible now"
    sentence = "This is not possible in the current state."


def json_pointer(at: str, *names: str | int) -> str:
    """The RFC 6901 pointer to something inside ``at``."""
    # The tilde first, or that of ~1 would be escaped once more (section 3).
    return at + "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


class Invalid(Refused):
    """Input that cannot be taken. ``errors`` names every field and what to do about it.

    Each entry is ``{"pointer": "/guest/email", "detail": "Enter an e-mail like ana@example.org."}``;
    pointers are RFC 6901 (``json_pointer``).
    """

    code = "invalid"
    status = 422
    title = "Some of the input needs another look"
    sentence = "Some of the input needs another look."

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__(errors=[{"pointer": pointer, "detail": detail} for pointer, detail in errors])


# No ``WrongState``, though its status is the same: a program repeats this call, and not the other.
class InFlight(Refused):
    """A call with this Idempotency-Key is in flight at this moment."""

    code = "in_flight"
    status = 409
    title = "The same request is still running"
    sentence = "Wait a moment and repeat it with the same Idempotency-Key."

    def __init__(self) -> None:
        super().__init__(retry_after=1, headers={"Retry-After": "1"})


class RateLimited(Refused):
    """A rate limit was reached. ``data`` holds when to come back and the headers of the answer."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"
    sentence = "Please wait a moment, then try again."


class DatabaseUnavailable(Refused):
    """The database stands still, is full, or cannot be reached."""

    code = "busy"
    status = 503
    title = "Busy just now"
    sentence = "The database does not answer at the moment. Please try again in a little while."

    def __init__(self) -> None:
        super().__init__(retry_after=2, headers={"Retry-After": "2"})


class ClockDoubted(DatabaseUnavailable):
    """The machine's clock was set, and the new time is not believed (yet): nothing is written."""

    sentence = "The clock of this server is being checked. Please try again in a few minutes."
