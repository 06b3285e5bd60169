"""The one reader of forms and queries: no field is longer than published, and none is cut.

Lengths alone are looked at, once for each field, before a pattern or a loop sees any text. A form names its
fields with their limits, which are those of the domain; every other field has a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from bookonce.foundation.errors import Invalid, Sentence, json_pointer
from bookonce.foundation.text import fits_length
from bookonce.interfaces.pages.form_tokens import LONGEST as LONGEST_TOKEN

OTHER = 200
"""The most characters of a field that a form does not name: choices, numbers, dates, and what is not ours."""
LONGEST_NAME = 100
LONGEST_ADDRESS = 2_000
"""The most characters of an address to go on to."""
EVERYWHERE = {
    "seal": LONGEST_TOKEN,
    "pick": LONGEST_TOKEN,
    "asked": LONGEST_TOKEN,
    # Digests of the values that a form was loaded with.
    "loaded": LONGEST_TOKEN,
    "next": LONGEST_ADDRESS,
    "back": LONGEST_ADDRESS,
}
"""Hidden fields of many forms."""

LONG = "Nothing was done. Go back and shorten the field “{field}” to {most} characters."
MANY = "Nothing was done. Go back and leave at most {most} rows of {field}."

Faults = dict[str, str]
"""Field → the sentence with its limit."""


class FieldTooLong(Invalid):
    """A field is longer than its limit: for forms that have no place to say so beside it."""

    title = "Something here is too long"

    def __init__(self, faults: Mapping[str, str], limits: FormFields) -> None:
        super().__init__(*((json_pointer("", name), words) for name, words in faults.items()))
        name = next(iter(faults))
        most = limits.rows.get(name) or limits.limit_of(name)
        sentence = MANY if name in limits.rows else LONG
        self.sentence = Sentence(sentence, field=name[:LONGEST_NAME], most=most)


@dataclass(frozen=True, slots=True)
class FormFields:
    """The fields of a form, with the most characters of each.

    ``q-*`` stands for every field that begins with ``q-``; ``rows-*-name`` for those of numbered rows.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    """What the fields of numbered rows begin with → how many rows there may be."""

    def limit_of(self, name: str) -> int:
        """The most characters of this field."""
        return self._own_limit(name) or EVERYWHERE.get(name, OTHER)

    def names_it(self, name: str) -> bool:
        """Whether the form shows this field, and so can say beside it what is wrong."""
        return name in self.rows or self._own_limit(name) is not None

    def _own_limit(self, name: str) -> int | None:
        limits = self.limits
        if name in limits:
            return limits[name]
        first, dash, rest = name.partition("-")
        if not dash:
            return None
        return limits.get(f"{first}-*-{rest.rpartition('-')[2]}") or limits.get(f"{first}-*")

    def faults(self, *forms: QueryDict) -> Faults:
        """The fields that are too long."""
        found: Faults = {}
        counted: dict[str, set[str]] = {}
        for form in forms:
            for name, texts in form.lists():
                if self.rows and (first := name.partition("-")[0]) in self.rows:
                    counted.setdefault(first, set()).add(name.rpartition("-")[0])
                if len(name) > LONGEST_NAME:
                    found[name] = Sentence("Shorten this to {most} characters.", most=LONGEST_NAME)
                    continue
                most = self.limit_of(name)
                if not all(fits_length(str(text), most) for text in texts):
                    found[name] = Sentence("Shorten this to {most} characters.", most=most)
        for first, rows in counted.items():
            if len(rows) > self.rows[first]:
                found[first] = Sentence("Give at most {most} rows here.", most=self.rows[first])
        return found

    def faults_of_request(self, request: HttpRequest) -> Faults:
        """The fields of the request's form and query that are too long."""
        return (
            self.faults(request.GET, request.POST) if request.method == "POST" else self.faults(request.GET)
        )


NONE = FormFields()
"""Of a form that has no text of its own."""
