"""The table of bookings, with the guard ``one_booking_per_link``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from bookonce.domain.bookings import states
from bookonce.foundation import tokens


class Booking(models.Model):
    """An appointment, stored as wall time, zone and instant (promise 17)."""

    State = states.State

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # Without indexes of their own: another begins with each of these keys, or two hold them together.
    workspace = models.ForeignKey(
        "bookonce.Workspace", models.PROTECT, related_name="bookings", db_index=False
    )
    calendar = models.ForeignKey("bookonce.Calendar", models.PROTECT, related_name="bookings", db_index=False)
    link = models.ForeignKey(
        "bookonce.Link", models.PROTECT, null=True, related_name="bookings", db_index=False
    )
    gave_back_at = models.DateTimeField(null=True)
    """When this booking gave its link back; until then no other booking can be made with that link."""
    contact = models.ForeignKey("bookonce.Contact", models.PROTECT, null=True, related_name="bookings")
    host = models.ForeignKey("bookonce.Member", models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=10, choices=states.State)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    wall = models.CharField(max_length=19)
    """The agreed start as wall time in ``zone``: ``2026-11-24T14:30:00``."""
    zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField()
    guest_name = models.CharField(max_length=200)
    guest_email = models.CharField(max_length=254, blank=True)
    guest_phone = models.CharField(max_length=40, blank=True)
    guest_zone = models.CharField(max_length=64, blank=True)
    guest_language = models.CharField(max_length=10, default="en")
    answers = models.JSONField(default=dict)
    location = models.JSONField(null=True)
    metadata = models.JSONField(default=dict)
    # 32 digits, an @, and the longest name of a host, which has 253 characters.
    uid = models.CharField(max_length=300)
    """The UID of RFC 5545, section 3.8.4.7; it never changes."""
    sequence = models.PositiveIntegerField(default=0)
    manage_nonce = models.BinaryField(max_length=16)
    manage_hash = models.BinaryField(max_length=32, unique=True)
    # Without an index: it is compared among the bookings of one link alone.
    browser_hash = models.BinaryField(max_length=32, null=True)
    replay_key = models.BinaryField(max_length=32, null=True)
    """Hash of the request's scope and its Idempotency-Key or form key (``RequestIdentity``)."""
    replay_body = models.BinaryField(max_length=32, null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=10, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["calendar", "starts_at"], name="booking_of_calendar"),
            models.Index(fields=["workspace", "id"], name="booking_of_workspace"),
            models.Index(fields=["workspace", "starts_at"], name="booking_by_time"),
            # With one_booking_per_link all bookings of a link; a new booking does not pay for it.
            models.Index(
                fields=["link"], name="booking_that_gave_back", condition=Q(gave_back_at__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link"],
                name="one_booking_per_link",
                condition=Q(link__isnull=False, gave_back_at__isnull=True),
            ),
            # Partial to stay small: NULLs never collide, so a booking without a key needs no entry.
            models.UniqueConstraint(
                fields=["replay_key"], name="one_booking_per_key", condition=Q(replay_key__isnull=False)
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="booking_has_length"),
        ]

    @property
    def stands(self) -> bool:
        """Whether it is pending or confirmed, and so holds its host's time."""
        return states.is_blocking(self.state)
