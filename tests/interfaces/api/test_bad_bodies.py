"""Whatever is sent, the answer is a problem that names the mend, and never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.interfaces.api.conftest import Mint, Program, address_of, pointers

RAW = {
    "no JSON": (b"{nope", ""),
    "no object": (b"[1]", ""),
    "no UTF-8": (b'{"label": "\xff"}', ""),
    "a constant that JSON lacks": (b'{"minutes": NaN}', ""),
    "deeper than anybody needs": (b'{"metadata": ' + b"[" * 900 + b"]" * 900 + b"}", "/metadata" + "/0" * 31),
    "deeper than Python reads": (b"[" * 200_000, ""),
    "more lists than anybody needs": (b'{"metadata": {"n": [' + b",".join([b"[]"] * 16_000) + b"]}}", ""),
    "U+0000": (rb'{"label": "a\u0000b"}', "/label"),
    "U+0000 in a name": (rb'{"metadata": {"a\u0000b": 1}}', "/metadata"),
    "half a surrogate pair": (rb'{"note": "\ud800"}', "/note"),
    "a number that is too large": (b'{"metadata": {"n": 1' + b"0" * 400 + b"}}", "/metadata/n"),
    "more digits than Python reads": (b'{"metadata": {"n": ' + b"1" * 5000 + b"}}", ""),
    "infinity in other words": (b'{"metadata": {"n": 1e999}}', "/metadata/n"),
    "a name twice": (b'{"label": "a", "label": "b"}', "/label"),
    "a name that is too long": (b'{"metadata": {"deep": {"' + b"n" * 201 + b'": 1}}}', "/metadata/deep"),
    "too many names": (
        b'{"metadata": {' + b",".join(b'"n%d":1' % n for n in range(2001)) + b"}}",
        "/metadata",
    ),
    "a pointer that is too long": (
        b'{"metadata":' + b'{"%s":' % (b"n" * 190) * 3 + rb'"\u0000"' + b"}" * 4,
        "/metadata" + f"/{'n' * 190}" * 2,
    ),
    "a name twice, deep inside": (b'{"metadata": {"list": [{"a/b": 1, "a/b": 1}]}}', "/metadata/list/0/a~1b"),
}


@pytest.mark.parametrize("what", RAW)
def test_a_body_that_cannot_be_kept_is_named(program: Program, minted: Mint, what: str) -> None:
    raw, pointer = RAW[what]
    assert pointers(program.patch(f"/links/{minted()['id']}", raw)) == [pointer]


def test_brackets_in_texts_are_none(program: Program, minted: Mint) -> None:
    rows = [{"note": '[{"\\"' * 250}] * 60
    answer = program.post("/links/batch", {"calendar": "intro-call", "recipients": rows})
    assert answer.status_code == 201
    assert {link["note"] for link in answer.json()["data"]} == {'[{"\\"' * 250}


@pytest.mark.parametrize("path", ["/links?limit=5&limit=5", "/calendars/intro-call/slots?a~b=1&a~b=2"])
def test_a_name_twice_in_the_query_is_refused_as_in_a_body(program: Program, path: str) -> None:
    answer = program.get(path)
    assert pointers(answer) == ["/a~0b" if "~" in path else "/limit"]
    assert answer.json()["errors"][0]["detail"] == "Give this once."


def test_an_answer_names_no_more_faults_than_can_be_read(program: Program, minted: Mint) -> None:
    faulty = b'{"metadata": {"' + b"n" * 190 + b'": [' + b",".join([rb'"\u0000"'] * 5000) + b"]}}"
    unknown = {f"{'n' * 150}{number}": 1 for number in range(500)}
    for body in (faulty, unknown, {"prefill": unknown}):
        answer = program.patch(f"/links/{minted()['id']}", body)
        assert len(pointers(answer)) == 20
        assert len(answer.content) < 10_000


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
    ("field", "most"), [("label", 200), ("note", 2000), ("recipient/email", 254), ("recipient/phone", 40)]
)
def test_a_text_is_as_long_as_it_was_sent(program: Program, minted: Mint, field: str, most: int) -> None:
    """Also where nothing of it would be kept: the published length holds for the body."""
    path = f"/links/{minted()['id']}"
    for sign in ("\x98", " ", "\n", "x"):
        body: Any = sign * (most + 1)
        for name in reversed(field.split("/")):
            body = {name: body}
        answer = program.patch(path, body)
        assert pointers(answer) == [f"/{field}"]
        assert answer.json()["errors"][0]["detail"] == f"Shorten this to {most} characters."


def test_a_line_break_of_a_browser_is_one_sign(minted: Mint) -> None:
    assert minted(note="a\r\n" * 1000)["note"] == "\n".join("a" * 1000)


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


MENDS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"slug": "Not a slug"},
        "/slug",
        "Use lower-case letters, digits and single hyphens, like intro-call.",
    ),
    ({"minutes": "30"}, "/minutes", "Send a number of minutes, or a list of them."),
    ({"minutes": [30, None]}, "/minutes", "Send a number of minutes, or a list of them."),
    ({"minutes": True}, "/minutes", "Send a number of minutes, or a list of them."),
    ({"minutes": []}, "/minutes", "Give 1 to 20 lengths."),
    ({"minutes": 0}, "/minutes", "Let every length be 1 to 1440 minutes."),
    ({"hours": {"mon": [["09:00"]]}}, "/hours/mon/0", 'Give a start and an end, like ["09:00", "17:00"].'),
    ({"hours": {"mon": [["09:00", "10:00"]] * 97}}, "/hours/mon", "Give at most 96 ranges of hours."),
    ({"hosts": ["x"] * 101}, "/hosts", "Give at most 100 hosts."),
    (
        {"location": {"kind": "url", "value": "moon"}},
        "/location/value",
        "Let the address begin with https://.",
    ),
    ({"location": {"kind": "address"}}, "/location/value", 'Give a value with the kind "address".'),
    (
        {"questions": [{"key": "a b", "label": "A"}]},
        "/questions/0/key",
        "Use letters, digits, hyphens and underscores, like company_size.",
    ),
    (
        {"questions": [{"key": "a", "label": "A", "kind": "choice"}]},
        "/questions/0/options",
        "Give the options to choose from.",
    ),
    (
        {
            "exceptions": [
                {"on": "2026-12-23", "hours": []},
                {"on": "2026-12-24", "hours": [["17:00", "09:00"]]},
            ]
        },
        "/exceptions/1/hours/0",
        "Let the range end after it starts; a night needs a range on each day.",
    ),
]


@pytest.mark.parametrize(("wrong", "pointer", "mend"), MENDS)
def test_each_fault_is_named_once_with_a_mend_for_people(
    program: Program, wrong: dict[str, Any], pointer: str, mend: str
) -> None:
    for answer in (
        program.post("/calendars", {"name": "x"} | wrong),
        program.patch("/calendars/intro-call", wrong),
    ):
        assert answer.status_code == 422, answer.content
        assert answer.json()["errors"] == [{"pointer": pointer, "detail": mend}]


def test_a_list_that_is_too_short_says_of_what(program: Program) -> None:
    answer = program.post("/links/batch", {"calendar": "intro-call", "recipients": []})
    assert answer.json()["errors"] == [{"pointer": "/recipients", "detail": "Give at least 1 recipient."}]


def test_a_booking_of_nothing_names_all_that_is_missing(program: Program) -> None:
    assert pointers(program.post("/bookings", {})) == ["/link", "/starts_at"]
    assert pointers(program.post("/bookings", {"link": 5})) == ["/link", "/starts_at"]
