"""The pages of calendars: the list, the form, the preview."""
