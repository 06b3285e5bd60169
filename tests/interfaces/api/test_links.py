"""Links: what they carry comes back, what they cannot carry is named, and their states follow one rule."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.domain.accounts.operations import make_key
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.pausing import pause_links
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked, pointers

TERMS: dict[str, Any] = {
    "label": "Deal 7",
    "note": "Prefers mornings.\nCall first.",
    "message": "Looking forward to it!",
    "expires_at": "2026-12-24T12:00:00Z",
    "opens_at": "2026-11-20T00:00:00Z",
    "recipient": {"name": "Gil Guest", "email": "gil@example.net", "phone": "+49301234"},
    "prefill": {"topic": "Roof", "name": "Gil Guest"},
    "locked": ["topic"],
    "minutes": 45,
    "location": {"kind": "phone", "value": ""},
    "window": {"from": "2026-11-01", "to": None},
    "metadata": {"deal": 7, "tags": ["a", {"b": None}]},
    "on_cancel": "reopen",
}
TOPIC = [{"key": "topic", "label": "Topic", "kind": "text", "required": False, "options": [], "help": ""}]


@pytest.fixture(autouse=True)
def _topic(hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, questions=TOPIC, by="test", now=make.NOW)


def test_everything_comes_back(program: Program, minted: Mint) -> None:
    link = minted(**TERMS)
    assert {name: link[name] for name in TERMS} == TERMS
    assert link["contact"].startswith("ctc_")
    assert link["created_via"] == "api"
    assert link["opened"] == {"people": 0, "robots": 0, "first_at": None, "last_at": None}
    assert program.get(f"/links/{link['id']}").json() == link


def test_a_change_keeps_the_address_and_everything_unsaid(program: Program, minted: Mint) -> None:
    link = minted(**TERMS)
    changed = program.patch(
        f"/links/{link['id']}", {"label": "Deal 8", "note": None, "expires_at": None}
    ).json()
    assert changed == link | {"label": "Deal 8", "note": "", "expires_at": None}
    emptied = program.patch(f"/links/{link['id']}", dict.fromkeys(TERMS)).json()
    assert emptied["url"] == link["url"]
    assert (emptied["recipient"], emptied["prefill"], emptied["window"], emptied["minutes"]) == (
        None,
        {},
        None,
        None,
    )
    assert emptied["on_cancel"] == "stay_used"


def test_a_known_contact_is_the_recipient(program: Program, minted: Mint) -> None:
    first = minted(recipient={"name": "Gil", "email": "gil@example.net"})
    second = minted(contact=first["contact"])
    assert second["recipient"] == {"name": "Gil", "email": "gil@example.net", "phone": ""}
    assert second["contact"] == first["contact"]
    assert len(program.get(f"/links?contact={first['contact']}").json()["data"]) == 2


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"expires_at": "2026-11-23T06:00:00Z"}, "/expires_at"),
        ({"expires_at": "2026-12-01T00:00:00"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "/expires_at"),
        ({"expires_at": "2026-12-01T00:00:00Z", "opens_at": "2026-12-02T00:00:00Z"}, "/expires_at"),
        ({"opens_at": 5}, "/opens_at"),
        ({"prefill": {"shoe": 44}}, "/prefill/shoe"),
        ({"prefill": {"a/b~c": 1}}, "/prefill/a~1b~0c"),
        ({"prefill": {"email": "nobody"}}, "/prefill/email"),
        ({"prefill": {"email": "g•••@example.net"}}, "/prefill/email"),
        ({"prefill": {"topic": ["x"]}}, "/prefill/topic"),
        ({"locked": ["topic"]}, "/locked/0"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": 1441}, "/minutes"),
        ({"minutes": 10**400}, "/minutes"),
        ({"recipient": {"email": "x"}}, "/recipient/email"),
        ({"recipient": {"email": "ä@example.org"}}, "/recipient/email"),
        ({"recipient": {"nick": "x"}}, "/recipient/nick"),
        ({"metadata": []}, "/metadata"),
        ({"metadata": {"x": "y" * 8200}}, "/metadata"),
        ({"window": {"from": "2026-01-01", "to": "2026-11-22"}}, "/window/to"),
        ({"window": {"to": "0001-01-01"}}, "/window/to"),
        ({"on_cancel": "burn"}, "/on_cancel"),
        ({"label": "x" * 201}, "/label"),
        ({"slots": []}, "/slots"),
        ({"host": "x"}, "/host"),
    ],
)
def test_what_it_cannot_carry_is_named(
    program: Program, minted: Mint, wrong: dict[str, Any], pointer: str
) -> None:
    link = minted()
    assert pointers(program.post("/links", {"calendar": "intro-call"} | wrong)) == [pointer]
    assert pointers(program.patch(f"/links/{link['id']}", wrong)) == [pointer]
    assert program.get(f"/links/{link['id']}").json() == link


def test_without_an_end_it_takes_the_workspaces_life(program: Program, minted: Mint, hana: make.Team) -> None:
    hana.workspace.link_days = 14
    hana.workspace.save(update_fields=["link_days"])
    assert minted()["expires_at"] == "2026-12-07T06:00:00Z"
    assert minted(expires_at=None)["expires_at"] is None
    assert minted(opens_at="2026-12-01T00:00:00Z")["expires_at"] == "2026-12-15T00:00:00Z"


def test_a_key_that_only_reads_gets_no_address(hana: make.Team, minted: Mint) -> None:
    link = minted()
    _, key = make_key(hana.owner, name="reader", scopes=("links:read",), by="test", now=make.NOW)
    reader = Program(key)
    assert reader.get(f"/links/{link['id']}").json()["url"] is None
    assert reader.get("/links").json()["data"][0]["url"] is None


def test_a_key_without_bookings_reads_no_guest_in_a_trail(
    program: Program, hana: make.Team, minted: Mint
) -> None:
    link = minted()
    at = make.slots(hana.calendar)[0]
    made = program.post("/bookings", asked(at, link=link["id"])).json()
    program.post(f"/bookings/{made['id']}/cancel", {"reason": "She is ill."})
    _, key = make_key(hana.owner, name="reader", scopes=("links:read",), by="test", now=make.NOW)
    path = f"/links/{link['id']}/trail"
    whole, told = program.get(path).json()["data"], Program(key).get(path).json()["data"]
    assert [one["kind"] for one in told] == [one["kind"] for one in whole]
    for one, known in zip(told[1:], whole[1:], strict=True):
        assert known["data"]["guest"] == made["guest"]
        assert (known["data"]["contact"], known["data"]["owner_contact"]["name"]) == (made["contact"], "Hana")
        assert not {"guest", "answers", "contact", "cancel_reason", "reason"} & one["data"].keys()
        assert one["data"]["starts_at"] == made["starts_at"]
        assert (one["booking"], one["data"]["id"]) == (made["id"], made["id"])
    assert made["guest"]["email"] not in str(told)
    assert "She is ill" not in str([one["data"] for one in told[1:]])


def test_the_states_and_what_they_allow(program: Program, guest: Program, minted: Mint) -> None:
    link = minted()
    path = f"/links/{link['id']}"
    extended = program.post(f"{path}/extend", {"expires_at": "2026-12-24T00:00:00Z"}).json()
    assert extended["expires_at"] == "2026-12-24T00:00:00Z"
    assert program.post(f"{path}/extend").json() == extended
    assert program.post(f"{path}/extend", {"expires_at": None}).json()["expires_at"] is None
    assert program.post(f"{path}/extend").json()["expires_at"] is None
    revoked = program.post(f"{path}/revoke")
    assert revoked.json()["state"] == "revoked"
    assert program.post(f"{path}/revoke").json() == revoked.json()
    refused = program.post(f"{path}/extend")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    reopened = program.post(f"{path}/reopen").json()
    assert (reopened["state"], reopened["revoked_at"], reopened["url"]) == ("active", None, link["url"])
    assert program.post(f"{path}/reopen").status_code == 200

    at = guest.get(f"{address_of(link)}/slots").json()["data"][0]["starts_at"]
    booking = guest.post(f"{address_of(link)}/bookings", asked(at)).json()
    for action in ("revoke", "extend", "reopen"):
        assert program.post(f"{path}/{action}").status_code == 409, action
    assert program.post(f"/bookings/{booking['id']}/cancel").status_code == 200
    assert program.get(path).json()["state"] == "used"
    assert program.post(f"{path}/reopen").json()["booking"] is None
    kinds = [event["kind"] for event in program.get(f"{path}/trail").json()["data"]]
    assert kinds == [
        "link.minted",
        "link.extended",
        "link.extended",
        "link.revoked",
        "link.reopened",
        "booking.made",
        "booking.cancelled",
        "link.reopened",
    ]
    assert address_of(link).rsplit("/", 1)[1] not in program.get(f"{path}/trail").content.decode()


def test_lists_are_filtered_and_cut_into_pages(program: Program, minted: Mint, hana: make.Team) -> None:
    made = [minted(label=f"n{number}")["id"] for number in range(5)]
    program.post(f"/links/{made[1]}/revoke")
    found: list[str] = []
    cursor = ""
    while True:
        page = program.get(f"/links?limit=2{cursor}").json()
        found += [link["id"] for link in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == made[::-1]

    def ids(query: str) -> list[str]:
        return [link["id"] for link in program.get(f"/links?{query}").json()["data"]]

    assert ids("state=revoked") == [made[1]]
    assert ids("label=n3") == [made[3]]
    assert len(ids("calendar=intro-call&state=active")) == 4
    assert ids("created_from=2026-11-24") == []
    assert len(ids("created_to=2026-11-24T00:00:00Z")) == 5
    for query, pointer in {
        "limit=0": "/limit",
        "limit=201": "/limit",
        "cursor=x": "/cursor",
        "x=1": "/x",
    }.items():
        assert pointers(program.get(f"/links?{query}")) == [pointer]


def test_paused_links_are_listed_and_released_one_by_one_or_all(program: Program, minted: Mint) -> None:
    made = [minted() for _ in range(3)]
    pause_links(by="server", now=make.NOW)
    listed = program.get("/links?state=paused").json()["data"]
    assert [one["id"] for one in listed] == [one["id"] for one in made][::-1]
    assert listed[0]["paused_at"] == "2026-11-23T06:00:00Z"
    for _ in range(2):
        answer = program.post(f"/links/{made[0]['id']}/release")
        assert (answer.status_code, answer.json()["state"]) == (200, "active")
    assert program.post("/links/release").json() == {"released": 2, "left": 0}
    assert program.post("/links/release").json() == {"released": 0, "left": 0}
    assert program.get("/links?state=paused").json()["data"] == []
    trail = program.get(f"/links/{made[2]['id']}/trail").json()["data"]
    assert [(one["kind"], one["by"][:4]) for one in trail[-2:]] == [
        ("link.paused", "serv"),
        ("link.released", "key_"),
    ]
    program.post(f"/links/{made[1]['id']}/revoke")
    assert program.post(f"/links/{made[1]['id']}/release").json()["code"] == "wrong_state"


def test_released_twice_with_one_key_is_answered_once(program: Program, minted: Mint) -> None:
    minted()
    pause_links(by="server", now=make.NOW)
    answers = [program.post("/links/release", {}, Idempotency_Key="again").json() for _ in range(2)]
    assert answers == [{"released": 1, "left": 0}] * 2
