"""Founding a workspace: its owner, their diary, a first calendar and a key, in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bookonce.domain.accounts.models import Member, Workspace
from bookonce.domain.accounts.operations import (
    LONGEST,
    SHORTEST,
    add_owner,
    create_workspace,
    is_password,
    make_key,
    record_workspace_event,
)
from bookonce.domain.accounts.profile import NAME
from bookonce.domain.bookings.guest_details import is_zone, single_line
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.diary.operations import open_diary
from bookonce.foundation import email_addresses, tokens, translation
from bookonce.foundation.database.transactions import FOUNDING, requires_transaction, transaction
from bookonce.foundation.errors import Invalid, Sentence, WrongState
from bookonce.foundation.translation import gettext_noop

NO_OWNER = "Name the owner."
TOO_LONG = Sentence("Shorten the name to {most} characters.", most=NAME)
NO_LANGUAGE = Sentence(
    "Name a language that there is: {languages}.", languages=" or ".join(translation.available_languages())
)
NO_PASSWORD = Sentence(
    "Give one line with a password of {shortest} to {longest} characters.", shortest=SHORTEST, longest=LONGEST
)


@dataclass(frozen=True, slots=True)
class Founded:
    """A new workspace. Only here are ``api_key`` and ``setup_secret`` given."""

    workspace: Workspace
    owner: Member
    calendar: Calendar
    api_key: str
    setup_secret: str | None


class AlreadyFounded(WrongState):
    """The first workspace was to be founded, and there is one by now."""

    title = "Somebody has begun already"
    sentence = "There is a workspace here by now. Sign in, or ask whoever founded it."


def found_with_owner(
    name: str,
    *,
    owner_name: str,
    owner_email: str,
    zone: str,
    password: str | None,
    now: datetime,
    is_first: bool = False,
    with_key: bool = True,
    language: str = "",
    clock: str = "",
    secret: str | None = None,
    by: str = "",
) -> Founded:
    """Found a workspace with its owner and a sample calendar in one commit, in this ``language``.

    ``clock``: the owner's, ``12`` or ``24``; empty: as their language has it. ``secret``: the set-up secret
    with which an owner without a password has come. ``by``: who acts; empty: the owner.

    ``AlreadyFounded`` where it ``is_first`` and there is another one, also of two concurrent calls.
    """
    # Cleaned first, so that what is judged is what is stored.
    name, owner_name = single_line(name), single_line(owner_name)
    _insist(name, owner_name, owner_email, zone=zone, language=language, password=password)
    with transaction():
        if is_first:
            _insist_on_none()
        workspace = create_workspace(name, now=now, language=language)
        owner, secret = add_owner(
            workspace,
            name=owner_name,
            email=owner_email,
            zone=zone,
            password=password,
            now=now,
            language=language,
            clock=clock,
            secret=secret,
        )
        owner_id = tokens.public_id("mem", owner.pk)
        by = by or owner_id
        record_workspace_event("workspace.founded", workspace.pk, by=by, now=now, name=name, owner=owner_id)
        # Before the calendar: a host without a diary can neither be locked nor booked.
        open_diary(owner)
        sample = translation.translate(language or translation.SOURCE, gettext_noop("Intro call"))
        calendar = calendars.create_calendar(owner, name=sample, by=by, now=now)
        _, key = make_key(owner, name="made by init", by=by, now=now) if with_key else (None, "")
    return Founded(workspace, owner, calendar, key, secret)


def _insist(
    name: str, owner_name: str, owner_email: str, *, zone: str, language: str, password: str | None
) -> None:
    """Raise ``Invalid`` with every fault at once."""
    wrong = email_addresses.email_problem(owner_email)
    problems = [
        *([] if name else [("/workspace", "Name the workspace.")]),
        *([] if owner_name else [("/owner_name", NO_OWNER)]),
        *([("/workspace", TOO_LONG)] if len(name) > NAME else []),
        *([("/owner_name", TOO_LONG)] if len(owner_name) > NAME else []),
        *([] if wrong is None else [("/owner_email", wrong)]),
        *([] if is_zone(zone) else [("/zone", "Name a time zone like Europe/Berlin.")]),
        *([] if language in ("", *translation.available_languages()) else [("/language", NO_LANGUAGE)]),
        *([] if password is None or is_password(password) else [("/password_stdin", NO_PASSWORD)]),
    ]
    if problems:
        raise Invalid(*problems)


@requires_transaction
def _insist_on_none() -> None:
    """Of several who found the first workspace at once, one does; on SQLite there is one writer anyhow."""
    # No row exists yet that could be locked: an advisory lock stands in for it.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOUNDING])
    # A statement of its own: under READ COMMITTED it sees what the lock's last holder has committed.
    if Workspace.objects.exists():
        raise AlreadyFounded
