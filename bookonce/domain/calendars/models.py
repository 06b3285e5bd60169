"""Tables of calendars and their hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.functional import cached_property

from bookonce.foundation import tokens

if TYPE_CHECKING:
    from bookonce.domain.accounts.models import Member


class Calendar(models.Model):
    """A calendar with its hours and rules, whose times are wall times in ``zone``."""

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        LINK_ONLY = "link_only"

    class OnCancel(models.TextChoices):
        STAY_USED = "stay_used"
        REOPEN = "reopen"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # No index of its own: that of one_calendar_per_slug begins with it.
    workspace = models.ForeignKey(
        "bookonce.Workspace", models.PROTECT, related_name="calendars", db_index=False
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    description = models.TextField(blank=True, max_length=4000)
    minutes = models.JSONField()
    """The lengths on offer, a list of whole minutes."""
    slot_step = models.PositiveSmallIntegerField(null=True)
    """Minutes between starts; None: the shortest length."""
    zone = models.CharField(max_length=64)
    # JSON in the row itself: the engine always needs all of it, and one version stands for the whole.
    hours = models.JSONField()
    """``{"mon": [["09:00", "17:00"]], …}``; a day that is missing is closed."""
    exceptions = models.JSONField(default=list)
    """``[{"on": "2026-12-24", "hours": []}, …]``: replaces the hours of that date."""
    buffer_before = models.PositiveSmallIntegerField(default=0)
    buffer_after = models.PositiveSmallIntegerField(default=0)
    # Not a small one, as the numbers around it are: a year of minutes does not fit into a smallint.
    notice_minutes = models.PositiveIntegerField(default=0)
    window_days = models.PositiveSmallIntegerField(null=True, default=60)
    window_from = models.DateField(null=True)
    window_to = models.DateField(null=True)
    limit_per_day = models.PositiveSmallIntegerField(null=True)
    limit_per_week = models.PositiveSmallIntegerField(null=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    location = models.JSONField(null=True)
    questions = models.JSONField(default=list)
    contact = models.JSONField(default=dict)
    """The contact on pages of dead links; a missing key is the owner's own, an empty one is hidden."""
    on_cancel = models.CharField(max_length=10, choices=OnCancel, default=OnCancel.STAY_USED)
    approval = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Raised by every change: rules are cached by it, and ``lock_hosts`` reads the row anew where it differs.
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Of archived ones, too; one of them gives up a slug that another asks for (``operations._save``).
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_calendar_per_slug")
        ]

    @cached_property
    def owner(self) -> Member:
        """The first of its hosts, with the person."""
        return self.hosting.select_related("member__person").order_by("position", "id")[0].member


class CalendarHost(models.Model):
    """A member who hosts meetings of a calendar; the first by ``position`` is its owner."""

    # No index of its own: that of one_hosting_each begins with it.
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="hosting", db_index=False)
    member = models.ForeignKey("bookonce.Member", models.PROTECT, related_name="hosting")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "member"], name="one_hosting_each")
        ]
