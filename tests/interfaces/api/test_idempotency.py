"""The same Idempotency-Key makes one thing, and gets the first answer again; also when all come at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links.models import Link
from bookonce.foundation.database import transactions
from bookonce.foundation.idempotency.models import RepeatableCall
from bookonce.interfaces.api import idempotency
from bookonce.interfaces.api.responses import encode_json
from bookonce.interfaces.api.views import links
from tests import make
from tests.interfaces.api.conftest import Mint, Program, address_of, asked


def test_a_link_is_minted_once(program: Program, hana: make.Team) -> None:
    body = {"calendar": hana.calendar.slug, "label": "once"}
    first = program.post("/links", body, Idempotency_Key="k1")
    again = program.post("/links", dict(reversed(body.items())), Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert Link.objects.count() == 1
    assert program.post("/links", body, Idempotency_Key="k2").json()["id"] != first.json()["id"]


def test_another_body_is_refused(program: Program, hana: make.Team) -> None:
    body = {"calendar": hana.calendar.slug}
    program.post("/links", body, Idempotency_Key="k1")
    answer = program.post("/links", body | {"label": "other"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_a_body_that_no_first_call_can_have_had_is_another(program: Program, hana: make.Team) -> None:
    """One with a name twice is never taken, whichever of the two a parser would keep."""
    taken = f'{{"calendar":"{hana.calendar.slug}"}}'
    assert program.post("/links", taken.encode(), Idempotency_Key="k1").status_code == 201
    doubled = taken.replace("{", '{"calendar":"other",')
    answer = program.post("/links", doubled.encode(), Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_what_was_refused_leaves_the_key_good(program: Program, hana: make.Team) -> None:
    assert program.post("/links", {"calendar": "nothing"}, Idempotency_Key="k1").status_code == 404
    assert program.post("/links", {"calendar": hana.calendar.slug}, Idempotency_Key="k1").status_code == 201


def test_a_minted_link_is_answered_as_it_was(program: Program, guest: Program, hana: make.Team) -> None:
    """A replay is the first answer, byte by byte, whatever came since; its address is made again."""
    body = {"calendar": hana.calendar.slug, "metadata": {"zz": 1, "a": {"c": 1.5, "b": None}}}
    first = program.post("/links", body, Idempotency_Key="k1")
    path = f"/links/{first.json()['id']}"
    program.patch(path, {"label": "later", "note": "changed", "metadata": {}})
    guest.get(address_of(first.json()))
    program.post(f"{path}/revoke")
    again = program.post("/links", body, Idempotency_Key="k1")
    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, first["ETag"])
    assert (again.json()["state"], again.json()["url"]) == ("active", first.json()["url"])


def test_other_answers_stay_as_they_were_too(program: Program, hana: make.Team) -> None:
    made = program.post("/calendars", {"name": "Second"}, Idempotency_Key="k")
    program.patch("/calendars/second", {"name": "Third", "visibility": "link_only"})
    assert program.post("/calendars", {"name": "Second"}, Idempotency_Key="k").content == made.content
    body = {"calendar": hana.calendar.slug, "recipients": [{"name": "A"}, {"name": "B"}]}
    batch = program.post("/links/batch", body, Idempotency_Key="k")
    link = batch.json()["data"][1]["id"]
    program.post(f"/links/{link}/revoke", Idempotency_Key="k")
    assert program.post("/links/batch", body, Idempotency_Key="k").content == batch.content
    program.post(f"/links/{link}/reopen")
    again = program.post(f"/links/{link}/revoke", Idempotency_Key="k").json()
    assert (again["state"], program.get(f"/links/{link}").json()["state"]) == ("revoked", "active")


@pytest.mark.parametrize("large", [999, 1100])
def test_an_answer_too_large_to_keep_is_built_again(
    program: Program, hana: make.Team, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """Whether that was clear from the number of links, or only from the answer."""
    monkeypatch.setattr(idempotency, "LARGEST_KEPT", large)
    body = {"calendar": hana.calendar.slug, "recipients": [{"name": "A"}, {"name": "B"}]}
    first = program.post("/links/batch", body, Idempotency_Key="k")
    assert RepeatableCall.objects.get().answer == ""
    assert program.post("/links/batch", body, Idempotency_Key="k").json() == first.json()
    assert Link.objects.count() == 2


def test_a_large_batch_is_described_when_nobody_waits_for_it(
    program: Program, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[bool] = []
    describe = links.describe_link

    def noted(*link: Any, **how: Any) -> Any:
        inside.append(transactions._here.inside)
        return describe(*link, **how)

    monkeypatch.setattr(links, "describe_link", noted)
    for most, expected in ((idempotency.LARGEST_KEPT, True), (999, False)):
        monkeypatch.setattr(idempotency, "LARGEST_KEPT", most)
        body = {"calendar": hana.calendar.slug, "recipients": [{}, {}]}
        assert program.post("/links/batch", body, Idempotency_Key=str(most)).status_code == 201
        assert {*inside} == {expected}
        inside.clear()


def test_a_bare_link_is_longer_than_we_say(program: Program, hana: make.Team) -> None:
    batch = program.post("/links/batch", {"calendar": hana.calendar.slug, "recipients": [{}] * 9})
    bare = [link | {"url": None} for link in batch.json()["data"]]
    assert len(encode_json({"data": bare})) > 9 * idempotency.SHORTEST_LINK


def test_a_booking_is_answered_as_it_was_made(program: Program, guest: Program, minted: Mint) -> None:
    """By key and on the guest's side, also after it was moved and cancelled; what was masked stays so."""
    link = minted(recipient={"name": "Ana Lopez", "email": "ana@example.org"})
    slots = guest.get(f"{address_of(link)}/slots").json()["data"]
    public = f"{address_of(link)}/bookings"
    calls = (
        (program, "/bookings", asked(slots[0]["starts_at"], calendar="intro-call")),
        (guest, public, {"starts_at": slots[2]["starts_at"], "guest": {"name": "Gil"}}),
    )
    for number, (who, path, body) in enumerate(calls):
        first = who.post(path, body, Idempotency_Key="k")
        assert first.status_code == 201, first.content
        booking = f"/bookings/{first.json()['id']}"
        moved = program.post(f"{booking}/move", {"starts_at": slots[6 + number]["starts_at"]})
        assert moved.json()["sequence"] == 1
        assert program.post(f"{booking}/cancel", {"reason": "ill"}).json()["state"] == "cancelled"
        again = who.post(path, body, Idempotency_Key="k")
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.json()["manage_url"]
    assert again.json()["guest"]["email"] != "ana@example.org"


