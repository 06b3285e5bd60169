"""The address of a booking's page, which pages of mails, links and bookings link to."""

from __future__ import annotations

from bookonce.domain.bookings.models import Booking
from bookonce.foundation import tokens

AGENDA = "/bookings"


def booking_address(booking: Booking) -> str:
    """The path of the booking's page for its hosts."""
    return f"{AGENDA}/{tokens.public_id('bkg', booking.pk)}"
