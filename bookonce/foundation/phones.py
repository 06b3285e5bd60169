"""Phone numbers: read as people paste them, kept as E.164, shown in the international format.

The forms of each country's numbers come from ``phonenumbers``. A number is taken where its length is possible
there, not only where its range is known: ranges are assigned faster than the library is updated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from babel.core import get_global

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# ``phonenumbers`` is imported where a number is read or shown: it takes some MB of each process, and many
# never see a number.

LONGEST = 40
"""The most characters of a text that is taken for a number, however widely it is spaced."""

LONGEST_TYPED = 200
"""The most characters of what is read at all: a label before the number and escapes in it count here."""

MOST_DIGITS = 15
"""The most digits of a phone number (E.164)."""

WRONG: Final = "Enter a phone number like +49 30 123456."
COUNTRY: Final = "Begin the number with + and its country's code, like +49 30 123456."
SHORT: Final = "This number is too short. Enter it whole, like +49 30 123456."
LONG: Final = "This number is too long. Enter one like +49 30 123456."
DIGITS: Final = "A phone number has at most 15 digits, like +49 30 123456."
EXTENSION: Final = "Leave the extension out, and enter the number alone, like +49 30 123456."

WITHOUT_NUMBERS = frozenset(["001", "AQ", "GS", "PN", "TF", "UM", "ZZ"])
"""Where zones lie that have no numbers of their own, by the lists of ``phonenumbers``."""

_E164 = re.compile(r"\+[1-9][0-9]{4,14}")
# Labels before a number in signatures, and the schemes of links.
_LABEL = re.compile(
    r"(?:tel|callto|sms|phone|telephone|telefon|tél|téléphone|teléfono|telefono|fon|tlf|mobile|mobil|handy"
    r"|cell|cel|тел|電話|电话|[tmp])"
    r"(?:\s*[.:]+\s*|\s+(?=[+(0-9]))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\(?\s*\+?[ (]*[0-9][0-9 ()./'-]*")
# E.164 has no place for an extension, and a number without it reaches somebody else.
_EXTENDED = (
    r"[ ,;]*(?:;ext=|extension|extn?|x|#|durchwahl|dw|nebenstelle|apparat|app|poste|interno|int|anexo|доб)"
    r"[ .:#]*[0-9]{1,8}"
)
_EXTENSION = re.compile(_EXTENDED, re.IGNORECASE)
_BETWEEN = r"[\d\s()./'·・\-\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2044\u2060-\u2069\u2212]"
_AMONG_WORDS = re.compile(
    rf"(?:tel:)?(?:[+\uff0b]\s*\(?)?\d{_BETWEEN}{{4,}}\d(?:{_EXTENDED}\b)?", re.IGNORECASE
)
_ZERO = "z"
# Stands for "(0)", which is dialled at home alone; where it belongs to the number, it is a plain 0.
_SIGNS = str.maketrans(
    dict.fromkeys("−ー﹣~", "-")
    | dict.fromkeys("\u2044\u2215", "/")
    | dict.fromkeys("·‧・", " ")
    | {"’": "'"}
)


class WrongPhone(ValueError):
    """Text that is no phone number; ``mend`` says what to do about it."""

    def __init__(self, mend: str) -> None:
        super().__init__(mend)
        self.mend = mend


def parse_phone(text: str, *, region: str | None) -> str:
    """The number in E.164, or ``WrongPhone``.

    ``region`` is the country (ISO 3166, two capitals) in which a number without a country's code is dialled;
    without one, such a number is refused: to guess would call a stranger.
    """
    number = _written_plainly(text)
    digits = number.replace(_ZERO, "").strip("+")
    if len(digits) < 4:
        raise WrongPhone(SHORT)
    if len(digits.lstrip("0")) > MOST_DIGITS:
        raise WrongPhone(DIGITS)
    import phonenumbers

    tried = list(_readings(number, region))
    if not tried:
        raise WrongPhone(COUNTRY)
    possible = [one for one in tried if _reason(one) == phonenumbers.ValidationResult.IS_POSSIBLE]
    if not possible:
        raise WrongPhone(_mend_of(_reason(tried[0])))
    # Among several readings the one that a country has given out is meant.
    best = next(filter(phonenumbers.is_valid_number, possible), possible[0])
    return phonenumbers.format_number(best, phonenumbers.PhoneNumberFormat.E164)


def _mend_of(reason: int) -> str:
    from phonenumbers import ValidationResult

    mends = {
        ValidationResult.TOO_SHORT: SHORT,
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: SHORT,
        ValidationResult.TOO_LONG: LONG,
        ValidationResult.INVALID_COUNTRY_CODE: COUNTRY,
    }
    return mends.get(reason, WRONG)


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """How the numbers of one form or one request body are read."""

    region: str | None = None
    kept: frozenset[str] = frozenset()
    """Numbers that are stored already, perhaps in an older form: they may be sent back unchanged."""

    def parse(self, text: str) -> str:
        """As ``parse_phone``, but a number that is stored already is returned unchanged."""
        return text if text in self.kept else parse_phone(text, region=self.region)


def find_phones(text: str) -> list[re.Match[str]]:
    """Parts of a text that look like phone numbers, each with its extension; they are not validated."""
    return list(_AMONG_WORDS.finditer(text))


def search_digits(text: str) -> str:
    """The digits by which a number, or part of one, is found however it is written; empty for other text."""
    try:
        number = _written_plainly(text).replace(_ZERO, "")
    except WrongPhone:
        return ""
    digits = number.strip("+").lstrip("0")
    return digits if len(digits) > 3 else ""


def count_digits(text: str) -> int:
    """How many digits the text has, of whatever script."""
    return sum(sign.isdigit() for sign in text)


def dial_address(text: str) -> str:
    """The ``tel:`` address of this number; empty where the text is more than a number."""
    try:
        number = _written_plainly(text)
    except WrongPhone:
        return ""
    number = number.replace(_ZERO, "" if "+" in number else "0")
    return f"tel:{number}" if count_digits(number) > 2 else ""


def format_phone(number: str) -> str:
    """An E.164 number in the international format: ``+49 30 123456``; other text stays as it is."""
    return _international(number) if _E164.fullmatch(number) else number


@lru_cache(maxsize=4096)
def _international(number: str) -> str:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def mask_phone(number: str) -> str:
    """A phone number's last two digits: ``••• 42``."""
    digits = [sign for sign in number if sign.isdigit()]
    return "••• " + "".join(digits[-2:]) if digits else ""