def test_a_replay_is_answered_even_after_the_calendar_is_gone(program: Program, hana: make.Team) -> None:
    body = {"calendar": hana.calendar.slug}
    first = program.post("/links", body, Idempotency_Key="k1").json()
    calendars.archive_calendar(hana.calendar, by="test", now=make.NOW)
    again = program.post("/links", body, Idempotency_Key="k1")
    assert (again.status_code, again.json()["id"]) == (201, first["id"])


@pytest.mark.parametrize("action", ["revoke", "extend"])
def test_an_action_is_done_once(program: Program, minted: Mint, action: str) -> None:
    link = minted(expires_at="2026-11-24T00:00:00Z")
    path = f"/links/{link['id']}/{action}"
    first = program.post(path, Idempotency_Key="k1")
    again = program.post(path, Idempotency_Key="k1")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert len(program.get(f"/links/{link['id']}/trail").json()["data"]) == 2


def test_one_key_at_two_addresses_is_two_keys(program: Program, minted: Mint) -> None:
    one, two = minted(expires_at="2026-11-24T00:00:00Z"), minted()
    assert program.post(f"/links/{one['id']}/revoke", Idempotency_Key="k").status_code == 200
    assert program.post(f"/links/{two['id']}/revoke", Idempotency_Key="k").status_code == 200


