"""The pages of mails: the list, and each mail as it was sent."""
