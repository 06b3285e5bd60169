"""Every address that can be looked at, for what is in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links.models import Ask, Link
from bookonce.domain.links.queries import url_of
from bookonce.foundation import tokens
from bookonce.interfaces.api.urls import api
from bookonce.interfaces.host.urls import urlpatterns as desk

OBJECTS: dict[str, tuple[str, Any]] = {
    "bookings/": ("bkg", Booking.objects),
    "links/": ("lnk", Link.objects),
    "outbox/": ("dlv", Delivery.objects.exclude(recipient__startswith="person")),
    "asks/": ("ask", Ask.objects),
    "settings/calendars/": ("cal", Calendar.objects),
    "calendars/": ("cal", Calendar.objects),
}
READ_FROM_SNAPSHOTS = {
    *("/bookings/<str:name>", "/links/<str:name>", "/outbox/<str:name>"),
    "/links/{id}/trail",
}
"""Of these every object is opened; of others one, which costs a fifth of the time."""
OF_NOBODY_HERE = ("/password/", "/email/", "/setup/", "/settings/account/", "/settings/keys/")
"""What these are about is nowhere in the dumps."""


def _names(route: str) -> list[str]:
    found = next((told for start, told in OBJECTS.items() if route.startswith(start)), None)
    assert found is not None, f"say in OBJECTS what {route} is about"
    prefix, rows = found
    return [tokens.public_id(prefix, key) for key in rows.order_by("pk").values_list("pk", flat=True)]


def _filled(route: str, place: str) -> Iterator[str]:
    names = _names(route.lstrip("/"))
    for name in names if route in READ_FROM_SNAPSHOTS else names[:1]:
        yield route.replace(place, name)


def desk_addresses() -> Iterator[str]:
    """The pages of signed-in people."""
    for pattern in desk:
        assert isinstance(pattern, URLPattern)
        route = f"/{pattern.pattern}".replace("<str:kind>", "svg")
        if "<" not in route:
            yield route
        elif not route.startswith(OF_NOBODY_HERE):
            yield from _filled(route, "<str:name>")


def api_addresses() -> Iterator[str]:
    """What a key can read."""
    for path, methods in api.known.items():
        if "GET" in methods and not methods["GET"].open:
            found = _filled(path, "{id}") if "{id}" in path else [path]
            yield from (f"/api/v1{filled}" for filled in found)


def guest_addresses() -> Iterator[str]:
    """The pages of guests."""
    links = [str(url_of(link)) for link in Link.objects.select_related("calendar").order_by("pk")]
    yield from (_path(link) for link in links)
    yield f"/api/v1/public/links/{links[0].rpartition('/')[2]}"
    own = [_path(str(manage_url(booking))) for booking in Booking.objects.order_by("pk")]
    yield from (f"{page}{file}" for page in own for file in ("", "/booking.ics"))
    yield from (f"{own[0]}/move", f"{own[0]}/cancel")
    for calendar in Calendar.objects.select_related("workspace"):
        yield f"/c/{calendar.workspace.slug}/{calendar.slug}"


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]
