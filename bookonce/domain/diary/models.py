"""Whose time is taken. The guard ``one_meeting_at_a_time`` stands on ``HeldTime`` (guards.py)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Diary(models.Model):
    """One a member: the row that is locked before their time is given away."""

    member = models.OneToOneField("bookonce.Member", models.CASCADE, related_name="diary")


class HeldTime(models.Model):
    """Time of a host that a blocking booking holds: [starts_at, ends_at).

    No two rows of one diary overlap: an exclusion constraint on PostgreSQL, triggers on SQLite.
    ``before`` and ``after`` are the buffers, in minutes, that this meeting itself wants.
    """

    diary = models.ForeignKey(Diary, models.PROTECT, related_name="held", db_index=False)
    booking = models.ForeignKey("bookonce.Booking", models.CASCADE, related_name="held")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    before = models.PositiveSmallIntegerField(default=0)
    after = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["diary", "starts_at"], name="held_time_of_diary")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="held_time_has_length"
            )
        ]


class Hold(models.Model):
    """A host's time, kept for the holder of a link while the form is open: a courtesy, not a promise."""

    link = models.ForeignKey("bookonce.Link", models.CASCADE, related_name="holds", db_index=False)
    diary = models.ForeignKey(Diary, models.CASCADE, related_name="holds", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    until = models.DateTimeField()
    kept = models.BooleanField(default=False)
    """Whether it was lengthened once already."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["diary", "starts_at"], name="hold_of_diary")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["link", "diary"], name="one_hold_per_link_and_host")
        ]
