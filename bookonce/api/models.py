"""Calls that a program may repeat without harm."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class RepeatableCall(models.Model):
    """What a POST with an Idempotency-Key has made, written in the transaction that made it.

    The answer is built again from the object; nothing secret is kept.
    """

    scope = models.CharField(max_length=80)
    key_hash = models.BinaryField(max_length=32)
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    made = models.CharField(max_length=80)
    """The public id of what was made or acted on."""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key_hash"], name="one_call_per_key")
        ]
