"""Long lists, validated until there are as many faults as an answer names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import InitErrorDetails

from bookonce.domain.schemas.parsing import MOST_FAULTS

PART = 50
"""Items that are validated at a time."""


def validated_in_parts(most: int) -> WrapValidator:
    """For a list of at most so many items: stop at ``MOST_FAULTS`` faults, each at its own place.

    A fault costs many times what an item does that is taken, and each of thousands may have one.
    """

    def validate(items: Any, whole: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(items, list) or not 0 < len(items) <= most:
            return whole(items)
        taken: list[Any] = []
        faults: list[InitErrorDetails] = []
        for begin in range(0, len(items), PART):
            try:
                taken += whole(items[begin : begin + PART])
            except ValidationError as refused:
                faults += _moved(refused, begin)
            if len(faults) >= MOST_FAULTS:
                break
        if faults:
            raise ValidationError.from_exception_data("list", faults)
        return taken

    return WrapValidator(validate)


def _moved(refused: ValidationError, begin: int) -> Iterator[InitErrorDetails]:
    """The faults of a part that begins with this item, as faults of the whole list."""
    for fault in refused.errors(include_url=False):
        number, *inside = fault["loc"]
        moved = InitErrorDetails(type=fault["type"], loc=(int(number) + begin, *inside), input=fault["input"])
        if "ctx" in fault:
            moved["ctx"] = fault["ctx"]
        yield moved
