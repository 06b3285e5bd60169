"""A walk over every address of the API with the clock stopped, and its answers written down.

Ids, tokens and cursors are numbered in the order in which they are met, so that two walks say the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests import make
from tests.interfaces.api.conftest import GIL, Program

DRAWN = re.compile(
    r"\b[a-z]{3}_[0-9A-Za-z]{22}\b|\b[0-9A-Za-z]{23}\b|\b[0-9a-f]{32}\b|(?<=\"next_cursor\":\")[\w-]+"
)
"""What is drawn anew in each run: ids, tokens, UIDs, cursors."""

SPAN = "from=2026-11-24T08:00:00Z&to=2026-11-24T09:00:00Z"
FULL_CALENDAR = {
    "name": "Long talk",
    "slug": "long-talk",
    "description": "Two lines\nof text",
    "minutes": [30, 60],
    "slot_step": 15,
    "zone": "America/New_York",
    "hours": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "fri": [["10:00", "24:00"]]},
    "exceptions": [{"on": "2026-12-24", "hours": []}, {"on": "2026-12-28", "hours": [["09:00", "10:00"]]}],
    "buffer_before": 5,
    "buffer_after": 10,
    "notice_minutes": 90,
    "window": {"from": "2026-11-01", "to": "2027-03-31"},
    "window_days": 30,
    "limit_per_day": 4,
    "limit_per_week": 9,
    "visibility": "link_only",
    "location": {"kind": "url", "value": "https://meet.example/long"},
    "questions": [
        {"key": "size", "label": "How many?", "kind": "choice", "required": True, "options": ["1", "2"]},
        {"key": "more", "label": "What else?", "help": "Perhaps nothing."},
    ],
    "contact": {"name": "Front desk", "email": "", "phone": "+49 30 123456", "text": "Call us."},
    "on_cancel": "reopen",
}
FULL_LINK = {
    "calendar": "long-talk",
    "label": "Deal 7",
    "note": "Likes tea",
    "message": "See you soon",
    "expires_at": "2027-01-31T18:00:00+01:00",
    "opens_at": "2026-11-20T00:00:00Z",
    "recipient": {"name": "Gil Guest", "email": "gil@example.net", "phone": "+49 30 654321"},
    "prefill": {"more": "Nothing", "name": "Gil Guest"},
    "locked": ["more"],
    "minutes": 45,
    "location": {"kind": "phone"},
    "window": {"from": "2026-11-24"},
    "metadata": {"deal": 7, "nested": {"b": [1, None], "a": "ü"}},
    "on_cancel": "stay_used",
}
TABLE = """\
name,email,phone,label,note
Ana,ana@example.net,,A,
"Böll, Gil",,+49 30 111111,,Second
""".encode()


@dataclass
class Walk:
    """The calls so far: what was asked, and what was answered."""

    program: Program
    guest: Program
    answered: list[dict[str, Any]] = field(default_factory=list)
    raw: list[tuple[str, int, str]] = field(default_factory=list)
    """The same as it came: method and address, status, body."""
    drawn: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, *, key: bool = True, **headers: str) -> Any:
        """One call, written down; gives back what it said."""
        response = (self.program if key else self.guest)(method, path, body, **headers)
        text = response.content.decode()
        self.raw.append((f"{method} {path.partition('?')[0]}", response.status_code, text))
        self.answered.append(
            {
                "call": self.told(f"{method} {path}"),
                "status": response.status_code,
                "type": response.get("Content-Type", ""),
                "etag": "ETag" in response,
                "body": self.told(text),
            }
        )
        is_json = "json" in response.get("Content-Type", "")
        return json.loads(text) if is_json else text

    def told(self, text: str) -> str:
        """The text with what was drawn numbered, and people's numbered addresses alike."""

        def numbered(found: re.Match[str]) -> str:
            kind = found[0][:3] if found[0][3:4] == "_" else "drawn"
            return self.drawn.setdefault(found[0], f"{kind}_{len(self.drawn) + 1}")

        return re.sub(r"\b([a-z]+)\d+(?=@example\.org)", r"\1", DRAWN.sub(numbered, text))


def walk(program: Program, guest: Program) -> Walk:
    """Call everything, well and badly, and give back what was answered."""
    steps = Walk(program, guest)
    for part in (_calendars, _links, _guests_side, _bookings, _refusals):
        part(steps)
    steps.answered = [step | {"body": _lines(step)} for step in steps.answered]
    return steps


def _lines(step: dict[str, Any]) -> Any:
    """The body as JSON where it is some, so that its record can be read; as it came else."""
    text = step["body"]
    if "json" not in step["type"]:
        return [line for line in text.splitlines() if not line.startswith("DTSTAMP")]
    body = json.loads(text)
    assert text == json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return body


def _calendars(do: Walk) -> None:
    do("GET", "/me")
    do("GET", "/calendars")
    made = do("POST", "/calendars", FULL_CALENDAR, Idempotency_Key="calendar")
    do("POST", "/calendars", FULL_CALENDAR, Idempotency_Key="calendar")
    do("POST", "/calendars", {"name": "Plain"})
    do("GET", f"/calendars/{made['id']}")
    do("GET", "/calendars?limit=1")
    do("PATCH", "/calendars/plain", {"minutes": 20, "window": {"to": "2027-01-01"}, "location": None})
    do("GET", f"/calendars/intro-call/slots?{SPAN}")
    do("GET", f"/calendars/intro-call/slots?{SPAN}&minutes=30&zone=Asia/Tokyo")
    do("DELETE", "/calendars/plain")


