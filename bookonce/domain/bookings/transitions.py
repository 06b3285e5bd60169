"""Changing what a booking is: by the table of states alone, compare-and-set (promise 16)."""

from __future__ import annotations

from typing import Any

from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.states import Change, state_after
from bookonce.foundation.database.transactions import requires_transaction
from bookonce.foundation.errors import WrongState


@requires_transaction
def change_booking(booking: Booking, change: Change, **values: Any) -> None:
    """Write where this change leads, these values and the next SEQUENCE, or raise ``WrongState``.

    ``booking`` is what the caller has read, in this transaction or before it: nothing is written, and nothing
    of it is touched, where its state does not allow the change or the row is another one by now.
    """
    values |= {"state": state_after(booking.state, change), "sequence": booking.sequence + 1}
    unchanged = Booking.objects.filter(pk=booking.pk, state=booking.state, sequence=booking.sequence)
    if not unchanged.update(**values):
        raise WrongState
    for name, value in values.items():
        setattr(booking, name, value)
