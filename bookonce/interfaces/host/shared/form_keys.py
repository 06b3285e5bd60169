"""Keys of forms that create something, by which a repeated form is recognised.

The id of the created object is derived from the key and the values, so that an equal form with equal values
can create one object only: the primary key sees to that.
"""

from __future__ import annotations

import hashlib
import json
import uuid

from django.http import QueryDict

from bookonce.foundation import tokens
from bookonce.interfaces.pages.errors import PageStale
from bookonce.interfaces.pages.form_tokens import Purpose, new_form_token, read_form_token

SUBJECT = "calendar"
APART = ("csrfmiddlewaretoken", "act", "seal")
_RANDOM = (1 << 62) - 1
"""The random bits of an id; the others hold when the form was shown."""


def new_form_key() -> str:
    """A token for a form that is shown now."""
    return new_form_token(SUBJECT, key=tokens.new_id().hex).encode(Purpose.NEW_CALENDAR)


def form_id(form: QueryDict, *more: str) -> uuid.UUID:
    """The id of what this form creates from ``more``; a random one where it carries no token of ours."""
    try:
        shown = read_form_token(str(form.get("seal", "")), Purpose.NEW_CALENDAR, subject=SUBJECT)
        key = uuid.UUID(shown.key)
    except (PageStale, ValueError):
        return tokens.new_id()
    # The preview's fields and the pressed button do not make it another calendar.
    filled = sorted(
        (name, values)
        for name, values in form.lists()
        if name not in APART and not name.startswith("preview_")
    )
    told = hashlib.sha256(json.dumps([key.hex, filled, more]).encode()).digest()
    # The time in the key is kept, because lists are ordered by id.
    return uuid.UUID(int=key.int & ~_RANDOM | int.from_bytes(told) & _RANDOM)
