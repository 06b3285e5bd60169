"""Calendars: every field comes back as it can be sent, and what cannot be kept is named with its mend."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.accounts.models import ApiKey
from bookonce.foundation.tokens import public_id
from tests import make
from tests.interfaces.api.conftest import Program, pointers

WHOLE: dict[str, Any] = {
    "name": "Consultation",
    "slug": "consultation",
    "description": "Bring your papers.\nAll of them.",
    "minutes": [30, 60],
    "slot_step": 15,
    "zone": "America/New_York",
    "hours": {"mon": [["09:00", "12:00"], ["13:00", "24:00"]]},
    "exceptions": [{"on": "2026-12-24", "hours": []}],
    "buffer_before": 5,
    "buffer_after": 10,
    "notice_minutes": 120,
    "window_days": None,
    "window": {"from": "2026-11-01", "to": "2027-01-31"},
    "limit_per_day": 4,
    "limit_per_week": 12,
    "visibility": "link_only",
    "location": {"kind": "url", "value": "https://meet.example.org/x"},
    "questions": [
        {
            "key": "topic",
            "label": "Topic",
            "kind": "choice",
            "required": True,
            "options": ["a", "b"],
            "help": "",
        }
    ],
    "contact": {"name": "Front desk", "email": "", "phone": "+4930123456", "text": "Call us."},
    "on_cancel": "reopen",
    "approval": False,
}


def test_every_field_comes_back(program: Program) -> None:
    made = program.post("/calendars", WHOLE)
    assert made.status_code == 201, made.content
    calendar = made.json()
    assert {name: calendar[name] for name in WHOLE} == WHOLE
    assert program.get(f"/calendars/{calendar['id']}").json() == calendar
    assert program.get("/calendars/consultation").json() == calendar
    sent_back = {name: calendar[name] for name in [*WHOLE, "hosts"]}
    assert program.patch("/calendars/consultation", sent_back).json() == calendar


def test_words_of_a_question_are_kept_without_marks_that_nobody_sees(program: Program) -> None:
    said = {
        "key": "cup",
        "label": "Which\x0b cup?\u200b",
        "kind": "choice",
        "options": ["Tea\u200b", "Mi\u00adlk"],
    }
    made = program.post("/calendars", {"name": "x", "questions": [said | {"help": "Ho\u2066t"}]}).json()
    kept = made["questions"][0]
    assert (kept["label"], kept["options"], kept["help"]) == ("Which cup?", ["Tea", "Milk"], "Ho t")
    twice = program.post("/calendars", {"name": "y", "questions": [said | {"options": ["Tea", "Tea\u200b"]}]})
    assert twice.status_code == 422


def test_a_name_is_enough(program: Program) -> None:
    calendar = program.post("/calendars", {"name": "Intro call"}).json()
    assert calendar["slug"] == "intro-call-2"
    assert calendar["minutes"] == 30
    assert (calendar["slot_step"], calendar["window_days"], calendar["window"]) == (None, 60, None)
    assert (calendar["visibility"], calendar["on_cancel"]) == ("public", "stay_used")
    assert (calendar["limit_per_day"], calendar["limit_per_week"]) == (None, None)
    assert calendar["contact"]["name"] == "Hana"
    assert calendar["url"].endswith("/c/acme/intro-call-2")


def test_the_same_is_not_asked_twice_here_either(program: Program) -> None:
    asked = [{"key": key, "label": label} for key, label in (("a", "Which cup?"), ("b", "which  cup?"))]
    refused = program.patch("/calendars/intro-call", {"questions": asked})
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    mend = "You ask this already. Change one, or take one away."
    assert refused.json()["errors"] == [{"pointer": "/questions/1/label", "detail": mend}]
    assert program.get("/calendars/intro-call").json()["questions"] == []


@pytest.mark.parametrize(("minutes", "back"), [(45, 45), ([45], 45), ([60, 30], [60, 30])])
def test_lengths_are_a_number_or_a_list(program: Program, minutes: Any, back: Any) -> None:
    assert program.post("/calendars", {"name": "x", "minutes": minutes}).json()["minutes"] == back


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": " \u2028 "}, "/name"),
        ({"slug": "Not a slug"}, "/slug"),
        ({"slug": "other"}, "/slug"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": []}, "/minutes"),
        ({"minutes": [30, 30]}, "/minutes"),
        ({"minutes": "30"}, "/minutes"),
        ({"minutes": True}, "/minutes"),
        ({"zone": "Berlin"}, "/zone"),
        ({"hours": {"monday": []}}, "/hours/monday"),
        ({"hours": {"mon": [["9", "17:00"]]}}, "/hours/mon/0/0"),
        ({"hours": {"mon": [["17:00", "09:00"]]}}, "/hours/mon/0"),
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "/hours/mon/1"),
        ({"exceptions": [{"on": "24.12.", "hours": []}]}, "/exceptions/0/on"),
        ({"window": {"from": "2026-12-02", "to": "2026-12-01"}}, "/window/to"),
        ({"window": {"until": "2026-12-02"}}, "/window/until"),
        ({"buffer_before": -1}, "/buffer_before"),
        ({"limit_per_day": 0}, "/limit_per_day"),
        ({"location": {"kind": "url", "value": "javascript:alert(1)"}}, "/location/value"),
        ({"location": {"kind": "moon"}}, "/location/kind"),
        ({"questions": [{"key": "email", "label": "E"}]}, "/questions/0/key"),
        ({"questions": [{"key": "a", "label": "A", "kind": "choice"}]}, "/questions/0/options"),
        ({"questions": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}, "/questions"),
        (
            {"questions": [{"key": "a", "label": "A b"}, {"key": "c", "label": "a  B\u200b"}]},
            "/questions/1/label",
        ),
        ({"contact": {"email": "nobody"}}, "/contact/email"),
        ({"contact": {"email": "a..b@example.org"}}, "/contact/email"),
        ({"approval": True}, "/approval"),
        ({"hosts": []}, "/hosts"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_kept_is_named(program: Program, wrong: dict[str, Any], pointer: str) -> None:
    program.post("/calendars", {"name": "Other"})
    assert pointer in pointers(program.post("/calendars", {"name": "x"} | wrong))
    assert pointer in pointers(program.patch("/calendars/intro-call", wrong))


def test_a_hidden_contact_is_hidden_and_a_missing_one_the_owners(program: Program) -> None:
    contact = program.patch("/calendars/intro-call", {"contact": {"email": None, "text": "Call."}}).json()[
        "contact"
    ]
    assert contact == {"name": "Hana", "email": "", "phone": "", "text": "Call."}


def test_dates_replace_days_and_days_dates(program: Program) -> None:
    dated = program.patch("/calendars/intro-call", {"window": {"from": "2026-12-01", "to": None}}).json()
    assert (dated["window_days"], dated["window"]) == (None, {"from": "2026-12-01", "to": None})
    counted = program.patch("/calendars/intro-call", {"window_days": 10}).json()
    assert (counted["window_days"], counted["window"]) == (10, None)
    assert program.patch("/calendars/intro-call", {"window": None}).json()["window_days"] == 60


def test_an_archived_calendar_is_gone_and_its_links_ended(
    program: Program, guest: Program, hana: make.Team
) -> None:
    link = program.post("/links", {"calendar": "intro-call"}).json()
    identity = program.get("/calendars/intro-call").json()["id"]
    assert program.delete("/calendars/intro-call").status_code == 204
    assert program.get(f"/calendars/{identity}").status_code == 404
    assert program.delete(f"/calendars/{identity}").status_code == 404
    assert program.get("/calendars").json()["data"] == []
    assert program.get(f"/links/{link['id']}").json()["state"] == "revoked"
    assert [one["id"] for one in program.get("/links?state=revoked").json()["data"]] == [link["id"]]
    assert program.get("/links?state=active").json()["data"] == []
    assert program.post("/calendars", {"name": "Intro call"}).json()["slug"] == "intro-call"


def test_slots_are_asked_by_dates_of_a_zone(program: Program) -> None:
    def starts(query: str) -> list[str]:
        answer = program.get(f"/calendars/intro-call/slots?{query}")
        assert answer.status_code == 200, answer.content
        return [slot["starts_at"] for slot in answer.json()["data"]]

    berlin = starts("from=2026-11-24&to=2026-11-25")
    assert (berlin[0], berlin[-1]) == ("2026-11-23T23:00:00Z", "2026-11-24T22:30:00Z")
    utc = starts("from=2026-11-24&to=2026-11-25&zone=UTC")
    assert (utc[0], utc[-1]) == ("2026-11-24T00:00:00Z", "2026-11-24T23:30:00Z")
    assert starts("from=2026-11-24T10:00:00%2B01:00&to=2026-11-24T09:30:00Z") == ["2026-11-24T09:00:00Z"]
    assert starts("from=2026-11-24T10:00:00+01:00&to=2026-11-24T09:30:00.999Z") == ["2026-11-24T09:00:00Z"]
    assert starts("from=2026-11-24&to=2026-11-24") == []
    assert max(starts("")) < "2026-12-24T06:00:00Z"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=yesterday", "/from"),
        ("from=2026-11-24T10:00:00", "/from"),
        ("from=2026-11-24&to=2026-11-23", "/to"),
        ("from=2026-11-24&to=2027-03-01", "/to"),
        ("zone=Mars", "/zone"),
        ("minutes=31", "/minutes"),
        ("minutes=lots", "/minutes"),
        ("until=2026-11-24", "/until"),
        ("zone=UTC&zone=UTC", "/zone"),
    ],
)
def test_a_span_that_makes_no_sense_is_named(program: Program, query: str, pointer: str) -> None:
    assert pointers(program.get(f"/calendars/intro-call/slots?{query}")) == [pointer]


def test_the_trail_names_the_key(program: Program, hana: make.Team) -> None:
    last, key = Event.objects.latest("pk"), ApiKey.objects.get(member=hana.owner)
    made = program.post("/calendars", {"name": "Other"}).json()["id"]
    program.patch(f"/calendars/{made}", {"minutes": 45})
    program.delete(f"/calendars/{made}")
    found = Event.objects.filter(pk__gt=last.pk).order_by("pk")
    assert [event.kind for event in found] == ["calendar.created", "calendar.changed", "calendar.archived"]
    assert {event.by for event in found} == {public_id("key", key.pk)}
    assert {event.data["calendar"] for event in found} == {made}
