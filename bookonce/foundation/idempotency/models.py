"""The record of a call with an Idempotency-Key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class RepeatableCall(models.Model):
    """What a POST with an Idempotency-Key made and answered, saved in the transaction of its change.

    No token is kept: addresses that carry one are derived again from the object.
    """

    scope = models.CharField(max_length=80)
    key_hash = models.BinaryField(max_length=32)
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    made = models.CharField(max_length=80)
    """The public id of what was made or acted on."""
    answer = models.TextField(default="", blank=True)
    """The first answer as JSON, without any token; empty where it was too large to keep.

    As text: ``jsonb`` of PostgreSQL sorts an object's names, and a replay would have another ETag.
    """
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key_hash"], name="one_call_per_key")
        ]