def _links(do: Walk) -> None:
    made = do("POST", "/links", FULL_LINK, Idempotency_Key="link")
    do("POST", "/links", FULL_LINK, Idempotency_Key="link")
    plain = do("POST", "/links", {"calendar": "intro-call"})
    rows = [
        {"name": "Ana", "email": "ana@example.net", "metadata": {"row": 1}},
        {"label": "own", "note": "n"},
    ]
    do("POST", "/links/batch", {"calendar": "intro-call", "label": "Spring", "recipients": rows})
    csv = "/links/batch?calendar=intro-call&label=Table&minutes=45"
    do("POST", csv, TABLE, Content_Type="text/csv", Idempotency_Key="batch")
    do("POST", csv, TABLE, Content_Type="text/csv", Idempotency_Key="batch")
    do("GET", "/links?limit=2")
    do("GET", f"/links/{made['id']}")
    do("PATCH", f"/links/{plain['id']}", {"label": "Later", "recipient": {"name": "Kim"}, "expires_at": None})
    for verb in ("extend", "revoke", "reopen", "release"):
        do("POST", f"/links/{plain['id']}/{verb}", {})
    do("POST", "/links/release", {})
    do("GET", f"/links/{plain['id']}/trail")


def _guests_side(do: Walk) -> None:
    for terms in (FULL_LINK | {"opens_at": None, "locked": [], "minutes": None}, {"calendar": "intro-call"}):
        link = do("POST", "/links", terms)
        address = f"/public/links/{link['url'].rsplit('/', 1)[1]}"
        do("GET", address, key=False)
        starts = do("GET", f"{address}/slots?from=2026-11-24&to=2026-11-28", key=False)["data"]
        do.answered.pop()
        do("GET", f"{address}/slots?{SPAN}", key=False)
        do("POST", f"{address}/holds", {"starts_at": starts[0]["starts_at"]}, key=False)
        wish = {"starts_at": starts[1]["starts_at"], "guest": GIL | {"language": "de"}, "answers": {}}
        if "prefill" in terms:
            do("POST", f"{address}/bookings", wish | {"guest": {}}, key=False)
            wish |= {"answers": {"size": "2"}, "guest": {"zone": "Europe/Berlin"}}
        do("POST", f"{address}/bookings", wish, key=False, Idempotency_Key="booking")
        do("POST", f"{address}/bookings", wish, key=False, Idempotency_Key="booking")
        do("POST", f"{address}/bookings", wish, key=False)
        do("GET", address, key=False)
        do("GET", f"/links/{link['id']}")
        do("GET", f"/links/{link['id']}/trail")


def _bookings(do: Walk) -> None:
    at = make.NOW + timedelta(days=2)
    starts = [f"{at + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}" for hour in range(4)]
    wish = {"calendar": "intro-call", "guest": GIL | {"phone": "+49 30 111111"}, "answers": {}}
    made = do("POST", "/bookings", wish | {"starts_at": starts[0]}, Idempotency_Key="booking")
    do("POST", "/bookings", wish | {"starts_at": starts[0]}, Idempotency_Key="booking")
    address = f"/bookings/{made['id']}"
    do("GET", address)
    do("GET", f"{address}.ics")
    do("GET", "/bookings?limit=2")
    do("POST", f"{address}/move", {"starts_at": starts[2]})
    do("POST", f"{address}/cancel", {"reason": "Ill"})
    do("GET", address)


def _refusals(do: Walk) -> None:
    for method, path, body in _wrong():
        do(method, path, body)
    do("GET", "/me", key=False)
    do("POST", "/links/batch?calendar=intro-call", b"colour\nred\n", Content_Type="text/csv")
    do("POST", "/links", b"<a/>", Content_Type="text/xml")


def _wrong() -> Iterator[tuple[str, str, Any]]:
    yield "GET", "/calendars/nothing", None
    yield "GET", "/links/lnk_0", None
    yield "GET", "/bookings/bkg_0", None
    yield "PUT", "/me", None
    yield "POST", "/calendars", {"minutes": 0, "colour": "red", "hours": {"mon": [["09:00"]]}}
    yield "POST", "/calendars", {"name": "Twice", "slug": "intro-call"}
    yield "POST", "/links", {"calendar": "intro-call", "recipient": {"email": "x"}, "opens_at": "2020"}
    yield "POST", "/links/batch", {"calendar": "intro-call", "recipients": [{}, {"email": "nobody"}]}
    yield "POST", "/bookings", {"calendar": "long-talk", "starts_at": "2026-12-01T08:00:00Z"}
    yield "POST", "/bookings", {"calendar": "intro-call", "starts_at": "2026-11-23T06:07:00Z", "guest": GIL}
    yield "GET", "/links?limit=0", None


def fits(pattern: str, call: str) -> bool:
    """Whether ``GET /links/lnk_…`` is a call of ``GET /links/{id}``."""
    return re.fullmatch(re.sub(r"\\{\w+\\}", r"[\\w-]+", re.escape(pattern)), call) is not None
