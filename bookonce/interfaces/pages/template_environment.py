"""The template environment, and the choice of a reader's language.

Every text of a page goes through ``say``, so that another language is a catalogue and no change of pages.
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
from bookonce.interfaces.pages.negotiation import accepted_weights

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LANGUAGES = translation.available_languages()
"""The languages of pages; the first is the default."""

LONGEST_HEADER = 200
"""How much of an ``Accept-Language`` is read."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?")
# Marks that change the direction of the text after them, beyond the name in which they came.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def jinja_environment(**options: Any) -> Environment:
    """The Jinja2 environment of all pages: always escaping, and strict about undefined names."""
    options |= {
        "autoescape": True,
        "loader": FileSystemLoader(TEMPLATES),
        # A misspelt name fails a test instead of leaving a gap in a page.
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        # Templates are part of the release: their files do not change while it runs.
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
    """Text of people without the marks that would change the direction of the text around it."""
    return text.translate(_TURNS)


def names_host(calendar: str, host: str) -> bool:
    """Whether the calendar's name contains the host's: "Intro call with Hana"."""
    # Only as a whole word: “Planning” does not name Ann.
    return re.search(rf"(?<!\w){re.escape(host)}(?!\w)", calendar, re.IGNORECASE) is not None


def mailto_address(address: str) -> str:
    """The ``mailto:`` address; what usual mailboxes are made of stays unescaped (RFC 6068, section 2)."""
    return f"mailto:{quote(address, safe='@+')}"


def translate_html(language: str, text: str, values: dict[str, Any]) -> str:
    """The text in this language, its ``{places}`` filled in; it is escaped as a whole when shown."""
    said = translation.translate(language, text)
    # A Sentence is filled in already; braces in what somebody typed must not be taken for places.
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
    """The tag for this ``Accept-Language``: the preferred language of ours, with the reader's own country.

    ``otherwise``, the workspace's language, where we have none of them; English where none is asked for, as
    by programs. The country decides between 12 and 24 hour clock: ``fr-FR, en`` is ``en-FR`` while there is
    no French.
    """
    weights = accepted_weights(_bounded(accept_language))
    wanted = [found.groups() for found in map(_TAG.match, (tag for tag in weights if weights[tag])) if found]
    ours = (otherwise, *LANGUAGES) if accept_language and otherwise in LANGUAGES else LANGUAGES
    # What the reader refuses is left where we have another: “fr, en;q=0” is better served by German.
    default = next((tag for tag in ours if weights.get(tag) != 0), ours[0])
    language = next((name for name, _ in wanted if name in LANGUAGES), default)
    country = next((region.upper() for _, region in wanted if region), None)
    try:
        return str(Locale.parse(f"{language}_{country}" if country else language)).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        return language


def _bounded(header: str) -> str:
    """The header up to a limit, because the sender decides how long it is; no value is cut in two."""
    return header if len(header) <= LONGEST_HEADER else header[:LONGEST_HEADER].rpartition(",")[0]
