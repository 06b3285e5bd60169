"""Tables of hosts' taken time. ``HeldTime`` has the guard ``one_meeting_at_a_time`` (guards.py)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Diary(models.Model):
    """One for each member: the row that is locked before any of their time is given away."""

    member = models.OneToOneField("bookonce.Member", models.CASCADE, related_name="diary")


class HeldTime(models.Model):
    """Time of a host that a booking which stands holds: [starts_at, ends_at).

    No two rows of one diary overlap: an exclusion constraint on PostgreSQL, triggers on SQLite.
    ``before`` and ``after`` are the buffers, in minutes, that this meeting asks for.
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
    """A host's time, kept for a link while its guest fills in the form. No promise hangs on it."""

    link = models.ForeignKey("bookonce.Link", models.CASCADE, related_name="holds", db_index=False)
    diary = models.ForeignKey(Diary, models.CASCADE, related_name="holds", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    until = models.DateTimeField()
    kept = models.BooleanField(default=False)
    """Whether it has been lengthened; it can be once."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["diary", "starts_at"], name="hold_of_diary")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["link", "diary"], name="one_hold_per_link_and_host")
        ]
