"""Changing a booking: by the table of states alone, as compare-and-set (promise 16)."""

from __future__ import annotations

from typing import Any

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import Change, state_after
from bookonce.foundation.database.transactions import requires_transaction
from bookonce.foundation.errors import WrongState


@requires_transaction
def change_booking(booking: Booking, change: Change, **values: Any) -> None:
    """Write the state that this change leads to, these values and the next SEQUENCE, or raise ``WrongState``.

    ``booking`` is the row as the caller read it, in this transaction or before. Where its state does not
    allow the change, or the row has changed since, neither row nor object is touched.
    """
    # SEQUENCE grows with every change, so state and sequence together say whether the row is as it was read.
    values |= {"state": state_after(booking.state, change), "sequence": booking.sequence + 1}
    unchanged = Booking.objects.filter(pk=booking.pk, state=booking.state, sequence=booking.sequence)
    if not unchanged.update(**values):
        raise WrongState
    # Only after the row: a refused change must leave the caller's object as true as it was.
    for name, value in values.items():
        setattr(booking, name, value)
