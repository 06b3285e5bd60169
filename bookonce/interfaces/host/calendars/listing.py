"""The list of calendars: its rows, search and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.lists import format_list
from django.conf import settings
from django.db.models.functions import Lower

from bookonce.domain.bookings import queries as bookings
from bookonce.domain.bookings.guest_details import single_line
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.calendars.queries import search_calendars
from bookonce.domain.links import queries as links
from bookonce.foundation import dates, tokens
from bookonce.foundation.guest_paths import calendar_path
from bookonce.interfaces.host.shared.frame import HostRequest
from bookonce.interfaces.pages.language import ReaderLanguage

HOME = "/settings/calendars"
PER_PAGE = 25


def address_of(calendar: Calendar) -> str:
    """The path of the calendar's page for its hosts."""
    return f"{HOME}/{tokens.public_id('cal', calendar.pk)}"


def scheduling_link(calendar: Calendar, workspace_slug: str) -> str:
    """Its public address; empty where it has none."""
    if calendar.visibility == Calendar.Visibility.LINK_ONLY:
        return ""
    return f"{settings.BASE_URL}{calendar_path(workspace_slug, calendar.slug)}"


def lengths_text(voice: ReaderLanguage, minutes: list[int]) -> str:
    """ "30 min", "30, 60 or 90 min"."""
    each, locale = [str(one) for one in sorted(minutes)], dates.locale_of(voice.tag)
    # Without a country CLDR's English is American, with a comma before “or”.
    if locale.language == "en" and locale.territory is None:
        locale = Locale("en", "GB")
    return voice.say("{minutes} min", minutes=format_list(each, "or", locale=locale))


def open_links_text(voice: ReaderLanguage, count: int) -> str:
    """ "3 open links"."""
    if not count:
        return voice.say("No open links")
    return voice.count("{count} open link", "{count} open links", count)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar in the list."""

    calendar: Calendar
    public: str
    lengths: str
    links: str
    ending: str
    """What archiving it would end, as a sentence."""
    following: Booking | None

    @property
    def address(self) -> str:
        return address_of(self.calendar)

    @property
    def id(self) -> str:
        return tokens.public_id("cal", self.calendar.pk)


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """Search, filter and page of the list."""

    words: str
    archived: bool
    page: int

    @classmethod
    def of(cls, desk: HostRequest) -> ListingQuery:
        said = desk.said
        page = said.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
        return cls(single_line(said.get("q", "")), said.get("show") == "archived", max(number, 1))

    def to(self, **other: Any) -> str:
        """The address of this list with these changes."""
        said = {
            "q": self.words,
            "show": "archived" if self.archived else "",
            "page": self.page if self.page > 1 else "",
        }
        kept = {name: value for name, value in (said | other).items() if value}
        return f"{HOME}?{urlencode(kept)}" if kept else HOME


def listing_context(desk: HostRequest, wanted: ListingQuery) -> dict[str, Any]:
    """The context of the list: rows, and addresses of other pages."""
    every = Calendar.objects.filter(workspace=desk.workspace)
    counts = {name: every.filter(archived_at__isnull=not name).count() for name in (False, True)}
    found = search_calendars(wanted.words, workspace_id=desk.workspace.pk, archived=wanted.archived)
    begin = (wanted.page - 1) * PER_PAGE
    # In lower case, because the two databases sort capitals differently.
    calendars = list(found.order_by(Lower("name"), "pk")[begin : begin + PER_PAGE + 1])
    return {
        "wanted": wanted,
        "rows": _rows(desk, calendars[:PER_PAGE]),
        "said_found": _said_found(desk.voice, len(calendars)),
        "in_use": counts[False],
        "archived": counts[True],
        "earlier": wanted.to(page=wanted.page - 1 if wanted.page > 2 else "") if wanted.page > 1 else None,
        "later": wanted.to(page=wanted.page + 1) if len(calendars) > PER_PAGE else None,
    }


def _said_found(voice: ReaderLanguage, count: int) -> str:
    if count > PER_PAGE:
        return voice.say("More than {count} calendars found", count=PER_PAGE)
    return voice.count("{count} calendar found", "{count} calendars found", count)


def _rows(desk: HostRequest, calendars: list[Calendar]) -> list[CalendarRow]:
    keys, voice = [calendar.pk for calendar in calendars], desk.voice
    # One query each for all rows, so that the page's cost does not grow with the list.
    open_links = links.count_open_links(keys, now=desk.now)
    following = bookings.next_bookings(keys, now=desk.now)
    return [
        CalendarRow(
            calendar,
            scheduling_link(calendar, desk.workspace.slug),
            lengths_text(voice, calendar.minutes),
            open_links_text(voice, open_links.get(calendar.pk, 0)),
            archive_warning(voice, open_links.get(calendar.pk, 0)),
            following.get(calendar.pk),
        )
        for calendar in calendars
    ]


def archive_warning(voice: ReaderLanguage, count: int) -> str:
    """The warning before archiving: "3 open links stop working"."""
    if not count:
        return voice.say("Nobody can book it then")
    return voice.count("{count} open link stops working", "{count} open links stop working", count)
