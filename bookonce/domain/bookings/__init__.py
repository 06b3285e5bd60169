"""Bookings: making, moving and cancelling them, their mails and calendar files."""
