"""The one row that knows the secret key again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

ONLY = 1
"""The id of the only row."""


class KeyCheck(models.Model):
    """What the secret key makes of a fixed text; the key cannot be computed from it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.BinaryField(max_length=32)
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # With two rows, two keys would count as the right one.
            models.CheckConstraint(condition=models.Q(id=ONLY), name="one_key_check")
        ]
