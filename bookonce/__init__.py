"""Bookonce: a link with which one person, and nobody after them, can book one appointment."""

__version__ = "0.1.0"
