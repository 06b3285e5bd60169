"""A workspace's accent, made readable: of any colour, the nearest with enough contrast on every background.

Pure colour arithmetic in OKLCH (lightness, chroma, hue): the hue is kept, the lightness moved as little
as it takes, and the chroma cut where a screen could not show it. What is kept, and from what, stands in
``docs/design.md``; ``tests/interfaces/pages/test_accents.py`` looks at the whole cube of colours.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

FORM = 4
"""The version of these rules: raise it where a colour comes out otherwise, so that browsers ask again."""

READABLE = 5.0
"""The least contrast of text in the accent, and on it; a focus ring, of the same colour, needs 3."""

AS_INK, GREY = 11.0, 0.03
"""Chroma below which a colour counts as grey: it becomes ink, since grey buttons look disabled."""
SEEN = 3.0
"""The least contrast of the name-plate's bar with its backgrounds; it holds no text."""

Colour = tuple[float, float, float]
"""Lightness from 0 to 1, chroma, hue in degrees; or red, green, blue from 0 to 1."""

GROUNDS: dict[str, tuple[Colour, ...]] = {
    "light": ((0.992, 0.003, 95), (1, 0, 95), (0.964, 0.006, 265)),
    "dark": ((0.185, 0.01, 265), (0.225, 0.013, 265), (0.255, 0.015, 265)),
}
"""The backgrounds of bookonce.css on which the accent is read: ``--paper``, ``--raised``, ``--wash``."""

_TINTS = {"light": (0.955, 0.02), "dark": (0.275, 0.045)}
_ON = {"light": (0.99, 0.0, 95.0), "dark": (0.18, 0.02, 265.0)}


@dataclass(frozen=True, slots=True)
class Accent:
    """An accent in one scheme, each as ``#rrggbb``: the colour, text on it, and a faint tint of it."""

    accent: str
    on_accent: str
    tint: str


def parse_colour(text: str) -> str | None:
    """Six lower-case digits of ``#1F4FD0``, ``1f4fd0`` or ``#14d``; None where it is no colour."""
    found = re.fullmatch(r"#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})", text.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)


def stylesheet_address(digits: str, release: str) -> str:
    """The address of this accent's stylesheet; it names the release, so it may be cached for ever."""
    return f"/accent/{digits.removeprefix('#')}.css?{release}.{FORM}"


def accent_stylesheet(digits: str) -> str:
    """CSS variables of this accent for both schemes; ``--brand`` is for the bar of the name-plate.

    As in bookonce.css: plain first, then again for browsers that know ``light-dark()``.
    """
    light, dark = _tokens(digits, "light"), _tokens(digits, "dark")
    both = {
        name: light[name] if light[name] == dark[name] else f"light-dark({light[name]}, {dark[name]})"
        for name in light
    }
    return (
        _rule(light)
        + f"@media screen and (prefers-color-scheme:dark){{{_rule(dark)}}}"
        + f"@supports (color:light-dark(red,red)){{{_rule(both)}}}\n"
    )


def _tokens(digits: str, scheme: str) -> dict[str, str]:
    found, brand = readable_accent(digits, scheme), nameplate_colour(digits, scheme)
    return {"brand": brand, "accent": found.accent, "on-accent": found.on_accent, "tint": found.tint}


def _rule(tokens: dict[str, str]) -> str:
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in tokens.items()) + "}"


def nameplate_colour(digits: str, scheme: str) -> str:
    """The colour of the name-plate's bar: as given where it has ``SEEN`` contrast, else moved until it has.

    A grey becomes ink, as everywhere.
    """
    grounds = [relative_luminance(to_rgb(ground)) for ground in GROUNDS[scheme]]
    moved = _nearest(digits, scheme, grounds, SEEN)
    return (
        moved if moved == f"#{digits}" or _chroma(digits) >= GREY else readable_accent(digits, scheme).accent
    )


def readable_accent(digits: str, scheme: str) -> Accent:
    """The colour in this scheme (``light`` or ``dark``): as given where it is ``READABLE``, else moved."""
    _, chroma, hue = to_oklch(rgb_of(digits))
    tint_lightness, most = _TINTS[scheme]
    tint = _hex((tint_lightness, min(chroma / 4, most), hue))
    around = [tint, *(_hex(ground) for ground in GROUNDS[scheme]), _hex(_ON[scheme])]
    others = [relative_luminance(rgb_of(other)) for other in around]
    accent = _nearest(digits, scheme, others, READABLE)
    if accent != f"#{digits}" and chroma < GREY:
        accent = _nearest(digits, scheme, others, AS_INK)
    return Accent(accent, _hex(_ON[scheme]), tint)


def _nearest(digits: str, scheme: str, others: list[float], least: float) -> str:
    """The colour with its lightness moved as little as gives it this contrast with all of these."""
    lightness, chroma, hue = to_oklch(rgb_of(digits))
    far, steps = (0.0 if scheme == "light" else 1.0), 64
    moved = (
        _hex((lightness + (far - lightness) * step / steps, chroma, hue)) for step in range(1, steps + 1)
    )
    candidates = itertools.chain((f"#{digits}",), moved)
    # There is always one: the far end is black or white, which contrasts with every ground of its scheme.
    return next(
        found
        for found in candidates
        if min(contrast_ratio(relative_luminance(rgb_of(found)), other) for other in others) >= least
    )


def _chroma(digits: str) -> float:
    return to_oklch(rgb_of(digits))[1]


# --- colour, by hand: sRGB, OKLab (Björn Ottosson's matrices), WCAG 2 --------------------------------


def rgb_of(digits: str) -> Colour:
    """Red, green and blue of ``#rrggbb``."""
    red, green, blue = bytes.fromhex(digits.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def relative_luminance(colour: Colour) -> float:
    """WCAG's relative luminance of an sRGB colour."""
    red, green, blue = (_linear(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: float, other: float) -> float:
    """WCAG's contrast of two luminances: 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def to_oklch(colour: Colour) -> Colour:
    """An sRGB colour as lightness, chroma and hue."""
    red, green, blue = (_linear(part) for part in colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_rgb(colour: Colour) -> Colour:
    """Lightness, chroma and hue as sRGB; chroma is cut until a screen can show it, and no further."""
    lightness, chroma, hue = colour
    found = _unbounded(lightness, chroma, hue)
    low, high = 0.0, chroma
    # 24 halvings: finer than the eight bits of a colour.
    for _ in range(0 if _shown(found) else 24):
        middle = (low + high) / 2
        found = _unbounded(lightness, middle, hue)
        low, high = (middle, high) if _shown(found) else (low, middle)
    red, green, blue = (min(max(part, 0.0), 1.0) for part in found)
    return red, green, blue


def _shown(colour: Colour) -> bool:
    # White comes out of the matrices as a hair more than 1, and must count as shown.
    return all(-1e-4 <= part <= 1 + 1e-4 for part in colour)


def _unbounded(lightness: float, chroma: float, hue: float) -> Colour:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return _curved(red), _curved(green), _curved(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _curved(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in to_rgb(colour))
