"""The pages of bookings: the agenda, a booking, moving and cancelling it."""
