"""What was agreed: make, move, cancel."""
