"""Phone numbers as people paste them: read, kept as E.164, shown for abroad."""

from __future__ import annotations

from zoneinfo import available_timezones

import phonenumbers
import pytest
from babel.core import get_global

from bookonce.foundation import phones
from bookonce.foundation.phones import (
    WITHOUT_NUMBERS,
    WrongPhone,
    dial_address,
    format_phone,
    mask_phone,
    parse_phone,
    region_of,
)

PASTED = [
    # As they stand in signatures and on web sites, each with the country where a national one is dialled.
    ("+49 30 123456", None, "+4930123456"),
    ("030 123456", "DE", "+4930123456"),
    ("(030) 12 34 56", "DE", "+4930123456"),
    ("030/123456", "DE", "+4930123456"),
    ("030 / 12 34 - 56", "DE", "+4930123456"),
    ("0171.1234567", "DE", "+491711234567"),
    ("+49 (0)30 123456", None, "+4930123456"),
    ("+49 (0) 171 123 45 67", None, "+491711234567"),
    ("+49 ( 0 ) 30 123456", None, "+4930123456"),
    ("0049 30 123456", "DE", "+4930123456"),
    ("0049 (0)30 123456", None, "+4930123456"),
    ("(+49) 30 123456", None, "+4930123456"),
    ("(0049) 30 123456", "FR", "+4930123456"),
    ("+(49) 30 123456", None, "+4930123456"),
    ("+0049 30 123456", None, "+4930123456"),
    ("Tel.: +49 30 123456", None, "+4930123456"),
    ("Telefon 030 123456", "DE", "+4930123456"),
    ("T +49 30 123456", None, "+4930123456"),
    ("tel:+49-30-123456", None, "+4930123456"),
    ("TEL:+49%2030%20123456", None, "+4930123456"),
    # Signs that nobody typed: no-break and thin spaces, hyphens of all kinds, marks around copied contacts.
    ("+49\u00a030\u00a0123456", None, "+4930123456"),
    ("+49\u202f30\u2009123456", None, "+4930123456"),
    ("+49 30\u2013123456", None, "+4930123456"),
    ("+49\u201130\u2010123456", None, "+4930123456"),
    ("+49 30 \u2212 123456", None, "+4930123456"),
    ("\u202a+49 171 1234567\u202c", None, "+491711234567"),
    ("\u2068+49 171 1234567\u2069", None, "+491711234567"),
    ("\u200e+49\u200b171\u2060 1234567\ufeff", None, "+491711234567"),
    ("+49 30 12\u00ad34\u00ad56", None, "+4930123456"),
    ("\uff0b\uff14\uff19\u3000\uff13\uff10\u3000\uff11\uff12\uff13\uff14\uff15\uff16", None, "+4930123456"),
    # Around the world.
    ("01 234 56 78", "AT", "+4312345678"),
    ("+43 (0)664 1234567", None, "+436641234567"),
    ("044 123 45 67", "CH", "+41441234567"),
    ("044'123'45'67", "CH", "+41441234567"),
    ("06 12 34 56 78", "FR", "+33612345678"),
    ("+33 (0)6.12.34.56.78", None, "+33612345678"),
    ("06 698 12345", "IT", "+390669812345"),
    ("+39 (0)6 698 12345", None, "+390669812345"),
    ("+39 06 698 12345", None, "+390669812345"),
    ("020 7946 0958", "GB", "+442079460958"),
    ("+44 (0)20 7946 0958", None, "+442079460958"),
    ("07911 123456", "GB", "+447911123456"),
    ("(212) 555-0100", "US", "+12125550100"),
    ("1-212-555-0100", "US", "+12125550100"),
    ("212.555.0100", "CA", "+12125550100"),
    ("011 49 30 123456", "US", "+4930123456"),
    ("0049 30 123456", "US", "+4930123456"),
    ("55 1234 5678", "MX", "+525512345678"),
    ("+52 55 1234 5678", None, "+525512345678"),
    ("+52 1 55 1234 5678", None, "+525512345678"),
    ("0052 1 55 1234 5678", None, "+525512345678"),
    ("(11) 91234-5678", "BR", "+5511912345678"),
    ("0 15 11 91234-5678", "BR", "+5511912345678"),
    ("011 15-2345-6789", "AR", "+5491123456789"),
    ("+54 9 11 2345-6789", None, "+5491123456789"),
    ("+229 97 12 34 56", None, "+2290197123456"),
    ("+229 01 97 12 34 56", None, "+2290197123456"),
    ("97 12 34 56", "BJ", "+2290197123456"),
    ("8 (495) 123-45-67", "RU", "+74951234567"),
    ("8 (727) 250-12-34", "KZ", "+77272501234"),
    ("Тел. +380 44 123 45 67", None, "+380441234567"),
    ("22 123 45 67", "PL", "+48221234567"),
    ("+36 (06) 1 234 5678", None, "+3612345678"),
    ("06 1 234 5678", "HU", "+3612345678"),
    ("91 123 45 67", "ES", "+34911234567"),
    ("+351 (0)21 123 4567", None, "+351211234567"),
    ("070-123 45 67", "SE", "+46701234567"),
    ("22 12 34 56", "NO", "+4722123456"),
    ("020-123 4567", "NL", "+31201234567"),
    ("0470 12 34 56", "BE", "+32470123456"),
    ("0532 123 45 67", "TR", "+905321234567"),
    ("050-123-4567", "IL", "+972501234567"),
    ("050 123 4567", "AE", "+971501234567"),
    ("\u0660\u0661\u0660\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "EG", "+201001234567"),
    ("\u06f0\u06f2\u06f1 \u06f1\u06f2\u06f3\u06f4 \u06f5\u06f6\u06f7\u06f8", "IR", "+982112345678"),
    ("098765 43210", "IN", "+919876543210"),
    ("\uff10\uff13\uff0d\uff11\uff12\uff13\uff14\uff0d\uff15\uff16\uff17\uff18", "JP", "+81312345678"),
    ("03\u30fc1234\u30fc5678", "JP", "+81312345678"),
    ("02-123-4567", "KR", "+8221234567"),
    ("138 0013 8000", "CN", "+8613800138000"),
    ("\u7535\u8bdd\uff1a010-12345678", "CN", "+861012345678"),
    ("6123 4567", "SG", "+6561234567"),
    ("02 1234 5678", "AU", "+61212345678"),
    ("0011 64 9 123 4567", "AU", "+6491234567"),
    ("021 123 4567", "NZ", "+64211234567"),
    ("011 123 4567", "ZA", "+27111234567"),
    ("0803 123 4567", "NG", "+2348031234567"),
    ("0712 345678", "KE", "+254712345678"),
    ("+225 07 07 12 34 56", None, "+2250707123456"),
]

REFUSED = [
    ("", "DE", phones.WRONG),
    ("call me", "DE", phones.WRONG),
    ("030 1234, ask for Hana", "DE", phones.WRONG),
    ("1-800-FLOWERS", "US", phones.WRONG),
    ("••• 42", "DE", phones.WRONG),
    ("gil@example.net", "DE", phones.WRONG),
    ("030 123456", None, phones.COUNTRY),
    ("+999 12345678", "DE", phones.COUNTRY),
    ("+49 30", "DE", phones.SHORT),
    ("110", "DE", phones.SHORT),
    ("030 1", "DE", phones.SHORT),
    ("+1", None, phones.SHORT),
    ("555-0100", "US", phones.SHORT),
    ("+1 555-0100", None, phones.SHORT),
    ("+33 6 12 34 56 78 90", None, phones.LONG),
    ("1" * 16, "DE", phones.DIGITS),
    ("1" * 40, None, phones.DIGITS),
    ("+1 212 555 0100 ext. 12", None, phones.EXTENSION),
    ("(212) 555-0100 x12", "US", phones.EXTENSION),
    ("(212) 555-0100 #12", "US", phones.EXTENSION),
    ("tel:+1-212-555-0100;ext=12", None, phones.EXTENSION),
    ("030 123456 Durchwahl 12", "DE", phones.EXTENSION),
    ("030 123456, DW 12", "DE", phones.EXTENSION),
    ("01 23 45 67 89 poste 12", "FR", phones.EXTENSION),
]


@pytest.mark.parametrize(("text", "region", "kept"), PASTED)
def test_a_number_is_taken_as_it_was_pasted(text: str, region: str | None, kept: str) -> None:
    assert parse_phone(text, region=region) == kept
    assert parse_phone(kept, region=None) == kept
    assert parse_phone(format_phone(kept), region="JP") == kept, "what is shown can be typed again, anywhere"


def test_the_table_is_of_the_world() -> None:
    codes = {format_phone(kept).split()[0] for _, _, kept in PASTED}
    assert len(PASTED) >= 60
    assert len(codes) >= 25


@pytest.mark.parametrize(("text", "region", "mend"), REFUSED)
def test_a_number_that_cannot_be_called_is_refused_with_its_mend(
    text: str, region: str | None, mend: str
) -> None:
    with pytest.raises(WrongPhone) as refused:
        parse_phone(text, region=region)
    assert refused.value.mend == mend


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+4930123456", "+49 30 123456"),
        ("+12125550100", "+1 212-555-0100"),
        ("+390669812345", "+39 06 6981 2345"),
        ("+447911123456", "+44 7911 123456"),
        # What was kept before, in whatever form, is shown as it was written.
        ("+49 (30) 12-34", "+49 (30) 12-34"),
        ("030 123456", "030 123456"),
        ("Ring twice", "Ring twice"),
        ("+999123456789", "+999123456789"),
        ("", ""),
    ],
)
def test_a_kept_number_is_shown_for_abroad(kept: str, shown: str) -> None:
    assert format_phone(kept) == shown


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+4930123456", "tel:+4930123456"),
        ("+49 (0)30 123456", "tel:+4930123456"),
        ("+49 (30) 12-34", "tel:+49301234"),
        ("030 123456", "tel:030123456"),
        ("030 1234, ask for Hana", ""),
        ("", ""),
        ("7", ""),
    ],
)
def test_only_a_number_can_be_pressed(text: str, address: str) -> None:
    assert dial_address(text) == address


