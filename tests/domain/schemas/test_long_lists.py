"""Faults in a list of thousands are named at their own places, and no more of them than it takes."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import AfterValidator, Field

from bookonce.domain.schemas.long_lists import PART, validated_in_parts
from bookonce.domain.schemas.parsing import MOST_FAULTS, RequestBody, list_problems

looked_at: list[int] = []


def even(number: int) -> int:
    looked_at.append(number)
    if number % 2:
        raise ValueError("odd")
    return number


class Numbers(RequestBody):
    entries: Annotated[
        list[Annotated[int, AfterValidator(even)]],
        Field(min_length=1, max_length=1000),
        validated_in_parts(1000),
    ]


@pytest.fixture(autouse=True)
def nothing_looked_at() -> None:
    looked_at.clear()


def places(entries: object) -> list[str]:
    return [at for at, _ in list_problems(Numbers, {"entries": entries})]


def test_what_is_right_is_taken_in_order() -> None:
    entries = [2 * number for number in range(1000)]
    assert Numbers.model_validate({"entries": entries}).entries == entries


def test_faults_far_apart_are_all_named_at_their_places() -> None:
    wrong = [3, PART, 5 * PART + 7, 999]
    entries = [1 if number in wrong else 0 for number in range(1000)]
    assert sorted(places(entries)) == sorted(f"/entries/{at}" for at in wrong)


def test_after_as_many_faults_as_are_named_nothing_more_is_looked_at() -> None:
    assert MOST_FAULTS <= len(places([1] * 1000)) < MOST_FAULTS + PART
    assert len(looked_at) < MOST_FAULTS + PART


@pytest.mark.parametrize(
    ("entries", "at"),
    [([], "/entries"), ([0] * 1001, "/entries"), ("no", "/entries"), (["no"], "/entries/0")],
)
def test_other_faults_are_told_as_of_any_list(entries: object, at: str) -> None:
    assert places(entries) == [at]
