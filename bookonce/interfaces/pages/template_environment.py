"""How pages speak: the template environment, its words, and which words a reader wants.

Every word that a page shows goes through ``say``: a second language is a catalogue, not a change of
pages.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bookonce.foundation import accent_colours, translation
from bookonce.foundation.phones import dial_address, format_phone
from bookonce.interfaces.pages.assets import asset_address, favicon_address, files_digest
from bookonce.interfaces.pages.icons import icon_markup

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LANGUAGES = translation.available_languages()
"""The languages that pages are written in; the first is spoken where nobody has said another."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?")
# Marks that turn the direction of what follows them, beyond the name that they came with.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def jinja_environment(**options: Any) -> Environment:
    """The Jinja2 environment of every page: escaping always on, a missing name is a mistake."""
    options |= {
        "autoescape": True,
        "loader": FileSystemLoader(TEMPLATES),
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }
    made = Environment(**options)
    made.globals |= {
        "asset": asset_address,
        "icon": icon_markup,
        "favicon": favicon_address,
        "accent": stylesheet_for,
    }
    made.filters |= {
        "tame": isolate_direction,
        "dialled": dial_address,
        "phone": format_phone,
        "names": names_host,
        "mailto": mailto_address,
    }
    return made


def stylesheet_for(accent: str) -> str:
    """The address of the pages' stylesheet in this colour."""
    return accent_colours.stylesheet_address(accent, files_digest())


def isolate_direction(text: str) -> str:
    """Somebody's text without the marks that would turn the direction of the words around it."""
    return text.translate(_TURNS)


def names_host(calendar: str, host: str) -> bool:
    """Whether the calendar's own name says already with whom it is: "Intro call with Hana"."""
    return re.search(rf"(?<!\w){re.escape(host)}(?!\w)", calendar, re.IGNORECASE) is not None


def mailto_address(address: str) -> str:
    """The address that writes to this one; what stands in every mailbox stays as it is (RFC 6068, 2)."""
    return f"mailto:{quote(address, safe='@+')}"


def translate_html(language: str, text: str, values: dict[str, Any]) -> str:
    """The sentence in this language, its ``{places}`` filled in; escaped where it is shown, as a whole."""
    said = translation.translate(language, text)
    return said if translation.is_templated(text) else _filled(said, values)


def translate_plural_html(language: str, one: str, many: str, number: int, values: dict[str, Any]) -> str:
    """The sentence in the plural form for ``number``, which fills ``{count}``; escaped as a whole."""
    return _filled(translation.translate_plural(language, one, many, number), {"count": number} | values)


def _filled(said: str, values: dict[str, Any]) -> str:
    return (
        said.format(**{name: isolate_direction(str(value)) for name, value in values.items()})
        if values
        else said
    )


@lru_cache(maxsize=1024)
def reader_language(accept_language: str, otherwise: str = "") -> str:
    """The language tag to write in for this ``Accept-Language``: our words, the reader's own country.

    Where none of what they ask for is there, it is ``otherwise``, the workspace's own; who asks for nothing
    is a program, and reads English. The country decides about a 12 or 24 hour clock: ``fr-FR, en`` is
    ``en-FR`` while there is no French.
    """
    wanted = [found.groups() for found in map(_TAG.match, _by_weight(accept_language[:200])) if found]
    default = otherwise if accept_language and otherwise in LANGUAGES else LANGUAGES[0]
    language = next((name.lower() for name, _ in wanted if name.lower() in LANGUAGES), default)
    country = next((region.upper() for _, region in wanted if region), None)
    try:
        return str(Locale.parse(f"{language}_{country}" if country else language)).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        return language


def _by_weight(header: str) -> list[str]:
    tags = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            tags.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for _, tag in sorted(tags, key=lambda pair: pair[0])]
