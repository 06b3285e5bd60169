"""An API request: who acts, when, and what was sent, which views read once the object is found."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from bookonce.domain.accounts.access import ApiPrincipal
from bookonce.domain.bookings.operations import RequestIdentity
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.parsing import S
from bookonce.foundation.errors import Invalid, Refused, Sentence, json_pointer
from bookonce.foundation.phones import PhoneRules
from bookonce.interfaces.api import idempotency
from bookonce.interfaces.api.problems import MediaUnknown, TooLarge

T = TypeVar("T")

# LARGE fits 10,000 recipients with notes and metadata.
SMALL, LARGE = 256 * 1024, 10 * 1024 * 1024
JSON, CSV = "application/json", "text/csv"
KEY, LONGEST_KEY = "Idempotency-Key", 255


@dataclass
class ApiRequest:
    """An API request as views take it."""

    http: HttpRequest
    now: datetime
    visitor: ApiPrincipal | None = None
    largest: int = SMALL
    repeat: idempotency.IdempotentCall | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every answer to this call."""

    @property
    def who(self) -> ApiPrincipal:
        """The visitor of the key. Open endpoints have none and must not ask."""
        assert self.visitor is not None
        return self.visitor

    @property
    def kind(self) -> str:
        """The media type of the body."""
        return (self.http.content_type or "").lower()

    @property
    def if_match(self) -> str:
        """The ``If-Match`` header; empty where there is none."""
        return self.http.headers.get("If-Match", "").strip()

    @cached_property
    def raw(self) -> bytes:
        """The bytes of the body, or ``TooLarge``."""
        # The header first, so that a body of up to 16 MB is not read only to be refused.
        length = self.http.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > self.largest:
            raise TooLarge(Sentence("Send at most {size} kB.", size=self.largest // 1024))
        try:
            return self.http.body
        except RequestDataTooBig:
            raise TooLarge(Sentence("Send at most {size} kB.", size=self.largest // 1024)) from None

    @cached_property
    def tree(self) -> Any:
        """The parsed JSON body; ``MediaUnknown`` where its media type is another."""
        # A missing Content-Type counts as JSON: RFC 9110, section 8.3, lets the recipient find out the type.
        if self.raw and self.kind and self.kind != JSON and not self.kind.endswith("+json"):
            raise MediaUnknown
        return parsing.parse_json(self.raw)

    def read(self, schema: type[S], rules: PhoneRules | None = None) -> S:
        """The body as this schema, or ``Invalid`` with every fault."""
        return parsing.validate(schema, self.tree, rules)

    def named(self, name: str) -> str | None:
        """One text of the body before the rest is validated: to find the object that it names."""
        value = self.tree.get(name) if isinstance(self.tree, dict) else None
        return value if isinstance(value, str) else None

    def query(self, schema: type[S]) -> S:
        """The query as this schema, or ``Invalid`` with every fault."""
        return parsing.validate(schema, self.query_values())

    def query_values(self) -> dict[str, str]:
        """Name → value in the query; ``Invalid`` where a name is repeated, as it is in a body."""
        said: dict[str, str] = {}
        for name, values in self.http.GET.lists():
            # Parsers differ in which of two equal names they keep, so neither is taken.
            if len(values) > 1:
                raise Invalid((json_pointer("", name), "Give this once."))
            if not parsing.is_storable(name + values[0]):
                raise Invalid(("", "Leave out the character U+0000."))
            said[name] = values[0]
        return said

    @cached_property
    def key(self) -> str:
        """The Idempotency-Key; empty where there is none."""
        key = self.http.headers.get(KEY, "")
        if len(key) > LONGEST_KEY:
            # An empty pointer, because a header is not part of the body.
            raise Invalid(
                ("", Sentence("Shorten the Idempotency-Key to {most} characters.", most=LONGEST_KEY))
            )
        return key

    @cached_property
    def body_hash(self) -> bytes:
        """A hash of the body that does not depend on the order of names or on spacing of the JSON."""
        raw = self.raw
        # A body that is refused later, in its order, is hashed as it is: sorting it would cost more than
        # parsing it, since what makes a body too much has not been left out of it.
        with contextlib.suppress(ValueError, RecursionError, Refused):
            raw = json.dumps(self.tree, sort_keys=True).encode() if raw.strip() else raw
        # With the query, which holds the options of a batch that is sent as CSV.
        return hashlib.sha256(self.http.META.get("QUERY_STRING", "").encode() + b"\n" + raw).digest()

    def attempt(self, scope: str) -> RequestIdentity:
        """The identity of this booking request for when it is repeated."""
        # alone: repeats must not pile up connections behind their own first call (docs/decisions/0010).
        return RequestIdentity(scope, self.key, self.body_hash, alone=True) if self.key else RequestIdentity()

    def once(self, act: idempotency.RepeatableAction[T], *, status: int = 200) -> Mapping[str, Any]:
        """Act and answer; with an Idempotency-Key both are recorded in the same commit."""
        if self.repeat is None:
            return act.look(act.do())
        return idempotency.run_once(self.repeat, act, status=status, now=self.now)
