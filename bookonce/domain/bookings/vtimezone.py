"""The clock changes of a zone as a VTIMEZONE (RFC 5545, section 3.6.5), correct around one date.

The library's own writes the onset of summer time an hour late, so it is made from the engine's stretches.
Changes that follow a yearly rule are written as a rule, which is what Outlook understands; others
(Casablanca's) one by one.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

from bookonce.domain.availability.zones import offset_stretches

BEFORE, AFTER = 1, 5
"""Years before and after the date that are written, and must follow a rule to be written as one."""
# Without a zone: the onset of an observance is local time (RFC 5545, section 3.6.5).
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Change = tuple[datetime, int, int]
"""(onset as wall time just before it, offset before, offset after), offsets in seconds."""


@lru_cache(maxsize=512)
def vtimezone_of(zone: str, year: int) -> Timezone:
    """The VTIMEZONE of the years around this one."""
    first, last = datetime(year - BEFORE, 1, 1, tzinfo=UTC), datetime(year + AFTER, 1, 1, tzinfo=UTC)
    start, end = int(first.timestamp()), int(last.timestamp())
    known = [stretch for stretch in offset_stretches(zone, start=start, end=end) if stretch[1] > start]
    made = Timezone()
    made.add("tzid", zone)
    changes: dict[tuple[int, int], list[Change]] = defaultdict(list)
    for (_, _, before), (at, _, after) in pairwise(known):
        changes[before, after].append((_wall(at, before), before, after))
    rules = [(group, _rule(group)) for group in changes.values()]
    # Either all changes follow rules, or each is written by itself.
    if not rules or any(rule is None for _, rule in rules):
        # Also where clocks never change: a VTIMEZONE has at least one observance (RFC 5545, section 3.6.5).
        made.add_component(_observance(zone, (_wall(start, known[0][2]), known[0][2], known[0][2])))
        for change in sorted(change for group, _ in rules for change in group):
            made.add_component(_observance(zone, change))
        return made
    for group, rule in rules:
        made.add_component(_observance(zone, group[0], rule))
    return made


def _wall(at: int, offset: int) -> datetime:
    return _EPOCH + timedelta(seconds=at + offset)


def _rule(group: list[Change]) -> vRecur | None:
    """The yearly rule that all these changes follow; None where there is none."""
    onsets = [onset for onset, _, _ in group]
    if len(onsets) < BEFORE + AFTER or len({onset.year for onset in onsets}) != len(onsets):
        return None
    # "The second Sunday" and "the last Sunday" both fit many months: the one that fits all years is the rule.
    for week in (_week, _week_from_the_end):
        rules = {(onset.month, onset.weekday(), onset.time(), week(onset)) for onset in onsets}
        if len(rules) == 1:
            month, weekday, _, number = rules.pop()
            return vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": f"{number}{_DAYS[weekday]}"})
    return None


def _week(onset: datetime) -> int:
    return (onset.day + 6) // 7


def _week_from_the_end(onset: datetime) -> int:
    following = (onset.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = (following - timedelta(days=1)).day
    return -((last - onset.day) // 7 + 1)


def _observance(zone: str, change: Change, rule: vRecur | None = None) -> TimezoneStandard | TimezoneDaylight:
    onset, before, after = change
    local = (onset - timedelta(seconds=before)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", onset)
    if rule is not None:
        part.add("rrule", rule)
    part.add("tzoffsetfrom", timedelta(seconds=before))
    part.add("tzoffsetto", timedelta(seconds=after))
    part.add("tzname", local.tzname() or zone)
    return part
