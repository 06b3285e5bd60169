"""Rules are worked out once for each version of a calendar, and never from terms that were not saved."""

from __future__ import annotations

import pytest

from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.errors import SlugTaken
from tests import make


def test_a_change_that_was_refused_leaves_no_trace_in_the_next_one(hana: make.Team) -> None:
    calendars.create_calendar(hana.owner, name="Other", slug="other", by="test", now=make.NOW)
    with pytest.raises(SlugTaken):
        calendars.change_calendar(hana.calendar, slug="other", hours={}, by="test", now=make.NOW)
    changed = calendars.change_calendar(hana.calendar, name="Open still", by="test", now=make.NOW)
    assert make.slots(changed)


def test_changed_hours_count_at_once(hana: make.Team) -> None:
    assert make.slots(hana.calendar)
    assert not make.slots(calendars.change_calendar(hana.calendar, hours={}, by="test", now=make.NOW))
