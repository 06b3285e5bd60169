"""Events and deliveries: rows that are written in the commit they tell of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bookonce.delivery.outbox import recipients, snapshots
from bookonce.foundation import tokens


class Event(models.Model):
    """A change, with a snapshot of what it changed. Never deleted; carries no token.

    Both the trail of a link and the body of a webhook are read from here.
    """

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # Without an index: nobody lists the events of a workspace, and each booking would pay for it.
    workspace = models.ForeignKey("bookonce.Workspace", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=80, blank=True)
    """Who made the change: ``guest``, ``mem_…``, ``key_…``, ``cli``; never a name."""
    # Plain ids and no foreign keys: this room knows neither links nor bookings.
    link_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    """As it was recorded, in the form of that release: written alone; who reads wants ``snapshot``."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["link_id"], name="event_link", condition=models.Q(link_id__isnull=False)),
            models.Index(
                fields=["booking_id"], name="event_booking", condition=models.Q(booking_id__isnull=False)
            ),
        ]

    @property
    def snapshot(self) -> dict[str, Any]:
        """What it tells of, in today's form, whichever release recorded it."""
        return snapshots.read_snapshot(self.kind, self.data)


class Delivery(models.Model):
    """One message that must reach one address; ends ``done``, ``dropped`` or ``dead``.

    It is known by event, ``purpose``, ``channel`` and ``recipient``: one row of each, but for copies that
    a person asks for, of which one waits at a time. The worker claims by compare-and-set on ``fence``:
    whoever raises it owns the row until ``lease_until``. ``thread`` is its subject with purpose, channel
    and recipient; messages of one thread are delivered in the order of ``position``: no clock has a say
    in it (promise 15), and no thread waits for another.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DROPPED = "dropped"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    workspace = models.ForeignKey("bookonce.Workspace", models.PROTECT, related_name="+", db_index=False)
    """Its event's workspace, repeated so that an index can list one workspace's mails in order."""
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    recipient = models.CharField(max_length=40)
    """Who it is for, as a key that stays (``recipients``); ``to`` is where they are reached."""
    # 64 octets, an @ and 255 (RFC 5321, section 4.5.3.1); what is taken here is shorter.
    to = models.CharField(max_length=320)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies", db_index=False)
    """The original, where this row is a copy that somebody asked to be sent once more."""
    thread = models.CharField(max_length=120, blank=True)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            # Partial, as what waits is little among all that was ever delivered; so are the dead.
            models.Index(fields=["not_before"], name="delivery_due", condition=models.Q(state="waiting")),
            models.Index(fields=["id"], name="delivery_given_up", condition=models.Q(state="dead")),
            models.Index(
                fields=["thread", "position"], name="delivery_thread", condition=models.Q(thread__gt="")
            ),
            models.Index(fields=["workspace", "id"], name="delivery_of_workspace"),
            models.Index(fields=["workspace", "state", "id"], name="delivery_by_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "purpose", "channel", "recipient"],
                condition=models.Q(copy_of__isnull=True),
                name="one_delivery_of_each",
            ),
            models.UniqueConstraint(
                fields=["copy_of"],
                condition=models.Q(state="waiting", copy_of__isnull=False),
                name="one_waiting_copy",
            ),
        ]

    @property
    def role(self) -> str:
        """The role of its recipient: ``guest``, ``host``, or (about an account) ``person``."""
        return recipients.role_of(self.recipient)


class Beat(models.Model):
    """When a worker was last alive; one row for each."""

    worker = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()