def region_of(*zones: str) -> str | None:
    """The country of the first of these time zones that lies in one; None where none does (UTC)."""
    return next(filter(None, map(_country_of, zones)), None)


@cache
def _country_of(zone: str) -> str | None:
    known, aliases = get_global("zone_territories"), get_global("zone_aliases")
    country = _zones().get(zone) or known.get(aliases.get(zone, zone))
    return str(country) if country and country not in WITHOUT_NUMBERS else None


@cache
def _zones() -> dict[str, str]:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def _written_plainly(text: str) -> str:
    """Digits, ``_ZERO`` among them, and a ``+`` before them where one stands there; or ``WrongPhone``."""
    # Before it is normalized, which takes long for many combining marks.
    if len(text) > LONGEST_TYPED:
        raise WrongPhone(WRONG)
    text = _in_ascii(text)
    label = _LABEL.match(text)
    if label:
        text = unquote(text[label.end() :]).strip()
    found = _NUMBER.match(text)
    if found is None or len(text) > LONGEST:
        raise WrongPhone(WRONG)
    rest = text[found.end() :]
    if rest.strip():
        raise WrongPhone(EXTENSION if _EXTENSION.fullmatch(rest) else WRONG)
    number = re.sub(r"\( ?0 ?\)", _ZERO, found.group())
    return ("+" if "+" in number else "") + re.sub(rf"[^0-9{_ZERO}]", "", number)


def _in_ascii(text: str) -> str:
    """The text with the digits, hyphens and blanks of a keyboard, without marks that cannot be seen."""
    signs = []
    for sign in unicodedata.normalize("NFKC", text).translate(_SIGNS):
        kind = unicodedata.category(sign)
        if kind == "Nd":
            signs.append(str(unicodedata.decimal(sign)))
        elif kind == "Pd":
            signs.append("-")
        elif kind not in ("Cf", "Mn"):
            signs.append(" " if sign.isspace() else sign)
    return " ".join("".join(signs).split())


def _readings(number: str, region: str | None) -> Iterator[PhoneNumber]:
    """The possible readings of a number, the likeliest first."""
    import phonenumbers

    spelled = dict.fromkeys((number.replace(_ZERO, "0"), number.replace(_ZERO, "")))
    if number.startswith("+"):
        abroad = [f"+{one[1:].lstrip('0')}" for one in spelled]
    else:
        if region:
            yield from _parsed(spelled, region)
        # So people dial abroad in most of the world, and write it in all of it.
        abroad = [f"+{one[2:]}" for one in spelled if one.startswith("00")]
        if region:
            code = phonenumbers.country_code_for_region(region)
            abroad += [again for one in spelled for again in _renumbered(f"+{code}{one}")]
    yield from _parsed([again for one in abroad for again in (one, *_renumbered(one))], None)


def _parsed(numbers: Iterable[str], region: str | None) -> Iterator[PhoneNumber]:
    import phonenumbers

    for number in numbers:
        try:
            yield phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException as fault:
            if fault.error_type == fault.TOO_LONG:
                raise WrongPhone(LONG) from None


def _renumbered(number: str) -> Iterator[str]:
    """The number under its country's present numbering plan, where that can be told."""
    if number.startswith("+521") and len(number) == 14:
        yield "+52" + number[4:]  # Mexico: no 1 before mobiles since 2019.
    if number.startswith("+229") and len(number) == 12:
        yield "+22901" + number[4:]  # Benin: 01 before all numbers since 2024.


def _reason(number: PhoneNumber) -> int:
    import phonenumbers

    if number.country_code and number.italian_leading_zero and not phonenumbers.is_valid_number(number):
        # The 0 of a call at home is left where what follows is too short to be a number.
        country = phonenumbers.region_code_for_country_code(number.country_code)
        if phonenumbers.ndd_prefix_for_region(country, True) == "0":
            return int(phonenumbers.ValidationResult.TOO_SHORT)
    return phonenumbers.is_possible_number_with_reason(number)
