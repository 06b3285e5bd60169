"""One call of a program: who acts, when, and what was sent; read only once the thing was found."""

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

from bookonce.domain.accounts.access import Visitor
from bookonce.domain.bookings.operations import RequestIdentity
from bookonce.domain.schemas import parsing
from bookonce.domain.schemas.parsing import S
from bookonce.foundation.errors import Invalid, Sentence
from bookonce.foundation.phones import PhoneRules
from bookonce.interfaces.api import idempotency
from bookonce.interfaces.api.problems import MediaUnknown, TooLarge

T = TypeVar("T")

SMALL, LARGE = 256 * 1024, 10 * 1024 * 1024
JSON, CSV = "application/json", "text/csv"
KEY, LONGEST_KEY = "Idempotency-Key", 255


@dataclass
class ApiRequest:
    """A request, as views take it: they name it ``request``."""

    http: HttpRequest
    now: datetime
    visitor: Visitor | None = None
    largest: int = SMALL
    repeat: idempotency.IdempotentCall | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """What every answer to this call carries."""

    @property
    def who(self) -> Visitor:
        """The key's visitor. Endpoints without a scope have none, and do not ask."""
        assert self.visitor is not None
        return self.visitor

    @property
    def kind(self) -> str:
        """The media type of the body."""
        return (self.http.content_type or "").lower()

    @property
    def if_match(self) -> str:
        """The ETag that the caller has seen, or nothing."""
        return self.http.headers.get("If-Match", "").strip()

    @cached_property
    def raw(self) -> bytes:
        """The body as it came, if it is not too large."""
        length = self.http.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > self.largest:
            raise TooLarge(Sentence("Send at most {size} kB.", size=self.largest // 1024))
        try:
            return self.http.body
        except RequestDataTooBig:
            raise TooLarge(Sentence("Send at most {size} kB.", size=self.largest // 1024)) from None

    @cached_property
    def tree(self) -> Any:
        """The JSON that was sent; ``MediaUnknown`` where it is said to be something else."""
        if self.raw and self.kind and self.kind != JSON and not self.kind.endswith("+json"):
            raise MediaUnknown
        return parsing.parse_json(self.raw)

    def read(self, schema: type[S], rules: PhoneRules | None = None) -> S:
        """What was sent, as this schema; else ``Invalid`` with every field that needs a mend."""
        return parsing.validate(schema, self.tree, rules)

    def named(self, name: str) -> str | None:
        """The text of one field of the body before the rest is judged: to find what it names."""
        value = self.tree.get(name) if isinstance(self.tree, dict) else None
        return value if isinstance(value, str) else None

    def query(self, schema: type[S]) -> S:
        """The query as this schema. Each name counts once."""
        said: dict[str, str] = {}
        for name, values in self.http.GET.lists():
            if len(values) > 1:
                raise Invalid((parsing.json_pointer("", name), "Give this once."))
            if not parsing.is_storable(name + values[0]):
                raise Invalid(("", "Leave out the character U+0000."))
            said[name] = values[0]
        return parsing.validate(schema, said)

    @cached_property
    def key(self) -> str:
        """The Idempotency-Key, or nothing."""
        key = self.http.headers.get(KEY, "")
        if len(key) > LONGEST_KEY:
            raise Invalid(
                ("", Sentence("Shorten the Idempotency-Key to {most} characters.", most=LONGEST_KEY))
            )
        return key

    @cached_property
    def body_hash(self) -> bytes:
        """A hash of what was sent: the same for the same JSON in another order or spacing."""
        raw = self.raw
        with contextlib.suppress(ValueError, RecursionError):
            raw = json.dumps(json.loads(raw), sort_keys=True).encode()
        return hashlib.sha256(self.http.META.get("QUERY_STRING", "").encode() + b"\n" + raw).digest()

    def attempt(self, scope: str) -> RequestIdentity:
        """How this attempt at a booking is known when it comes again."""
        return RequestIdentity(scope, self.key, self.body_hash, alone=True) if self.key else RequestIdentity()

    def once(self, act: idempotency.RepeatableAction[T], *, status: int = 200) -> Mapping[str, Any]:
        """Act and answer, and remember both under the Idempotency-Key, in one commit; without a key, act."""
        if self.repeat is None:
            return act.look(act.do())
        return idempotency.run_once(self.repeat, act, status=status, now=self.now)
