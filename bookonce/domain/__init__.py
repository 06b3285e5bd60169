"""What Bookonce is about: accounts, calendars, links, bookings, and when a time is free."""