def test_calendars_moves_cancellations_holds_and_batches_are_repeatable(
    program: Program, guest: Program, minted: Mint, hana: make.Team
) -> None:
    slots = make.slots(hana.calendar)
    booking = program.post("/bookings", asked(slots[0], calendar=hana.calendar.slug)).json()
    at = f"{slots[4]:%Y-%m-%dT%H:%M:%SZ}"
    calls: list[tuple[Program, str, dict[str, Any]]] = [
        (program, "/calendars", {"name": "Second"}),
        (program, f"/bookings/{booking['id']}/move", {"starts_at": at}),
        (program, f"/bookings/{booking['id']}/cancel", {"reason": "ill"}),
        (guest, f"{address_of(minted())}/holds", {"starts_at": at}),
        (
            program,
            "/links/batch",
            {"calendar": hana.calendar.slug, "recipients": [{"name": "A"}, {"name": "B"}]},
        ),
    ]
    for who, path, body in calls:
        first = who.post(path, body, Idempotency_Key="k")
        again = who.post(path, body, Idempotency_Key="k")
        assert first.status_code in (200, 201), first.content
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
        assert who.post(path, {**body, "x": 1}, Idempotency_Key="k").json()["code"] == "idempotency_mismatch"
    assert Link.objects.filter(batch__isnull=False).count() == 2


def test_a_booking_is_made_once_and_replayed_on_the_dead_link(guest: Program, minted: Mint) -> None:
    address = address_of(minted())
    at = guest.get(f"{address}/slots").json()["data"][0]["starts_at"]
    first = guest.post(f"{address}/bookings", asked(at), Idempotency_Key="k")
    again = guest.post(f"{address}/bookings", asked(at), Idempotency_Key="k")
    assert (first.status_code, first.json()) == (201, again.json())
    other = guest.post(f"{address}/bookings", asked(at, answers={}), Idempotency_Key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert guest.post(f"{address}/bookings", asked(at), Idempotency_Key="k2").status_code == 410


def test_by_key_too(program: Program, hana: make.Team) -> None:
    body = asked(make.slots(hana.calendar)[0], calendar=hana.calendar.slug)
    first = program.post("/bookings", body, Idempotency_Key="k")
    assert program.post("/bookings", body, Idempotency_Key="k").json() == first.json()
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["links", "bookings"])
def test_all_at_once_get_one_answer(program: Program, hana: make.Team, what: str) -> None:
    """While the first is at work its twins are told so; whoever asks afterwards gets its answer."""
    body: dict[str, Any] = {"calendar": hana.calendar.slug}
    if what == "bookings":
        body = asked(make.slots(hana.calendar)[0], **body)
    answers: list[Any] = []
    gate = threading.Barrier(8)

    def call() -> None:
        try:
            gate.wait()
            answers.append(Program(hana.api_key).post(f"/{what}", body, Idempotency_Key="same"))
        finally:
            connection.close()

    racers = [threading.Thread(target=call) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    told = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert told <= {"in_flight"}, [answer.content for answer in answers]
    assert len(answers) == 8
    answers = [answer for answer in answers if answer.status_code == 201]
    answers += [program.post(f"/{what}", body, Idempotency_Key="same") for _ in range(8)]
    assert len({(answer.status_code, answer.json()["id"]) for answer in answers}) == 1
    assert (Link if what == "links" else Booking).objects.count() == 1


def test_nothing_secret_is_kept(program: Program, hana: make.Team) -> None:
    link = program.post("/links", {"calendar": hana.calendar.slug}, Idempotency_Key="k").json()
    call = RepeatableCall.objects.get()
    assert call.made == link["id"]
    assert link["url"].rsplit("/", 1)[1] not in str(call.__dict__)
    batch = {"calendar": hana.calendar.slug, "recipients": [{"name": "A"}]}
    made = program.post("/links/batch", batch, Idempotency_Key="k").json()["data"][0]
    kept = RepeatableCall.objects.order_by("pk").last()
    assert kept is not None
    assert made["id"] in kept.answer
    assert made["url"].rsplit("/", 1)[1] not in str(kept.__dict__)
