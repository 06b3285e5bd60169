"""What a request accepts: values of a header with their weights (RFC 9110, section 12.4.2)."""

from __future__ import annotations

import re

# Django's own reading raises at headers that cannot be read, which everybody can send.
# A value, parameters of its own, then its weight. More digits than the three of the RFC are taken, because
# some programs send them.
_WEIGHTED = re.compile(
    r"\s*([^\s;]+)\s*(?:;(?!\s*q\s*=)[^;]*)*(?:;\s*q\s*=\s*([01](?:\.\d*)?)\s*)?", re.IGNORECASE
)


def accepted_weights(header: str) -> dict[str, float]:
    """Each value in lower case with its weight, the preferred first; 0 means that it is not acceptable.

    Of a value that is named twice the higher weight counts. What cannot be read is left out.
    """
    found = [match for match in map(_WEIGHTED.fullmatch, header.split(",")) if match]
    read = [(match[1].lower(), float(match[2] or 1)) for match in found]
    weights: dict[str, float] = {}
    # A stable sort: among equal weights the one named first counts (RFC 9110, section 12.5.4).
    for value, weight in sorted(read, key=lambda pair: -pair[1]):
        if weight <= 1:
            weights.setdefault(value, weight)
    return weights


def preferred_value(header: str) -> str:
    """The value with the highest weight, in lower case; empty where none is acceptable or named."""
    return next((value for value, weight in accepted_weights(header).items() if weight), "")
