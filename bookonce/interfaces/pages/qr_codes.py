"""Addresses as QR codes: drawn here, black on white with their quiet zone, whatever the page's colours.

Black on white in a dark page, too: many cameras do not read an inverted code.
"""

from __future__ import annotations

import io

import segno

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


def qr_code_file(url: str, kind: str) -> bytes:
    """The code of this address as a file of this kind."""
    file = io.BytesIO()
    # Not a Micro QR code, which few phones read; the standard asks for a border of four (ISO/IEC 18004).
    segno.make(url, error="m", micro=False).save(
        file, kind=kind, scale=8, border=4, dark="#000", light="#fff"
    )
    return file.getvalue()
