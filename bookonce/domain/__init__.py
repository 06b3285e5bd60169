"""The domain: accounts, calendars, links, bookings, and when a time is free."""
