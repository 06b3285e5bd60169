"""``/bookings``: upcoming, past and cancelled bookings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.functions import Lower
from django.http import HttpResponse

from bookonce.domain.bookings import queries
from bookonce.domain.bookings.guest_details import single_line
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.foundation import tokens
from bookonce.interfaces.host.shared.booking_address import AGENDA, booking_address
from bookonce.interfaces.host.shared.cursors import Order, page_of
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in
from bookonce.interfaces.pages.form_fields import FormFields
from bookonce.interfaces.pages.language import ReaderLanguage

WANTED = ("part", "calendar", "q")
LONGEST_SEARCH = 100


@signed_in("GET", fields=FormFields({"q": LONGEST_SEARCH}), is_list=True)
def list_agenda(desk: HostRequest) -> HttpResponse:
    """One part of the agenda by days, filtered by calendar or guest."""
    said = {name: single_line(text) for name, text in desk.said.items()}
    part = said.get("part", "")
    part = part if part in queries.PARTS else queries.UPCOMING
    narrowed = {name: said[name] for name in WANTED if said.get(name)}
    found = queries.list_agenda(
        desk.workspace.pk,
        part,
        now=desk.now,
        calendar=said.get("calendar", ""),
        guest=said.get("q", ""),
    )
    order = Order("starts_at", newest_first=part != queries.UPCOMING)
    page = page_of(found, order, said=said, address=AGENDA)
    calendars = Calendar.objects.filter(workspace=desk.workspace)
    # Those in use first, which have no such time; PostgreSQL would put them last.
    calendars = calendars.order_by(F("archived_at").asc(nulls_first=True), Lower("name"), "pk")
    return desk.page(
        "host/bookings.html",
        section="bookings",
        days=_by_days(desk.voice, page.rows),
        told=_told(desk.voice, len(page.rows), more=bool(page.later)),
        page=page,
        part=part,
        parts={name: _part(narrowed, name) for name in queries.PARTS},
        calendars=[(tokens.public_id("cal", one.pk), one.name) for one in calendars],
        said=narrowed,
        is_narrowed=bool(said.get("calendar") or said.get("q")),
    )


def _told(voice: ReaderLanguage, count: int, *, more: bool) -> str:
    """The result of a search as a sentence, for screen readers."""
    if more:
        return voice.say("More than {count} bookings found", count=count)
    return voice.count("{count} booking found", "{count} bookings found", count)


def _part(narrowed: dict[str, str], name: str) -> str:
    return f"{AGENDA}?{urlencode(narrowed | {'part': name})}"


def _by_days(voice: ReaderLanguage, rows: Iterable[Booking]) -> list[tuple[str, list[dict[str, object]]]]:
    """(day, bookings that begin on it) in the reader's time zone."""
    zone = ZoneInfo(voice.zone)
    # Rows come in the order of their starts, which is all that groupby needs.
    days = [list(same) for _, same in groupby(rows, lambda one: one.starts_at.astimezone(zone).date())]
    return [(_day(voice, same[0]), [_row(voice, one) for one in same]) for same in days]


def _day(voice: ReaderLanguage, booking: Booking) -> str:
    """ "Today, Mon 23 November"."""
    zone = ZoneInfo(voice.zone)
    # By the reader's days: 24 hours from now may be the day after tomorrow.
    away = booking.starts_at.astimezone(zone).date() - voice.now.astimezone(zone).date()
    day = voice.day(booking.starts_at)
    if away == timedelta():
        return voice.say("Today, {day}", day=day)
    if away == timedelta(days=1):
        return voice.say("Tomorrow, {day}", day=day)
    if away == timedelta(days=-1):
        return voice.say("Yesterday, {day}", day=day)
    return day


def _row(voice: ReaderLanguage, booking: Booking) -> dict[str, object]:
    return {
        "address": booking_address(booking),
        "hours": booking_hours(voice, booking),
        "booking": booking,
    }


def booking_hours(voice: ReaderLanguage, booking: Booking) -> str:
    """ "14:30–15:00"; the end says so where it is on another day or after a change of clocks."""
    zone = ZoneInfo(voice.zone)
    start, end = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    # One second earlier: a meeting that ends at midnight still belongs to its day.
    last = (booking.ends_at - timedelta(seconds=1)).astimezone(zone)
    if (start.date(), start.utcoffset()) == (last.date(), last.utcoffset()):
        return f"{voice.time(start)}–{voice.time(end)}"
    return voice.say("{start} until {end}", start=voice.time(start), end=voice.moment(end))
