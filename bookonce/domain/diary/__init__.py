"""Whose time is taken, and what is open."""
