"""The tokens of bookonce.css, read as a browser reads them."""

from __future__ import annotations

import re
from functools import cache

from bookonce import assets
from bookonce.accents import Colour

_PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\);")


@cache
def tokens() -> dict[str, tuple[Colour, Colour]]:
    """Every colour that has two schemes, by name: in the light and in the dark, in OKLCH."""
    text = (assets.FOLDER / "css" / "bookonce.css").read_text()
    return {name: (_colour(light), _colour(dark)) for name, light, dark in _PAIR.findall(text)}


def _colour(text: str) -> Colour:
    lightness, chroma, hue = text.split()
    return float(lightness.removesuffix("%")) / 100, float(chroma), float(hue)
