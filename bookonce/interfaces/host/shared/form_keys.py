"""The key of a form that makes something: by it, a form that comes twice is known.

What the form makes gets its id from the key and from what was filled in, so that the same form, filled in
the same way, can make one thing only: the database holds that.
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
"""The bits of an id that are random; the others tell when the form was shown."""


def new_form_key() -> str:
    """The token of a form that is shown now."""
    return new_form_token(SUBJECT, key=tokens.new_id().hex).encode(Purpose.NEW_CALENDAR)


def form_id(form: QueryDict, *more: str) -> uuid.UUID:
    """The id of what this form makes of ``more``; a new one where it carries no key of ours."""
    try:
        shown = read_form_token(str(form.get("seal", "")), Purpose.NEW_CALENDAR, subject=SUBJECT)
        key = uuid.UUID(shown.key)
    except (PageStale, ValueError):
        return tokens.new_id()
    filled = sorted(
        (name, values)
        for name, values in form.lists()
        if name not in APART and not name.startswith("preview_")
    )
    told = hashlib.sha256(json.dumps([key.hex, filled, more]).encode()).digest()
    return uuid.UUID(int=key.int & ~_RANDOM | int.from_bytes(told) & _RANDOM)
