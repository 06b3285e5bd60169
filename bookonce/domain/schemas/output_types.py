"""The types of output models.

An output model defines once the fields and types of an object for programs. It is a ``TypedDict``: an answer
is the dict itself, which costs nothing to build and is checked by mypy; pydantic reads the model for the
published schema (``schema_of``) and for tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, StringConstraints, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Schema = dict[str, Any]

exact = with_config(ConfigDict(extra="forbid"))
"""Marks a model whose objects have these fields and no other."""

Moment = datetime
Day = date
Free = dict[str, Any]


@dataclass(frozen=True)
class OneOf:
    """One of these words."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        # A Literal needs its words in the source; these come from where the product defines them.
        return core_schema.literal_schema(list(self.words))


def public_id(prefix: str) -> StringConstraints:
    """A public id, as ``tokens.public_id`` makes it."""
    return StringConstraints(pattern=f"^{prefix}_[0-9A-Za-z]{{22}}$")


CalendarId = Annotated[str, public_id("cal")]
LinkId = Annotated[str, public_id("lnk")]
BookingId = Annotated[str, public_id("bkg")]
ContactId = Annotated[str, public_id("ctc")]
MemberId = Annotated[str, public_id("mem")]
BatchId = Annotated[str, public_id("bat")]
EventId = Annotated[str, public_id("evt")]
KeyId = Annotated[str, public_id("key")]
WorkspaceId = Annotated[str, public_id("wsp")]


class _Plain(GenerateJsonSchema):
    """JSON Schema without titles, which would repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def typed_dict_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().typed_dict_schema(schema)
        found.pop("title", None)
        return found


def schema_of(model: Any) -> Schema:
    """The model as one JSON Schema, with the schemas of its parts in place."""
    schema = TypeAdapter(model).json_schema(mode="serialization", schema_generator=_Plain)
    parts = schema.pop("$defs", {})
    whole: Schema = _whole(schema, parts)
    return whole


def _whole(node: Any, parts: Schema) -> Any:
    if isinstance(node, list):
        return [_whole(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        # No model contains itself, or this would never end.
        return _whole(parts[node["$ref"].rpartition("/")[2]], parts)
    return {name: _whole(value, parts) for name, value in node.items()}
