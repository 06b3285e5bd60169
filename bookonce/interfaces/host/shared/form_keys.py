"""The key of a form that makes something: by it, a form that comes twice is known.

What the form makes gets its id from the key and from what was filled in, so that the same form, filled in
the same way, can make one thing only: the database holds that.
"""

from __future__ import annotations

import hashlib
import json
import uuid

from django.core import signing
from django.http import QueryDict

from bookonce.foundation import tokens

SALT = "bookonce.host.form"
APART = ("csrfmiddlewaretoken", "act", "seal")
_RANDOM = (1 << 62) - 1
"""The bits of an id that are random; the others tell when the form was shown."""


def new_form_key() -> str:
    """The key of a form that is shown now."""
    return signing.dumps(tokens.new_id().hex, salt=SALT)


def form_id(form: QueryDict, *more: str) -> uuid.UUID:
    """The id of what this form makes of ``more``; a new one where it carries no key of ours."""
    try:
        key = uuid.UUID(signing.loads(str(form.get("seal", ""))[:500], salt=SALT))
    except (signing.BadSignature, ValueError):
        return tokens.new_id()
    filled = sorted(
        (name, values)
        for name, values in form.lists()
        if name not in APART and not name.startswith("preview_")
    )
    told = hashlib.sha256(json.dumps([key.hex, filled, more]).encode()).digest()
    return uuid.UUID(int=key.int & ~_RANDOM | int.from_bytes(told) & _RANDOM)
