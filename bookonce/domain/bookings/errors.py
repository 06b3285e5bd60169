"""The refusals of bookings."""

from __future__ import annotations

from bookonce.foundation.errors import NotFound, Refused


class SlotTaken(Refused):
    """This time is not on offer, for whatever reason. ``data["open"]`` holds times that are."""

    code = "slot_taken"
    status = 409
    title = "That time has just gone."
    sentence = "Here are the next free times."


class BookingUnknown(NotFound):
    """No such booking in this workspace."""

    title = "There is no such booking"


class KeyMismatch(Refused):
    """The Idempotency-Key was used before, with another body."""

    code = "idempotency_mismatch"
    status = 422
    title = "This key was used for something else"
    sentence = "This Idempotency-Key came with another body before. Use a new key for a new request."
