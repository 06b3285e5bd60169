"""The hours of a host (``Schedule``) and the rules of a calendar (``Rules``), as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Range = tuple[int, int]
"""Wall minutes after midnight, half-open, 0..1440; 1440 is "24:00" and ends the day."""

Problem = tuple[str, str]
"""(pointer to the field, sentence that says what to do)"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hours of a host, by the clock of ``zone``. Only one without ``rule_problems`` may be used.

    - ``hours``: seven entries, Monday first; ``exceptions`` replace the hours of their date, ``()``
      closes it.
    - A range means the instants whose wall-clock reading in ``zone`` lies in it. Where clocks change
      inside, it is cut into the pieces that really pass, and adjoining ones are joined: 01:00 to 04:00
      lasts four hours on the night clocks go back, 02:30 to 05:00 begins at 03:00 where 02:00 to
      03:00 is missing, and 01:00 to 02:30 is two pieces where the hour from 02:00 comes twice.
    """

    zone: str
    hours: tuple[tuple[Range, ...], ...]
    exceptions: Mapping[date, tuple[Range, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """How a calendar is booked. Dates and weeks are those of the schedule's zone.

    - ``lengths``: the minutes that a slot may last.
    - ``slot_step``: slots begin at the start of each piece, then every so many elapsed minutes, and
      end inside the same piece. Touching ranges are not joined.
    - ``buffer_before``, ``buffer_after``: between neighbours A and B lie at least
      ``max(A.after, B.before)``, never their sum.
    - ``notice_minutes`` are elapsed minutes from now, whatever the wall clock does meanwhile.
    - ``window_days``: the slot's date is at most so many dates after today's; None leaves it open.
      ``window_from`` and ``window_to`` are dates, inclusive, and may lie in the past. Where both are
      given, both hold.
    - ``limit_per_day``, ``limit_per_week``: a date, or a week from Monday, that has so many bookings
      is closed.
    """

    lengths: tuple[int, ...]
    slot_step: int
    buffer_before: int = 0
    buffer_after: int = 0
    notice_minutes: int = 0
    window_days: int | None = 60
    window_from: date | None = None
    window_to: date | None = None
    limit_per_day: int | None = None
    limit_per_week: int | None = None
