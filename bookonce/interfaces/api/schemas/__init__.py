"""Schemas of what programs send."""
