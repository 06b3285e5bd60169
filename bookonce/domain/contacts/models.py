"""The table of contacts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bookonce.foundation import tokens


class Contact(models.Model):
    """Somebody who books in a workspace, identified by e-mail address, else by phone number."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # No index of its own: that of one_contact_each begins with it.
    workspace = models.ForeignKey(
        "bookonce.Workspace", models.PROTECT, related_name="contacts", db_index=False
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # One key instead of unique columns, in which all who have no e-mail address would be one contact.
    key = models.CharField(max_length=260)
    """``e:`` and the address in lower case, or ``p:`` and the digits."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="one_contact_each")
        ]
