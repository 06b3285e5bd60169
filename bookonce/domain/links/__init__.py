"""The one-time link."""
