"""No body, query or header of the API makes more work than its size allows (promise 25)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from bookonce.domain.links.queries import token_of
from bookonce.domain.schemas import parsing
from bookonce.foundation import tokens
from bookonce.interfaces.api.endpoints import Endpoint
from bookonce.interfaces.api.urls import api
from bookonce.interfaces.http_server.body_limits import largest_body
from tests import make
from tests.attacks.conftest import IN_FULL
from tests.attacks.work import SIGNS, assert_steady, run_of, some_of
from tests.interfaces.api.conftest import Program

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("unlimited")]

LONGEST_QUERY = 7_000
ENDPOINTS = [one for methods in api.known.values() for one in methods.values()]
WRITING = [one for one in ENDPOINTS if one.method in ("POST", "PATCH")]
READING = [one for one in ENDPOINTS if one.query]
FEW = ("/links", "/links/batch", "/calendars", "/public/links/{token}/bookings")
"""The addresses that the short run asks: a schema of each sort."""


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.RATES = {name: (10**9, length) for name, (_, length) in settings.RATES.items()}


def _full_of(endpoint: Endpoint) -> int:
    """The size to measure: the largest that is taken; by key no more than tells how it grows."""
    largest = min(largest_body(f"/api/v1{endpoint.path}"), endpoint.largest)
    return min(largest, 1_000_000) if IN_FULL else 40_000


def _object(pairs: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}"


def _deep(name: str, inner: str, deep: int = 30) -> str:
    """``inner`` below so many objects."""
    return (f'{{"{name}":' * deep) + inner + "}" * deep


def _chunks(count: int) -> Iterator[range]:
    """Numbers for objects that have as many names as an object may."""
    yield from (range(n, min(n + parsing.MOST_NAMES, count)) for n in range(0, count, parsing.MOST_NAMES))


def _lists_taken(size: int) -> int:
    return min(size // 3, parsing.PLAIN_NODES + size // parsing.BYTES_OF_NODE - 1)


SHAPES: dict[str, Callable[[int], str]] = {
    "one name again and again": lambda size: "{" + ",".join(['"a":1'] * (size // 6)) + "}",
    "the last name twice": lambda size: _object(
        [*((f"n{n}", "0") for n in range(size // 12)), ("last", "0"), ("last", "0")]
    ),
    "many names": lambda size: _object((f"n{n}", "0") for n in range(size // 12)),
    "many names in many objects": lambda size: (
        '{"a":[' + ",".join(_object((f"n{n}", "0") for n in some) for some in _chunks(size // 12)) + "]}"
    ),
    "many faulty names": lambda size: _object((f"n\x00{n}", "0") for n in range(size // 16)),
    "deep lists": lambda size: '{"a":' + "[" * (size // 2) + "]" * (size // 2) + "}",
    "deep objects": lambda size: _deep("a", "1", size // 6),
    "long names above many leaves": lambda size: _deep(
        "n" * (size // 90), "[" + ",".join(["1"] * (size // 6)) + "]"
    ),
    "long names above many faults": lambda size: _deep(
        "n" * (size // 90), "[" + ",".join([r'"\u0000"'] * (size // 30)) + "]"
    ),
    "a fault in every leaf": lambda size: '{"a":[' + ",".join([r'"\ud800"'] * (size // 10)) + "]}",
    "large numbers": lambda size: '{"a":[' + ",".join(["1e999"] * (size // 7)) + "]}",
    "one large number": lambda size: '{"a":' + "9" * size + "}",
    "escapes": lambda size: '{"a":"' + r"\u00df" * (size // 7) + '"}',
    "nothing but spaces": lambda size: " " * size,
    "a list of empty lists": lambda size: "[" + ",".join(["[]"] * (size // 3)) + "]",
    "as many lists as are taken": lambda size: "[" + ",".join(["[]"] * _lists_taken(size)).ljust(size) + "]",
    "brackets in text": lambda size: '{"a":"' + "[" * size + '"}',
    "text without an end": lambda size: '{"a":"' + r"\"[" * (size // 3),
    "text alone": lambda size: json.dumps("x" * size),
}
"""Bodies of about so many bytes, whatever the schema."""

MANY: dict[str, str] = {
    "numbers": "1",
    "objects": "{}",
    "texts": '"x"',
    "lists": '[["09:00","17:00"]]',
    "dates": '{"on":"2026-12-24","hours":[]}',
    "questions": '{"key":"a","label":"A","kind":"choice","options":["a","a"]}',
    "people": '{"email":"@","phone":"+","name":""}',
}
"""What a list may hold again and again."""


Field = tuple[str, ...]


def _fields(schema: dict[str, Any], within: dict[str, Any], at: Field = ()) -> Iterator[Field]:
    """The path of every field of this schema."""
    for said in (schema, *schema.get("anyOf", ()), schema.get("items", {})):
        node = within[said["$ref"].rpartition("/")[2]] if "$ref" in said else said
        for name, inner in node.get("properties", {}).items():
            yield (*at, name)
            if len(at) < 3:
                yield from _fields(inner, within, (*at, name))


def fields_of(endpoint: Endpoint) -> list[Field]:
    schema = endpoint.body.model_json_schema() if endpoint.body else {}
    return [*dict.fromkeys(_fields(schema, schema.get("$defs", {})))]


def _placed(path: Field, value: str) -> str:
    """The body in which ``value`` stands at this path; what is a list on the way holds one item."""
    for name in reversed(path):
        value = f"{{{json.dumps(name)}:{value}}}"
        if name in ("recipients", "questions", "exceptions"):
            value = value.replace(":", ":[", 1)[:-1] + "]}"
    return value


class Caller:
    """Calls an endpoint, and takes back what it has changed."""

    def __init__(self, team: make.Team) -> None:
        link = make.link(team.calendar)
        booking = make.booking(team.calendar, link=make.link(team.calendar))
        self.token = token_of(link)
        self.ids = {
            "/calendars": tokens.public_id("cal", team.calendar.pk),
            "/links": tokens.public_id("lnk", link.pk),
            "/bookings": tokens.public_id("bkg", booking.pk),
        }
        self.program, self.guest = Program(team.api_key), Program()

    def __call__(self, endpoint: Endpoint, body: bytes | None = None, query: str = "", **headers: str) -> Any:
        known = self.ids.get("/" + endpoint.path.split("/")[1], "")
        path = endpoint.path.replace("{token}", self.token).replace("{id}", known)
        program = self.guest if endpoint.open else self.program
        with transaction.atomic():
            answer = program(endpoint.method, f"{path}{query}", body, **headers)
            transaction.set_rollback(True)
        assert answer.status_code < 500 or answer.status_code == 503, answer.content
        return answer


@pytest.fixture
def call(hana: make.Team) -> Caller:
    return Caller(hana)


def _named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def _asked(endpoints: list[Endpoint]) -> list[Endpoint]:
    return endpoints if IN_FULL else [one for one in endpoints if one.path in FEW]


@pytest.mark.parametrize("endpoint", _asked(WRITING), ids=_named)
def test_bodies_of_every_shape(call: Caller, endpoint: Endpoint) -> None:
    def with_shape(shape: Callable[[int], str]) -> Callable[[int], object]:
        # With a key the body is hashed, too.
        return lambda size: call(endpoint, shape(size).encode(), Idempotency_Key="k")

    assert_steady({what: with_shape(shape) for what, shape in SHAPES.items()}, _full_of(endpoint))


@pytest.mark.parametrize("endpoint", _asked([one for one in WRITING if fields_of(one)]), ids=_named)
def test_long_texts_and_lists_in_every_field(call: Caller, endpoint: Endpoint) -> None:
    def with_text(path: Field, sign: str) -> Callable[[int], object]:
        return lambda size: call(
            endpoint, _placed(path, json.dumps(run_of(sign, size), ensure_ascii=False)).encode()
        )

    def with_items(path: Field, item: str) -> Callable[[int], object]:
        return lambda size: call(
            endpoint, _placed(path, f"[{','.join([item] * (size // (len(item) + 1)))}]").encode()
        )

    cases = {}
    for number, path in enumerate(fields_of(endpoint)):
        for what, sign in some_of(SIGNS, number):
            cases[f"{'/'.join(path)} of {what}"] = with_text(path, sign)
        for what, item in some_of(MANY, number):
            cases[f"{'/'.join(path)} with many {what}"] = with_items(path, item)
    assert_steady(cases, _full_of(endpoint))


TABLES: dict[str, Callable[[int], str]] = {
    "columns": lambda size: ",".join(f"n{n}" for n in range(size // 7)),
    "columns of one name": lambda size: ",".join(["name"] * (size // 5)),
    "columns, and cells for each": lambda size: "email\n" + "," * size,
    # No more rows than are taken: each is a fault, of which twenty are enough.
    "rows of wrong phones": lambda size: "phone\n" + "+\n" * min(size // 2, 9_990),
    # The last row is a fault: what a batch that is taken costs is what its links cost.
    "rows of a sign": lambda size: "name,email\n" + "a,\n" * (size // 3) + ",@",
    "rows of a comma": lambda size: "name,email\n" + ",\n" * (size // 2) + ",@",
    "rows of an e-mail": lambda size: "email\n" + "a@b.co\n" * (size // 7) + "@",
    "rows with nothing in them": lambda size: "name\n" + "\n" * size,
    "quotes": lambda size: "name\n" + '""' * (size // 2),
    "a quote that does not end": lambda size: 'name\n"' + "a\n" * (size // 2),
    "a long cell": lambda size: "name\n" + "a" * size,
}
"""Recipients as CSV of about so many bytes."""


@pytest.mark.parametrize("query", ["", "&label=a&minutes=30"])
def test_tables_of_every_shape(call: Caller, query: str) -> None:
    [batch] = [one for one in WRITING if one.path == "/links/batch"]
    query = f"?calendar={call.ids['/calendars']}{query}"

    def with_table(shape: Callable[[int], str]) -> Callable[[int], object]:
        return lambda size: call(batch, shape(size).encode(), query, Content_Type="text/csv")

    assert_steady({what: with_table(shape) for what, shape in TABLES.items()}, _full_of(batch))


@pytest.mark.parametrize("endpoint", READING if IN_FULL else READING[:3], ids=_named)
def test_queries(call: Caller, endpoint: Endpoint) -> None:
    assert endpoint.query

    def with_query(name: str, sign: str) -> Callable[[int], object]:
        return lambda size: call(endpoint, query=f"?{quote(name)}={quote(sign) * (size // len(quote(sign)))}")

    names = [*endpoint.query.model_json_schema()["properties"], "unknown"]
    cases = {
        f"{name} of {what}": with_query(name, sign)
        for number, name in enumerate(names)
        for what, sign in some_of(SIGNS, number)
    }
    cases["many names"] = lambda size: call(
        endpoint, query="?" + "&".join(f"n{n}=1" for n in range(size // 8))
    )
    assert_steady(cases, LONGEST_QUERY)


# A long Content-Type does not come as far as here (test_unfinished_requests.py).
HEADERS = (
    *("Accept", "Accept_Language", "Authorization", "Cookie", "Idempotency_Key", "If_Match"),
    *("Sec_Purpose", "User_Agent", "X_Forwarded_For"),
)


@pytest.mark.parametrize("header", HEADERS)
def test_headers(call: Caller, header: str, settings: Any) -> None:
    [public] = [one for one in ENDPOINTS if one.operation_id == "public_get"]
    [written] = [one for one in ENDPOINTS if one.operation_id == "public_hold"]
    signs = {name: sign for name, sign in SIGNS.items() if sign.isascii() and sign.isprintable()}
    signs |= {"hops": "10.0.0.1, ", "tags": "de-DE;q=0.5,", "cookies": "a=b; ", "agents": "Mac OS "}

    def with_header(endpoint: Endpoint, sign: str) -> Callable[[int], object]:
        body = b"{}" if endpoint is written else None
        return lambda size: call(endpoint, body, **{header: run_of(sign, size)})

    cases = {
        f"{what} to {endpoint.method}": with_header(endpoint, sign)
        for number, endpoint in enumerate((public, written))
        for what, sign in some_of(signs, number + HEADERS.index(header))
    }
    assert_steady(cases, 60_000)


def test_cookies_of_a_page(call: Caller) -> None:
    # Programs' calls have no cookies: only pages read them.
    def with_quoted(sign: str) -> Callable[[int], object]:
        return lambda size: Client().get("/sign-in", headers={"cookie": f'a="{run_of(sign, size)}"; b=c'})

    assert_steady({sign: with_quoted(sign) for sign in ("\\1", "\\101", '\\"', "\\")}, 60_000)
    assert with_quoted("\\1")(9).wsgi_request.COOKIES["b"] == "c"  # type: ignore[attr-defined]


def _numbered(sign: str, size: int) -> str:
    """This sign again and again, each time with another number in the place of its ``#``."""
    return "".join(sign.replace("#", f"{n:04}") for n in range(size // (len(sign) + 3)))


CHAINS = {
    "cookies": ("Cookie", "a#=b; "),
    "quoted cookies": ("Cookie", 'a#="b"; '),
    "cookies without a value": ("Cookie", "#;"),
    "one cookie again and again": ("Cookie", "a=b;"),
    "cookies of equals": ("Cookie", "="),
    "languages": ("Accept-Language", "de-x#,"),
    "languages with weights": ("Accept-Language", "de;q=0.#, "),
    "one language again and again": ("Accept-Language", "de,"),
    "countries": ("Accept-Language", "xx-A#;q=0,"),
    "hops": ("X-Forwarded-For", "10.0.0.1, "),
    "hops of IPv6": ("X-Forwarded-For", "fd00::#, "),
    "hops of nobody": ("X-Forwarded-For", "x#,"),
    "empty hops": ("X-Forwarded-For", ","),
    "steps": ("Forwarded", "for=10.0.0.1;by=x#,"),
    "types": ("Accept", "text/x#;q=0.5, "),
    "tags": ("If-None-Match", '"#", '),
}
"""What a header may name again and again."""


@pytest.mark.parametrize("path", ["/sign-in", "/o/nobody", "/nowhere", "/api/v1/public/links/nobody"])
def test_headers_that_name_many_things(hana: make.Team, settings: Any, path: str) -> None:
    # Every hop is of a proxy that is believed: none ends the walk.
    proxies = ("127.0.0.1", "10.0.0.0/8", "fd00::/8", *(f"192.0.2.{n}" for n in range(20)))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=proxies)

    def with_many(header: str, sign: str) -> Callable[[int], object]:
        return lambda size: Client().get(path, headers={header: _numbered(sign, size)})

    assert_steady({what: with_many(*said) for what, said in CHAINS.items()}, 60_000)
