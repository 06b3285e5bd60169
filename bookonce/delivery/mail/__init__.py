"""Mail as a channel: composed by the rooms that know what it tells, built and handed over here."""
