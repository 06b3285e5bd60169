"""The stylesheets as a browser reads them: the tokens of bookonce.css, and every rule in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bookonce.foundation.accent_colours import Colour
from bookonce.interfaces.pages import assets

SHEETS = sorted(path.name for path in (assets.FOLDER / "css").glob("*.css"))
_PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\);")
_TOKEN = re.compile(r"/\*.*?\*/|\"[^\"]*\"|[{};]|[^{};\"/]+|/", re.S)


@dataclass(frozen=True)
class Rule:
    """One selector list with its declarations, and the conditions (@media, @supports …) that it stands in."""

    conditions: tuple[str, ...]
    selector: str
    said: tuple[tuple[str, str], ...]

    def guarded(self, by: str) -> bool:
        return any(one.startswith("@supports") and by in one for one in self.conditions)


@cache
def tokens() -> dict[str, tuple[Colour, Colour]]:
    """Every colour that has two schemes, by name: in the light and in the dark, in OKLCH."""
    return {
        name: (_colour(light), _colour(dark)) for name, light, dark in _PAIR.findall(text("bookonce.css"))
    }


def text(name: str) -> str:
    return (assets.FOLDER / "css" / name).read_text()


def rules(css: str) -> list[Rule]:
    """Every rule, in order."""
    found: list[Rule] = []
    open_: list[str] = []
    said: list[tuple[str, str]] = []
    part = ""
    for token in _TOKEN.findall(css):
        if token.startswith("/*"):
            continue
        if token not in ("{", "}", ";"):
            part += token
            continue
        part = " ".join(part.split())
        if token == "{":
            open_.append(part)
        elif part:
            name, _, value = part.partition(":")
            said.append((name.strip(), value.strip()))
        if token == "}":
            if said:
                found.append(Rule(tuple(open_[:-1]), open_[-1], tuple(said)))
            open_.pop()
            said = []
        part = ""
    return found


def _colour(text: str) -> Colour:
    lightness, chroma, hue = text.split()
    return float(lightness.removesuffix("%")) / 100, float(chroma), float(hue)
