"""Calendars: what can be booked, by which rules."""
