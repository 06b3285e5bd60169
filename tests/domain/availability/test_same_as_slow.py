"""The fast engine equals the slow one for rules that nobody thought of."""

from __future__ import annotations

import pytest
from hypothesis import given

from bookonce.domain.availability import is_open, open_slots
from tests.domain.availability import slow
from tests.domain.availability.invent import FULL, Question, questions, size

# In full it takes minutes, and is asked for by name.
pytestmark = pytest.mark.timeout(3600 if FULL else 120)


@size(100, full=3000)
@given(questions())
def test_both_engines_find_the_same_slots(question: Question) -> None:
    assert open_slots(*question.terms, **question.asked) == slow.open_slots(*question.terms, **question.asked)


@size(8, full=60)
@given(questions(history=True))
def test_both_engines_agree_where_offsets_had_odd_seconds(question: Question) -> None:
    found = open_slots(*question.terms, **question.asked)
    assert found == slow.open_slots(*question.terms, **question.asked, tick=1)


@size(60, full=500)
@given(questions())
def test_is_open_is_membership(question: Question) -> None:
    asked = dict(question.asked)
    start, end = asked.pop("start"), asked.pop("end")
    found = set(open_slots(*question.terms, **question.asked))
    near = {at + by for at in list(found)[:20] for by in (-60, -1, 0, 1, 60)}
    for at in sorted(near | set(range(start, end, 4999)) | set(range(start - start % 900, end, 900))):
        if start <= at < end:
            assert is_open(*question.terms, at=at, **asked) == (at in found)
