"""Locations and booking windows, which calendars and links have alike."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bookonce.domain.schemas.parsing import InputFault, RequestBody
from bookonce.domain.schemas.types import Day, Paragraph, phone_of
from bookonce.foundation.errors import Sentence

# Not a phone: without a number the host calls the guest on theirs (``needs_phone``).
NEEDS_VALUE = ("address", "url", "text")


class Location(RequestBody):
    """Where the meeting is."""

    kind: Literal["phone", "address", "url", "ask", "text"]
    value: Paragraph | None = None

    @field_validator("value")
    @classmethod
    def _number(cls, value: str | None, info: ValidationInfo) -> str | None:
        # ``kind`` is declared first and so known here; where it was refused it is missing.
        return phone_of(value, info) if value and info.data.get("kind") == "phone" else value

    @model_validator(mode="after")
    def _sound(self) -> Location:
        value = self.value or ""
        if self.kind in NEEDS_VALUE and not value:
            raise InputFault(Sentence('Give a value with the kind "{kind}".', kind=self.kind), "value")
        # It becomes a link in mails and calendar files, where another scheme could run something.
        if self.kind == "url" and not value.startswith(("https://", "http://")):
            raise InputFault("Let the address begin with https://.", "value")
        return self

    def stored(self) -> dict[str, Any]:
        """The location as it is stored."""
        return {"kind": self.kind, "value": self.value or ""}


class Window(RequestBody):
    """Dates, inclusive, between which something can be booked."""

    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")

    @model_validator(mode="after")
    def _forward(self) -> Window:
        if self.first and self.last and self.first > self.last:
            raise InputFault("Let the window end on or after the day it begins.", "to")
        return self
