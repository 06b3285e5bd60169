"""Whatever is sent, the answer is a problem that names the mend, and never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.conftest import Mint, Program, address_of, pointers

RAW = {
    "no JSON": (b"{nope", ""),
    "no object": (b"[1]", ""),
    "no UTF-8": (b'{"label": "\xff"}', ""),
    "a constant that JSON lacks": (b'{"minutes": NaN}', ""),
    "deeper than anybody needs": (b'{"metadata": ' + b"[" * 900 + b"]" * 900 + b"}", "/metadata" + "/0" * 31),
    "deeper than Python reads": (b"[" * 200_000, ""),
    "U+0000": (rb'{"label": "a\u0000b"}', "/label"),
    "U+0000 in a name": (rb'{"metadata": {"a\u0000b": 1}}', "/metadata"),
    "half a surrogate pair": (rb'{"note": "\ud800"}', "/note"),
    "a number that is too large": (b'{"metadata": {"n": 1' + b"0" * 400 + b"}}", "/metadata/n"),
    "more digits than Python reads": (b'{"metadata": {"n": ' + b"1" * 5000 + b"}}", ""),
    "infinity in other words": (b'{"metadata": {"n": 1e999}}', "/metadata/n"),
}


@pytest.mark.parametrize("what", RAW)
def test_a_body_that_cannot_be_kept_is_named(program: Program, minted: Mint, what: str) -> None:
    raw, pointer = RAW[what]
    assert pointers(program.patch(f"/links/{minted()['id']}", raw)) == [pointer]


def test_another_kind_of_body_is_refused(program: Program, minted: Mint) -> None:
    answer = program.patch(
        f"/links/{minted()['id']}", b"label=x", Content_Type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "application/json" in answer.json()["detail"]


def test_too_much_is_refused(program: Program, guest: Program, minted: Mint) -> None:
    link = minted()
    answer = program.patch(f"/links/{link['id']}", {"note": "x" * 300_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = guest.post(f"{address_of(link)}/bookings", {"answers": {"x": "y" * 300_000}})
    assert answer.status_code == 413


def test_control_characters_leave_names(program: Program, minted: Mint) -> None:
    link = minted(label="a\x0bb\u2028c\u0085d\x1ee\r\nf", note="one\x07\r\ntwo")
    assert link["label"] == "a b c d e f"
    assert link["note"] == "one\ntwo"


@pytest.mark.parametrize(
    "path", ["/links?label=%00", "/links?%00=1", "/links?label=%ff", "/links/%00", "/links/lnk_%ff"]
)
def test_odd_addresses_are_refused(program: Program, path: str) -> None:
    assert program.get(path).status_code in (200, 404, 422)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, "", "x" * 5000, [], {}, [[]], "\ud83d\ude00"])
def test_no_value_in_no_field_breaks_anything(
    program: Program, guest: Program, minted: Mint, value: Any
) -> None:
    link = minted()
    document = guest.get("/openapi.json").json()["components"]["schemas"]
    for name, path, base in (
        ("LinkChange", f"/links/{link['id']}", {}),
        ("CalendarChange", "/calendars/intro-call", {}),
        ("AskedByKey", "/bookings", {"link": link["id"]}),
    ):
        for field in document[name]["properties"]:
            method = "POST" if path == "/bookings" else "PATCH"
            answer = program(method, path, json.dumps(base | {field: value}).encode())
            assert answer.status_code < 500, (name, field, value, answer.content)
