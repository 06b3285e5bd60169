"""How large the body of a request may be. An upper bound by address: an endpoint of the API may take less."""

from __future__ import annotations

from django.conf import settings

LARGEST_FORM = 100_000
"""The most bytes of a body for pages and the public API; with a key more are taken (settings)."""
LARGEST_SETTINGS = 1_000_000
"""The most bytes of a calendar's form: it may have a thousand exceptions and fifty questions."""


def largest_body(path: str) -> int:
    """The most bytes that the body of a request to this path may have."""
    if path.startswith("/api/") and not path.startswith("/api/v1/public/"):
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return LARGEST_SETTINGS if path.startswith("/settings/") else LARGEST_FORM
