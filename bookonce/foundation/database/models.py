"""What the machines that use the database have recorded of their clocks."""

from __future__ import annotations

from django.db import models


class ClockReading(models.Model):
    """The clock of one machine since it was started: the last instant written, and what is believed of it."""

    machine = models.CharField(max_length=80, primary_key=True)
    """The id of this start of the machine."""
    at = models.DateTimeField()
    # The others are seconds, differences to the time since the machine was started (trusted_time.Reading).
    wall_offset = models.FloatField()
    server_offset = models.FloatField(null=True)
    doubted_offset = models.FloatField(null=True)
    doubted_since = models.FloatField(null=True)
    lowered = models.PositiveIntegerField(default=0)
    """How often a person has turned the recorded instants back."""
