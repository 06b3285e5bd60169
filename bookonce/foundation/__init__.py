"""What knows nothing of scheduling: clock, text, tokens, errors, the database."""
