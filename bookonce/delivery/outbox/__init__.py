"""What happened, and whom to tell."""
