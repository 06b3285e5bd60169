"""Clock, text, tokens, errors, the database: nothing here knows of scheduling."""
