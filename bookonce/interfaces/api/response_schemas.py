"""Schemas of answers: each output model by the name under which it is published."""

from __future__ import annotations

from bookonce.domain.schemas.output_bookings import BookingOutput, NewBookingOutput, PublicBookingOutput
from bookonce.domain.schemas.output_calendars import CalendarOutput, SlotOutput
from bookonce.domain.schemas.output_general import ListOutput, MeOutput, ProblemOutput, SlotsOutput
from bookonce.domain.schemas.output_links import (
    EventOutput,
    HoldOutput,
    LinkOutput,
    PublicLinkOutput,
    ReleasedOutput,
)
from bookonce.domain.schemas.output_types import Schema, schema_of

MODELS = {
    "Me": MeOutput,
    "Calendar": CalendarOutput,
    "Link": LinkOutput,
    "Released": ReleasedOutput,
    "Slot": SlotOutput,
    "Event": EventOutput,
    "PublicLink": PublicLinkOutput,
    "Hold": HoldOutput,
    "Booking": BookingOutput,
    "NewBooking": NewBookingOutput,
    "PublicBooking": PublicBookingOutput,
    "Problem": ProblemOutput,
}


def component_schemas() -> dict[str, Schema]:
    """Name → JSON Schema of every answer."""
    return {name: schema_of(model) for name, model in MODELS.items()}


def schema_of_list(name: str, items: Schema) -> Schema:
    """The schema of a list of these items; lists of slots have no pages."""
    schema = schema_of(SlotsOutput if name == "Slot" else ListOutput)
    schema["properties"]["data"]["items"] = items
    return schema