@pytest.mark.parametrize(
    ("zones", "region"),
    [
        (["Europe/Berlin"], "DE"),
        (["Europe/London"], "GB"),
        (["US/Eastern"], "US"),
        (["Asia/Calcutta"], "IN"),
        (["Asia/Kolkata"], "IN"),
        (["Europe/Kyiv"], "UA"),
        (["America/Coyhaique"], "CL"),
        (["UTC"], None),
        (["Antarctica/Troll"], None),
        (["Nowhere/Else"], None),
        ([""], None),
        ([], None),
        (["UTC", "Europe/Vienna"], "AT"),
        (["Europe/Zurich", "Europe/Vienna"], "CH"),
    ],
)
def test_a_zone_lies_in_a_country(zones: list[str], region: str | None) -> None:
    assert region_of(*zones) == region


def test_every_other_country_of_a_zone_has_numbers() -> None:
    zones = [*get_global("zone_territories"), *available_timezones()]
    assert {region_of(zone) for zone in zones} <= {None, *phonenumbers.SUPPORTED_REGIONS}
    assert phonenumbers.SUPPORTED_REGIONS.isdisjoint(WITHOUT_NUMBERS)


def test_a_mask_says_two_digits_at_most() -> None:
    assert mask_phone("+4930123456") == "••• 56"
    assert mask_phone("") == ""


@pytest.mark.parametrize(
    "text", ["1 " * 20_000, "+" * 40_000, "(0)" * 15_000, "\u0660" * 40_000, "1" + " " * 40_000]
)
def test_no_text_takes_long(text: str) -> None:
    with pytest.raises(WrongPhone):
        parse_phone(text, region="DE")
    assert len(phones.find_phones(text)) < 2
