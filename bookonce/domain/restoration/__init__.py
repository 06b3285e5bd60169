"""Noticing that the database came from an older copy, and pausing links then (promise 29)."""
