"""``bookonce``: every command of the program.

Nothing heavy is imported before it is known which command runs. What is refused is one sentence on
stderr: exit 2 for a word or a setting that cannot be used, 1 for a refusal.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bookonce import __version__
from bookonce.foundation.database_url import printable_database_address
from bookonce.foundation.errors import Refused
from bookonce.foundation.setting_values import BadSetting
from bookonce.interfaces.commands.installation import require_installation


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    # Before Django is set up, so that --help and typing errors need neither settings nor a database.
    args = parser().parse_args(argv)
    # Files that commands make hold names, addresses and secrets: only this user may read them.
    os.umask(0o077)
    try:
        if args.on_existing:
            require_installation()
        _set_up()
        return _run(args)
    except BadSetting as bad:
        return _no(str(bad), 2)
    except Refused as refused:
        return _no(_sentence(refused), 1)
    except BrokenPipeError:
        # The reader closed the pipe (| head). Without this Python reports it once more as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        # 128 + SIGINT: what a shell reports for a program that Ctrl-C has ended.
        return 130


def _run(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import OperationalError

    try:
        module, _, function = args.runs.rpartition(".")
        # Imported by name, so that a command loads only what it needs itself.
        return int(getattr(importlib.import_module(module), function)(args) or 0)
    except OperationalError as trouble:
        # The server's own words, without the lines of advice that a library adds below them.
        said = str(trouble).strip().partition("\n")[0]
        url = settings.ENVIRONMENT.database_url
        raise Refused(f"The database {printable_database_address(url)} cannot be used: {said}") from None


def parser() -> argparse.ArgumentParser:
    """The parser of all commands and their arguments."""
    whole = argparse.ArgumentParser(
        prog="bookonce", description="Send a link with which one person can book one appointment, once."
    )
    whole.add_argument("--version", action="version", version=f"bookonce {__version__}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    whole.set_defaults(on_existing=False)
    _processes(commands)
    _data(commands)
    _care(commands)
    return whole


if TYPE_CHECKING:
    # argparse has no public name for this class, and it is not generic at run time.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _processes(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="run everything: web pages, API and worker")
    _takes_restored(serve)
    serve.set_defaults(runs="bookonce.interfaces.commands.serve.run")
    web = commands.add_parser("web", help="run the web pages and the API alone")
    _takes_restored(web)
    web.set_defaults(runs="bookonce.interfaces.commands.web.run")
    worker = commands.add_parser("worker", help="run the worker alone, which sends what waits")
    worker.set_defaults(runs="bookonce.interfaces.commands.worker.run")


def _takes_restored(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--restored",
        action="store_true",
        help="once, after an older copy of the machine or of the data folder was put back: hold all links",
    )


def _data(commands: Commands) -> None:
    init = commands.add_parser("init", help="found the first workspace; prints JSON for programs")
    init.add_argument("--workspace", required=True, metavar="NAME")
    init.add_argument("--owner-name", required=True, metavar="NAME")
    init.add_argument("--owner-email", required=True, metavar="ADDRESS")
    init.add_argument("--zone", metavar="ZONE", help="such as Europe/Berlin (default: this machine's)")
    init.add_argument("--language", default="", metavar="TAG", help="en (default) or de")
    # From stdin, because every user of the machine can read the arguments of a running process.
    init.add_argument("--password-stdin", action="store_true", help="read the owner's password from stdin")
    init.add_argument("--another", action="store_true", help="add a workspace beside those that exist")
    init.set_defaults(runs="bookonce.interfaces.commands.init.run")

    mint = commands.add_parser("mint", help="make one-time links, printed a line each")
    mint.add_argument("calendar", metavar="CALENDAR", help="id, slug, or workspace-slug/calendar-slug")
    # None, not 1, so that any --count together with --csv can be refused.
    mint.add_argument("--count", type=int, default=None, metavar="N")
    mint.add_argument("--expires", metavar="WHEN", help="2027-01-31T18:00:00Z, or 14d from now")
    mint.add_argument("--label", default="")
    mint.add_argument("--csv", metavar="FILE", help="a link for each row (- reads stdin); prints it with url")
    mint.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.mint.run")

    migrate = commands.add_parser("migrate", help="bring the database to the newest form")
    migrate.set_defaults(runs="bookonce.interfaces.commands.prepare.run")


def _care(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="look whether everything is in order; 1 where it is not")
    doctor.add_argument("--json", action="store_true", help="for programs")
    accept = "go on without a lost secret key: say what is lost with it, and with --yes do so"
    doctor.add_argument("--accept-new-key", action="store_true", help=accept)
    doctor.add_argument("--yes", action="store_true", help="with --accept-new-key: do what it says")
    doctor.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.doctor.run")

    clock = commands.add_parser("clock", help="say whether this machine's clock is trusted")
    clock.add_argument("--accept", action="store_true", help="take it for right, after it was set by much")
    clock.set_defaults(runs="bookonce.interfaces.commands.clock.run")

    outbox = commands.add_parser("outbox", help="list the messages that wait")
    outbox.add_argument("--dead", action="store_true", help="those that were given up instead")
    outbox.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.outbox.list_deliveries")

    resend = commands.add_parser("resend", help="send messages anew that were given up")
    resend.add_argument("delivery", nargs="?", metavar="ID", help="dlv_…, as the list of the outbox names it")
    resend.add_argument("--all-dead", action="store_true")
    resend.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.outbox.resend_deliveries")

    anew = commands.add_parser("reset-sign-in", help="a one-time address to set somebody's password anew")
    anew.add_argument("email", metavar="EMAIL", help="with which they sign in")
    anew.add_argument("--without-authenticator", action="store_true", help="turn their second factor off too")
    anew.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.reset_sign_in.reset_sign_in")

    backup = commands.add_parser("backup", help="write a checked copy of the database, while everything runs")
    backup.add_argument("file", metavar="FILE", help="a new file")
    backup.set_defaults(on_existing=True, runs="bookonce.interfaces.commands.backup.run")

    restore = commands.add_parser("restore", help="put a copy back; its links wait for their owners' release")
    restore.add_argument("file", metavar="FILE", help="what bookonce backup has written")
    restore.add_argument("--yes", action="store_true", help="also where there is data, which is kept aside")
    restore.set_defaults(runs="bookonce.interfaces.commands.restore.run")

    demo = commands.add_parser("demo", help="a sample workspace to look around in")
    demo.add_argument("--another", action="store_true", help="add it beside the workspaces that exist")
    demo.set_defaults(runs="bookonce.interfaces.commands.demo.run")


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookonce.settings")
    import django

    django.setup()


def _sentence(refused: Refused) -> str:
    errors = refused.data.get("errors")
    if not errors:
        return refused.sentence
    # Operations name faults by the pointer of a field; at a shell that is the option of this name.
    return "\n".join(
        f"--{error['pointer'].strip('/').replace('_', '-')}: {error['detail']}" for error in errors
    )


def _no(sentence: str, code: int) -> int:
    # Not stdout, which programs read: the links of mint, the JSON of init. Line by line, so that a search for
    # the program's name misses none of several faults.
    for line in sentence.splitlines():
        print(f"bookonce: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
