"""A request to a guest page: with the visitor's time zone, clock and language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from bookonce.domain.bookings import guest_details
from bookonce.domain.bookings.guest_details import is_zone
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import link_requests
from bookonce.foundation import clock, dates, email_addresses, phones, tokens
from bookonce.foundation.base_path import with_base_path
from bookonce.foundation.guest_paths import link_path
from bookonce.interfaces.pages import template_environment
from bookonce.interfaces.pages.form_fields import Faults, FieldTooLong, FormFields
from bookonce.interfaces.pages.language import ReaderLanguage

COOKIE = "bookonce_browser"
# Other pages do not need the key, so they are not sent it.
COOKIE_PATH = link_path("")
# The longest that browsers keep a cookie (RFC 6265bis, section 5.5).
COOKIE_SECONDS = 400 * 24 * 60 * 60


LONGEST_SEARCH = 100
# Numbers are often pasted with the “tel:” of a web page.
LONGEST_PHONE = phones.LONGEST + len("tel:")
FIELDS = FormFields(
    {
        "name": guest_details.NAME,
        "email": email_addresses.LONGEST,
        "phone": LONGEST_PHONE,
        "q-*": guest_details.ANSWER,
        "reach": link_requests.REACH,
        "message": link_requests.MESSAGE,
        "q": LONGEST_SEARCH,
    }
)
"""The fields of all forms of guests that hold a text, with the most characters of each."""


@dataclass(frozen=True, slots=True)
class GuestRequest:
    """A request as a guest's page needs it."""

    request: HttpRequest
    voice: ReaderLanguage
    said: dict[str, str]
    """Values of the form or the query, one for each name; without those that are too long."""
    home: str
    """The default time zone: the calendar's, or the booking's."""
    typed: dict[str, str]
    """All values as they were sent, to be shown again alone."""
    faults: Faults
    """The fields that are too long."""

    @classmethod
    def of(cls, request: HttpRequest, *, zone: str = "UTC", language: str = "") -> GuestRequest:
        """This request in the time zone that it asks for, else ``zone``; likewise the language."""
        form = request.POST if request.method == "POST" else request.GET
        typed = {name: str(form[name]) for name in form if form[name]}
        faults = FIELDS.faults(form)
        said = {name: text for name, text in typed.items() if name not in faults} if faults else typed
        asked = said.get("zone", "")
        tag = template_environment.reader_language(request.headers.get("Accept-Language", ""), language)
        shown = asked if asked and is_zone(asked) else zone
        hours = said.get("clock", "")
        return cls(
            request,
            ReaderLanguage(tag, shown, clock.now(), hours if hours in dates.CLOCKS else ""),
            said,
            zone,
            typed,
            faults,
        )

    @classmethod
    def of_calendar(cls, request: HttpRequest, calendar: Calendar) -> GuestRequest:
        """This request about a calendar: read in its zone and its workspace's language by default."""
        return cls.of(request, zone=calendar.zone, language=calendar.workspace.language)

    @classmethod
    def of_booking(cls, request: HttpRequest, booking: Booking, calendar: Calendar) -> GuestRequest:
        """This request about a booking: read by default in the zone in which its guest chose the time."""
        zone = booking.guest_zone or booking.zone
        return cls.of(request, zone=zone, language=calendar.workspace.language)

    @property
    def now(self) -> datetime:
        return self.voice.now

    def require_fitting(self) -> None:
        """Raise ``FieldTooLong`` where a field is longer than its limit."""
        if self.faults:
            raise FieldTooLong(self.faults, FIELDS)

    @property
    def kept(self) -> dict[str, str]:
        """The query that keeps a chosen zone and clock on the next page."""
        kept = {"zone": self.voice.zone} if self.has_chosen_zone else {}
        return kept | {"clock": self.voice.clock} if self.voice.clock else kept

    @property
    def has_chosen_zone(self) -> bool:
        """Whether the query names a time zone."""
        return self.said.get("zone") == self.voice.zone

    def to(self, address: str, **said: Any) -> str:
        """The address of another page, in the zone and clock of this one."""
        query = urlencode(said | self.kept)
        return f"{address}?{query}" if query else address

    @property
    def posts(self) -> bool:
        return self.request.method == "POST"

    @property
    def browser(self) -> str:
        """The browser's key from its cookie; empty where it has none."""
        key = self.request.COOKIES.get(COOKIE, "")
        # Only keys in the form of our own: nothing else is worth a query.
        return key if len(key) == 43 and key.isascii() and key.isalnum() else ""

    @property
    def is_looking_ahead(self) -> bool:
        """Whether this is a prefetch or HEAD, and so no visit of a person."""
        # Browsers that do not know Sec-Purpose send Purpose.
        purpose = self.request.headers.get("Sec-Purpose") or self.request.headers.get("Purpose") or ""
        return self.request.method == "HEAD" or "prefetch" in purpose.lower()

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """A page from this template, in the visitor's language."""
        voice = self.voice
        spoken = {
            "visit": self,
            "voice": voice,
            "_": voice.say,
            "_n": voice.count,
            "workspace": None,
        } | context
        calendar = context["offer"].calendar if "offer" in context else context.get("calendar")
        if calendar is not None:
            spoken["workspace"] = calendar.workspace
        return HttpResponse(get_template(template).render(spoken), status=status)

    def known_as(self, answer: HttpResponse, address: str) -> HttpResponse:
        """Name in a form's answer the address that shows the same page, for the script that swaps it in."""
        if self.posts:
            answer["Content-Location"] = address
        return answer

    def know_again(self, answer: HttpResponse) -> HttpResponse:
        """Set the cookie with the browser's key together with the page, before it can post a form."""
        if not self.browser and self.request.method == "GET":
            answer.set_cookie(
                COOKIE,
                tokens.new_secret(),
                max_age=COOKIE_SECONDS,
                path=with_base_path(COOKIE_PATH),
                httponly=True,
                # Not Strict: links are opened from mails, and that first request must bring the cookie.
                samesite="Lax",
                secure=settings.BASE_URL.startswith("https:"),
            )
        return answer
