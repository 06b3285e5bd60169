"""The check value by which a changed or lost ``BOOKONCE_SECRET_KEY`` is noticed."""
