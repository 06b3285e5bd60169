"""``bookonce init``: the first workspace, or one more, described as one JSON object on stdout."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from bookonce.domain.accounts.models import Workspace
from bookonce.domain.schemas.output_calendars import describe_calendar
from bookonce.domain.workspaces.operations import AlreadyFounded, Founded, found_with_owner
from bookonce.foundation import clock, tokens
from bookonce.foundation.errors import Invalid, Refused
from bookonce.interfaces.commands import prepare


class WorkspaceExists(Refused):
    """There is a workspace already, and another one was not asked for."""

    sentence = "There is a workspace here already. To add one more, say --another."


def run(args: argparse.Namespace) -> None:
    """Found a workspace and print what a program needs to go on."""
    # Before the migration, so that an unreadable password leaves nothing behind.
    password = _password() if args.password_stdin else None
    prepare.prepare()
    with prepare.only_one_process():
        if Workspace.objects.exists() and not args.another:
            raise WorkspaceExists
        try:
            founded = found_with_owner(
                args.workspace,
                owner_name=args.owner_name,
                owner_email=args.owner_email,
                zone=args.zone or own_zone(),
                password=password,
                by="cli",
                now=clock.now(),
                is_first=not args.another,
                language=args.language,
            )
        # The set-up page does not take this lock; there the transaction decides who came first.
        except AlreadyFounded:
            raise WorkspaceExists from None
    print(json.dumps(_describe(founded), indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))
    # stdout contains the JSON alone.
    print(f"The workspace {founded.workspace.name} is ready.", file=sys.stderr)


def _password() -> str:
    """The first line of stdin as UTF-8, whatever the encoding of this machine's locale."""
    try:
        # Only the line break is stripped: a space may belong to the password.
        return sys.stdin.buffer.readline().decode().rstrip("\n")
    except UnicodeDecodeError:
        raise Invalid(("/password_stdin", "Give the password in UTF-8.")) from None


def _describe(founded: Founded) -> dict[str, object]:
    told: dict[str, object] = {
        "workspace": {
            "id": tokens.public_id("wsp", founded.workspace.pk),
            "slug": founded.workspace.slug,
            "name": founded.workspace.name,
        },
        "owner": {
            "id": tokens.public_id("mem", founded.owner.pk),
            "name": founded.owner.person.name,
            "email": founded.owner.person.email,
        },
        "api_key": founded.api_key,
        "calendar": describe_calendar(founded.calendar),
    }
    if founded.setup_secret is not None:
        told["setup_url"] = f"{settings.BASE_URL}/setup/{founded.setup_secret}"
    return told


def own_zone() -> str:
    """The time zone that this machine is set to, where it is one of the tz database; else UTC."""
    from bookonce.domain.bookings.guest_details import is_zone

    local = Path("/etc/localtime")
    linked = str(local.resolve()).partition("zoneinfo/")[2] if local.is_symlink() else ""
    # In containers localtime is often a copy and not a link; this file still names the zone.
    file = Path("/etc/timezone")
    written = file.read_text().strip() if file.is_file() else ""
    # POSIX allows a colon before the name in TZ.
    for name in (os.environ.get("TZ", "").lstrip(":"), linked, written):
        if name and is_zone(name):
            return name
    return "UTC"
