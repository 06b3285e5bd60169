"""The application that the web processes serve."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from bookonce.interfaces.pages import assets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookonce.settings")

# For good: an address names the digest of all files, so that a changed one is asked for elsewhere.
KEPT = "public, max-age=31536000, immutable"


def _headers(headers: dict[str, str], path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = KEPT


# WhiteNoise would let scripts of every site read the files; no other site needs them.
application = WhiteNoise(get_wsgi_application(), add_headers_function=_headers, allow_all_origins=False)
if assets.FOLDER.is_dir():
    application.add_files(str(assets.compressed_copies(settings.DATA)), prefix=assets.static_prefix())
