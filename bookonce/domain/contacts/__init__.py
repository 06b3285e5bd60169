"""Contacts: the people who book."""
