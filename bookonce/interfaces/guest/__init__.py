"""Pages for a person with a link."""
