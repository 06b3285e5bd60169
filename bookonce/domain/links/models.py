"""Tables of one-time links, observations of visits, and requests for a new link."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from bookonce.foundation import tokens


class Batch(models.Model):
    """Links that were minted together."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    workspace = models.ForeignKey("bookonce.Workspace", models.PROTECT, related_name="batches")
    calendar = models.ForeignKey("bookonce.Calendar", models.PROTECT, related_name="batches")
    label = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()


class Link(models.Model):
    """An address with which one person can book one appointment.

    The row holds a nonce and the hash of the token, never the token. ``used_at`` is set by ``redeem``
    in the commit that makes the booking, and by nothing else.
    """

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # Neither has an index of its own: those of Meta begin with them.
    workspace = models.ForeignKey("bookonce.Workspace", models.PROTECT, related_name="links", db_index=False)
    calendar = models.ForeignKey("bookonce.Calendar", models.PROTECT, related_name="links", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="links")
    # Null where the recipient has neither an e-mail address nor a number.
    contact = models.ForeignKey("bookonce.Contact", models.PROTECT, null=True, related_name="links")
    nonce = models.BinaryField(max_length=16)
    # Unique also so that a form which is sent twice makes one link (``operations.mint``).
    token_hash = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    message = models.TextField(max_length=500, blank=True)
    recipient_name = models.CharField(max_length=200, blank=True)
    recipient_email = models.CharField(max_length=254, blank=True)
    recipient_phone = models.CharField(max_length=40, blank=True)
    prefill = models.JSONField(default=dict)
    locked = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(null=True)
    location = models.JSONField(null=True)
    window_from = models.DateField(null=True)
    window_to = models.DateField(null=True)
    metadata = models.JSONField(default=dict)
    on_cancel = models.CharField(max_length=10, blank=True)
    """What becomes of it when its booking is cancelled; empty: as the calendar says."""
    opens_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    """Since when it waits for its owner's release, after a restored backup (``pausing``)."""
    created_at = models.DateTimeField()
    created_via = models.CharField(max_length=10)
    asks_muted_at = models.DateTimeField(null=True)
    """Since when requests for a new link are not taken here; None: they are."""
    version = models.PositiveIntegerField(default=1)

    has_hold = False
    """Whether a slot is kept for it: known after ``redeem`` only."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "id"], name="link_of_workspace"),
            models.Index(fields=["calendar", "id"], name="link_of_calendar"),
            # Empty but after a restored backup; pages count by it.
            models.Index(fields=["workspace"], name="link_paused", condition=Q(paused_at__isnull=False)),
        ]


class Observation(models.Model):
    """That a link was opened or refused. Nothing is decided by it, and it may be lost (rule 11 of a link)."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        REFUSED = "refused"

    class Visitor(models.TextChoices):
        PERSON = "person"
        ROBOT = "robot"

    # No index of its own: that of one_observation_each begins with it.
    link = models.ForeignKey(Link, models.CASCADE, related_name="observations", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    visitor = models.CharField(max_length=10, choices=Visitor)
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    """The start of the ten minutes (opened) or of the minute (refused) in which it was seen."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link", "kind", "visitor", "reason", "at"], name="one_observation_each"
            )
        ]


class Ask(models.Model):
    """A request for a new link from somebody who opened a dead one; later ones join the link's open one.

    What strangers wrote is for the owner to read: nothing is ever sent to it or because of it.
    """

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    workspace = models.ForeignKey("bookonce.Workspace", models.PROTECT, related_name="asks")
    link = models.ForeignKey(Link, models.PROTECT, related_name="asks")
    said = models.JSONField(default=list)
    """The messages, oldest first: ``{"at", "state", "name", "reach", "message"}``."""
    asked_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    answer = models.ForeignKey(Link, models.PROTECT, null=True, related_name="+")
    """The new link that was made for it; a closed ask without one was set aside."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link"], name="one_open_ask_per_link", condition=Q(closed_at__isnull=True)
            )
        ]
        indexes: ClassVar = [
            # Lists hold open ones alone, which are few; closed ones stay as the trail.
            models.Index(
                fields=["workspace", "last_at"], name="ask_open", condition=Q(closed_at__isnull=True)
            )
        ]

    @property
    def first(self) -> dict[str, Any]:
        """The first message; later ones are listed below it and never replace it."""
        said: dict[str, Any] = self.said[0]
        return said
