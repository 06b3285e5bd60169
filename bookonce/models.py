"""Imports every model, for Django, which looks for them here."""

from bookonce.delivery.outbox.models import Beat, Delivery, Event
from bookonce.domain.accounts.models import (
    ApiKey,
    Authenticator,
    MailedLink,
    Member,
    Passkey,
    Person,
    RecoveryCode,
    Session,
    Workspace,
)
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars.models import Calendar, CalendarHost
from bookonce.domain.contacts.models import Contact
from bookonce.domain.diary.models import Diary, HeldTime, Hold
from bookonce.domain.links.models import Ask, Batch, Link, Observation
from bookonce.domain.restoration.models import DatabaseEpoch, FolderMark
from bookonce.foundation.database.models import ClockReading
from bookonce.foundation.idempotency.models import RepeatableCall
from bookonce.foundation.key_check.models import KeyCheck

__all__ = [
    "ApiKey",
    "Ask",
    "Authenticator",
    "Batch",
    "Beat",
    "Booking",
    "Calendar",
    "CalendarHost",
    "ClockReading",
    "Contact",
    "DatabaseEpoch",
    "Delivery",
    "Diary",
    "Event",
    "FolderMark",
    "HeldTime",
    "Hold",
    "KeyCheck",
    "Link",
    "MailedLink",
    "Member",
    "Observation",
    "Passkey",
    "Person",
    "RecoveryCode",
    "RepeatableCall",
    "Session",
    "Workspace",
]
