"""Why a calendar offers no times: shown once, right after it was saved."""

from __future__ import annotations

from datetime import timedelta

from bookonce.domain.calendars.queries import terms_before_saving
from bookonce.foundation import clock
from bookonce.interfaces.host.calendars.preview import Openings
from bookonce.interfaces.pages.month_grid import date_in


def why_no_times(openings: Openings) -> str:
    """A sentence on why there is no free time."""
    voice = openings.voice
    schedule, rules = terms_before_saving(openings.calendar)
    now = voice.now
    today = date_in(schedule.zone, clock.seconds_of_instant(now))
    first, last, ahead = rules.window_from, rules.window_to, rules.window_days
    reach = None if ahead is None else today + timedelta(days=ahead)
    days = [*schedule.hours, *(ranges for on, ranges in schedule.exceptions.items() if on >= today)]
    longest = max((high - low for ranges in days for low, high in ranges), default=0)
    # The order matters: each cause is the reason only where none before it holds.
    if not longest:
        return voice.say("It has no hours.")
    if longest < openings.minutes:
        return voice.say("None of its hours is as long as an appointment.")
    if last is not None and last < today:
        return voice.say("Its last day was {date}.", date=voice.date(last))
    if first is not None and reach is not None and first > reach:
        return voice.say(
            "Its days ahead end on {last}, before its first day, {first}.",
            last=voice.date(reach),
            first=voice.date(first),
        )
    # The last day ahead counts as a whole, hence + 1.
    if ahead is not None and rules.notice_minutes > (ahead + 1) * 1440:
        return voice.say("Its notice is longer than its days ahead.")
    return voice.say("No time is free in the coming year.")
