"""Each object has one output model: answers, events, the published schema and docs/api.md agree with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter

from bookonce.delivery.outbox.models import Event
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.schemas.calendars import NewCalendar
from bookonce.domain.schemas.output_bookings import BookingOutput, NewBookingOutput, PublicBookingOutput
from bookonce.domain.schemas.output_calendars import CalendarOutput
from bookonce.domain.schemas.output_general import ListOutput, SlotsOutput
from bookonce.domain.schemas.output_links import LinkOutput, PublicLinkOutput
from bookonce.interfaces.api import openapi, urls
from bookonce.interfaces.api.endpoints import Endpoint, api
from bookonce.interfaces.api.response_schemas import MODELS
from tests import make
from tests.house.house import ROOT
from tests.interfaces.api.conftest import Program
from tests.interfaces.api.walk import fits, walk

DOCS = (ROOT / "docs/api.md").read_text()


def _endpoint(call: str) -> Endpoint | None:
    assert urls.urlpatterns  # with them, all addresses are known
    every = (one for methods in api.known.values() for one in methods.values())
    found = [one for one in every if fits(f"{one.method} {one.path}", call)]
    return min(found, key=lambda one: one.path.count("{"), default=None)


def _judge(model: Any, said: Any) -> None:
    TypeAdapter(model).validate_json(json.dumps(said), strict=True)


def test_every_answer_is_of_its_model(program: Program, guest: Program) -> None:
    judged = set()
    for call, status, text in walk(program, guest).raw:
        endpoint, name = _endpoint(call), "Problem"
        if status < 400:
            assert endpoint is not None
            name = endpoint.answer
        if name in ("", "ics"):
            continue
        said = json.loads(text)
        if name.endswith("[]"):
            _judge(SlotsOutput if name == "Slot[]" else ListOutput, said)
        for one in said["data"] if name.endswith("[]") else [said]:
            _judge(MODELS[name.removesuffix("[]")], one)
            judged.add(name.removesuffix("[]"))
    assert judged == MODELS.keys()


def test_an_answer_with_another_field_or_without_one_is_not_of_its_model(hana: make.Team) -> None:
    described = bookings.describe_booking(make.booking(hana.calendar))
    told = {name: bookings.json_value(value) for name, value in described.items()}
    _judge(BookingOutput, told)
    for wrong in ({"more": 1}, {"sequence": "0"}, {"state": "gone"}, {"id": "bkg_1"}):
        with pytest.raises(ValueError, match="BookingOutput"):
            _judge(BookingOutput, told | wrong)
    for name in told:
        with pytest.raises(ValueError, match="BookingOutput"):
            _judge(BookingOutput, {one: value for one, value in told.items() if one != name})


def test_what_events_carry_is_of_the_models(program: Program, guest: Program) -> None:
    """The domain writes events without knowing the models."""
    walk(program, guest)
    kinds = set()
    for event in Event.objects.all():
        about, data = event.kind.partition(".")[0], event.snapshot
        kinds.add(about)
        if about == "booking":
            _judge(BookingOutput, {name: data[name] for name in BookingOutput.__annotations__})
        elif about in ("link", "calendar"):
            model: Any = {"link": LinkOutput, "calendar": CalendarOutput}[about]
            _judge(_field(model, "id"), data[about])
            for name in data.keys() & model.__annotations__.keys():
                _judge(_field(model, name), data[name])
    assert kinds >= {"booking", "link", "calendar"}


def _field(model: Any, name: str) -> Any:
    return get_type_hints(model, include_extras=True)[name]


def test_what_is_published_is_the_model() -> None:
    published = openapi.openapi_document()["components"]["schemas"]
    for name, model in MODELS.items():
        assert list(published[name]["properties"]) == list(model.__annotations__), name


def _section(title: str) -> str:
    return re.split(r"^## ", DOCS.partition(f"\n## {title}\n")[2], flags=re.MULTILINE)[0]


def _rows(title: str, first: str) -> Iterator[str]:
    """The names in the first column of the section's table that begins with this."""
    table = _section(title).partition(f"| {first} |")[2].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield from re.findall(r"`(\w+)`", line.split("|")[1])


def test_docs_have_the_fields_of_a_calendar() -> None:
    told = list(_rows("Calendars", "field"))
    assert sorted(told) == sorted(NewCalendar.model_fields)
    assert CalendarOutput.__annotations__.keys() == {*told, "id", "url", "created_at"}


@pytest.mark.parametrize(
    ("title", "model"), [("Links", LinkOutput), ("Bookings", BookingOutput)], ids=["link", "booking"]
)
def test_docs_have_the_fields_of_an_answer(title: str, model: Any) -> None:
    assert sorted(_rows(title, "answer")) == sorted(model.__annotations__)


def test_docs_have_the_fields_of_the_guests_side() -> None:
    said = set(re.findall(r"\w+", _section("Links").partition("The guest's side")[2]))
    offered = _field(PublicLinkOutput, "calendar").__annotations__
    assert {*PublicLinkOutput.__annotations__, *offered} <= said
    left_out = BookingOutput.__annotations__.keys() - PublicBookingOutput.__annotations__.keys()
    assert left_out == {"contact", "metadata", "cancelled_at", "cancel_reason"}
    assert NewBookingOutput.__annotations__.keys() - BookingOutput.__annotations__.keys() == {"manage_url"}
