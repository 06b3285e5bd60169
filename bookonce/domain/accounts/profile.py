"""Changes of a person's profile and of a workspace."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError
from django.db import transaction as django_transaction

from bookonce.domain.accounts import mailed_tokens
from bookonce.domain.accounts.errors import EmailTaken
from bookonce.domain.accounts.mailed_tokens import Purpose
from bookonce.domain.accounts.models import Person, Workspace
from bookonce.domain.accounts.operations import record_workspace_event
from bookonce.foundation import accent_colours, dates, email_addresses, translation
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import Invalid, Sentence

NAME = 120
_SLUG = re.compile(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*")
WRONG_SLUG = "Use small letters, digits and single hyphens, like acme-berlin; 60 at most."
MOST_DAYS = 3650
WRONG_DAYS = Sentence("Enter a number of days from 1 to {most}, or leave it empty.", most=MOST_DAYS)
WRONG_COLOUR = "Enter a colour like #1f4fd0 or #14d, or leave it empty for ours."

WRONG_LANGUAGE = "Choose one of the languages in the list."
WRONG_ZONE = "Choose a time zone from the list."
WRONG_CLOCK = "Choose one of the clocks in the list."


def change_profile(person: Person, *, name: str, zone: str, language: str, clock: str) -> None:
    """Change name, time zone, language and clock of a person.

    An empty language is that of the browser, an empty clock that of the language. ``Invalid`` names every
    fault.
    """
    too_long = Sentence("Shorten the name to {most} characters.", most=NAME)
    languages = ("", *translation.available_languages())
    problems = [
        *([] if name else [("/name", "Enter your name.")]),
        *([("/name", too_long)] if len(name) > NAME else []),
        *([] if dates.is_zone(zone) else [("/zone", WRONG_ZONE)]),
        *([] if language in languages else [("/language", WRONG_LANGUAGE)]),
        *([] if clock in ("", *dates.CLOCKS) else [("/clock", WRONG_CLOCK)]),
    ]
    if problems:
        raise Invalid(*problems)
    with transaction():
        person.name, person.zone, person.language, person.clock = name, zone, language, clock
        person.save(update_fields=["name", "zone", "language", "clock"])


def request_email_change(person: Person, email: str, *, now: datetime) -> str:
    """Mail a link to the new address, which is taken once the link is followed; returns it normalised.

    An address of somebody else gets no mail, and the result does not say so: it would reveal an account.
    """
    email = email.strip().lower()
    wrong = email_addresses.email_problem(email)
    if wrong is not None:
        raise Invalid(("/email", wrong))
    if email == person.email:
        raise Invalid(("/email", "This is your address already."))
    with transaction():
        # Even where no mail follows: an earlier address must not be confirmed after another was asked for.
        mailed_tokens.invalidate_links(person, Purpose.EMAIL, now=now)
        if not Person.objects.filter(email=email).exists():
            mailed_tokens.mail_link(person, Purpose.EMAIL, to=email, now=now)
    return email


def confirm_email_change(token: str, *, now: datetime) -> Person:
    """Take the new address by its mailed link, and mail a notice to the old one."""
    with transaction():
        link = mailed_tokens.use_link(token, Purpose.EMAIL, now=now)
        person, old = link.person, link.person.email
        person.email = link.email
        # Nobody had the address when the link was mailed, but somebody may by now: the constraint decides.
        try:
            with django_transaction.atomic():
                person.save(update_fields=["email"])
        except IntegrityError:
            raise EmailTaken from None
        # Links for a new password went to the old mailbox, which is the owner's no more.
        mailed_tokens.invalidate_links(person, Purpose.PASSWORD, now=now)
        mailed_tokens.record_account_event(person, "account.email_changed", to=old, now=now)
    return person


def change_workspace(
    workspace: Workspace,
    *,
    name: str,
    slug: str,
    link_days: int | None,
    accent: str,
    language: str,
    by: str,
    now: datetime,
) -> None:
    """Change name, slug, accent colour, language and default link life of a workspace, all or nothing.

    With a new slug, scheduling links under the old one stop working.
    """
    digits = accent_colours.parse_colour(accent)
    problems = [
        *([] if name else [("/name", "Name the workspace.")]),
        *(
            [("/name", Sentence("Shorten the name to {most} characters.", most=NAME))]
            if len(name) > NAME
            else []
        ),
        *([] if _SLUG.fullmatch(slug) else [("/slug", WRONG_SLUG)]),
        *([] if link_days is None or 1 <= link_days <= MOST_DAYS else [("/link_days", WRONG_DAYS)]),
        *([("/accent", WRONG_COLOUR)] if accent.strip() and not digits else []),
        *([] if language in translation.available_languages() else [("/language", WRONG_LANGUAGE)]),
    ]
    if problems:
        raise Invalid(*problems)
    terms = {"name": name, "slug": slug, "link_days": link_days, "language": language}
    terms["accent"] = f"#{digits}" if digits else ""
    changed = sorted(field for field, value in terms.items() if getattr(workspace, field) != value)
    for field in changed:
        setattr(workspace, field, terms[field])
    try:
        with transaction(), django_transaction.atomic():
            workspace.save(update_fields=[*terms])
            if changed:
                record_workspace_event("workspace.changed", workspace.pk, by=by, now=now, fields=changed)
    except IntegrityError:
        raise Invalid(("/slug", "This address is in use here already. Choose another.")) from None
