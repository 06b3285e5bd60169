"""Copies of the database as files: written, checked and put back."""
