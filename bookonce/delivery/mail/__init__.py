"""The channel ``email``: rooms of the domain compose a mail; it is built and sent here."""
