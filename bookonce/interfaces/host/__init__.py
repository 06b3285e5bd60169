"""Pages for the signed-in."""
