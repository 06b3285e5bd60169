"""Where a booking's page is: mails, links and bookings lead there."""

from __future__ import annotations

from bookonce.domain.bookings.models import Booking
from bookonce.foundation import tokens

AGENDA = "/bookings"


def booking_address(booking: Booking) -> str:
    """The path of the booking's page at the desk."""
    return f"{AGENDA}/{tokens.public_id('bkg', booking.pk)}"
