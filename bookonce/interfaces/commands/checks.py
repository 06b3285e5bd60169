"""The checks of ``bookonce doctor``: each result is a line, which says what to do where something fails."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import tzdata
from django.conf import settings
from django.db import connection

from bookonce.delivery.outbox.models import Delivery
from bookonce.delivery.outbox.queries import (
    LONG_FAILING,
    count_unmade,
    oldest_failing,
    worker_seen,
)
from bookonce.domain import invariants
from bookonce.domain.bookings.models import Booking
from bookonce.domain.bookings.operations import wall_time
from bookonce.domain.bookings.states import BLOCKING
from bookonce.domain.diary import guards
from bookonce.domain.links.queries import list_paused
from bookonce.foundation.database.migration_state import is_migrated, newer_migrations
from bookonce.foundation.database.sqlite import WAL_IS_SOUND
from bookonce.interfaces.commands import disk_space, prepare

OK, WARN, FAIL = "ok", "warn", "FAIL"
LATE = timedelta(minutes=5)
HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check."""

    level: str
    about: str
    detail: str


def check_secret() -> Iterator[CheckResult]:
    """The secret key, from which tokens are derived: hard to guess, and unreadable for other users here."""
    key = settings.SECRET_KEY
    if len(key) < 32:
        yield CheckResult(
            FAIL, "secret", f"it has {len(key)} characters; set BOOKONCE_SECRET_KEY to 48 random ones"
        )
    # Length is not enough: a repeated word is long and easy to guess.
    elif len(set(key)) < 12:
        yield CheckResult(
            FAIL, "secret", "it is too regular; set BOOKONCE_SECRET_KEY to 48 random characters"
        )
    else:
        yield CheckResult(OK, "secret", f"{len(key)} characters")
    weak = [old for old in settings.SECRET_KEY_FALLBACKS if len(old) < 32 or len(set(old)) < 12]
    if weak:
        detail = (
            f"{len(weak)} of BOOKONCE_SECRET_KEY_FALLBACKS can be guessed, and with it the links made under "
            "it; take it out once they have ended"
        )
        yield CheckResult(WARN, "secret", detail)
    file = settings.DATA / "secret_key"
    if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield CheckResult(WARN, "secret", f"others on this machine can read {file.name}: chmod 600 it")


def check_base_url() -> Iterator[CheckResult]:
    """The base address: others must be able to open links with it."""
    parts = urlsplit(settings.BASE_URL)
    if parts.hostname in HERE:
        yield CheckResult(
            WARN,
            "base address",
            f"{settings.BASE_URL} is this computer's own: others cannot open its links. "
            "Set BOOKONCE_BASE_URL to the address that the world uses",
        )
    elif parts.scheme != "https":
        yield CheckResult(
            WARN, "base address", f"{settings.BASE_URL} is not https: links can be read on their way"
        )
    else:
        yield CheckResult(OK, "base address", settings.BASE_URL)


def check_settings() -> Iterator[CheckResult]:
    """Names that read like settings and are none, and a proxy that nobody has named."""
    for sentence in prepare.unknown_settings():
        yield CheckResult(WARN, "settings", sentence)
    # Bookonce itself speaks no TLS: where the address is https, a proxy stands before it.
    if urlsplit(settings.BASE_URL).scheme == "https" and not settings.ENVIRONMENT.trusted_proxies:
        detail = (
            "BOOKONCE_TRUSTED_PROXIES names no proxy: all guests count as one address, and share its limits. "
            "Name the address from which the proxy comes, like 127.0.0.1"
        )
        yield CheckResult(WARN, "settings", detail)


def check_data_folder() -> Iterator[CheckResult]:
    """The data folder: it exists and can be written."""
    data = settings.DATA
    try:
        data.mkdir(parents=True, exist_ok=True)
        trial = data / ".doctor"
        trial.write_text("")
        trial.unlink()
        free = shutil.disk_usage(data).free
    except OSError as refused:
        yield CheckResult(FAIL, "data folder", f"{data} cannot be written: {refused.strerror}")
        return
    yield disk_result("data folder", data, free)


def check_mail() -> Iterator[CheckResult]:
    """The mail server is set: without one guests get no mail."""
    if settings.ENVIRONMENT.email_url:
        yield CheckResult(OK, "mail", f"by {urlsplit(settings.ENVIRONMENT.email_url).hostname}")
    else:
        yield CheckResult(WARN, "mail", "BOOKONCE_EMAIL_URL is not set: mails are files in the data folder")


def check_kept_mails() -> Iterator[CheckResult]:
    """Mails kept as files: they hold names, addresses and guests' own links, so others must not read them."""
    folder = settings.DATA / "outbox"
    open_ones = [file for file in folder.glob("*.eml") if _readable(file, folder, settings.DATA)]
    if open_ones:
        detail = f"others on this machine can read {len(open_ones)} of them: chmod -R go= {folder}"
        yield CheckResult(WARN, "mails kept as files", detail)


def check_zone_data() -> Iterator[CheckResult]:
    """The tz database: all processes must use one release (promise 17)."""
    if zoneinfo.TZPATH:
        yield CheckResult(
            FAIL, "time zones", f"the system's zones in {zoneinfo.TZPATH[0]} hide our own tzdata"
        )
    else:
        yield CheckResult(OK, "time zones", f"tzdata {tzdata.IANA_VERSION}")


def check_database() -> Iterator[CheckResult]:
    """Durability: an acknowledged booking must survive a power cut (promise 10)."""
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgres()
    yield from _database_disk()


def _database_disk() -> Iterator[CheckResult]:
    """The disk of the database, where it can be known and is not that of the data folder."""
    folder = disk_space.database_folder()
    data = settings.DATA if settings.DATA.exists() else Path("/")
    if folder is not None and folder.stat().st_dev != data.stat().st_dev:
        yield disk_result("database's disk", folder, shutil.disk_usage(folder).free)


def disk_result(about: str, folder: Path, free: int) -> CheckResult:
    """The result for so many free bytes on the disk of this folder."""
    detail = f"{folder}, {free // 1_000_000} MB free"
    if free < disk_space.TOO_LITTLE:
        return CheckResult(FAIL, about, f"{detail}: soon nothing can be booked; make room, or give it more")
    return CheckResult(OK if free > disk_space.LITTLE else WARN, about, detail)


def _sqlite() -> Iterator[CheckResult]:
    journal, version = str(_ask("PRAGMA journal_mode")).upper(), sqlite3.sqlite_version
    if journal == "WAL" and sqlite3.sqlite_version_info < WAL_IS_SOUND:
        yield CheckResult(FAIL, "SQLite", f"{version} can corrupt a WAL; use 3.51.3 or newer")
    elif journal not in ("WAL", "TRUNCATE", "DELETE", "PERSIST"):
        yield CheckResult(FAIL, "SQLite", f"the journal is {journal}: a power cut can corrupt the database")
    else:
        slow = "" if journal == "WAL" else ", which is safe and slower than WAL with pysqlite3"
        yield CheckResult(OK, "SQLite", f"{version}, journal {journal}{slow}")
    yield from _readers()
    # 2 is FULL, 3 is EXTRA.
    durable, keys = _ask("PRAGMA synchronous"), _ask("PRAGMA foreign_keys")
    yield _or_fail(
        durable in (2, 3), "SQLite synchronous", "FULL", f"{durable}: a power cut can lose bookings"
    )
    yield _or_fail(keys == 1, "SQLite foreign keys", "on", "off: rows can point to nothing")
    # quick_check does not compare indexes with tables, which would take many times as long.
    sound = _ask("PRAGMA quick_check(1)")
    yield _or_fail(sound == "ok", "SQLite file", "sound", f"damaged ({sound}); restore a backup")
    stray = _ask("SELECT count(*) FROM pragma_foreign_key_check")
    yield _or_fail(stray == 0, "SQLite rows", "all complete", f"{stray} point to rows that are not there")


def _readable(file: Path, *folders: Path) -> bool:
    """Whether others on this machine can read the file: where all these folders let them pass too."""
    own, ways = file.stat().st_mode, [folder.stat().st_mode for folder in folders]
    rights = ((0o040, 0o010), (0o004, 0o001))
    return any(own & read and all(way & enter for way in ways) for read, enter in rights)


def _readers() -> Iterator[CheckResult]:
    file = Path(str(connection.settings_dict["NAME"]))
    if file.is_file() and _readable(file, file.parent):
        detail = f"others on this machine can read {file}: chmod 700 its folder and chmod 600 the file"
        yield CheckResult(WARN, "SQLite file", detail)


def _postgres() -> Iterator[CheckResult]:
    version = int(str(_ask("SHOW server_version_num"))) // 10_000
    yield _or_fail(version >= 15, "PostgreSQL", str(version), f"{version} is too old; use 15 or newer")
    wanted = {
        "fsync": (("on",), "a power cut can corrupt the database"),
        # Every value but off waits at least for this server's own disk.
        "synchronous_commit": (("on", "local", "remote_write", "remote_apply"), "a crash can lose bookings"),
        "default_transaction_isolation": (("read committed",), "locks would look at an old snapshot"),
        "transaction_read_only": (("off",), "nothing can be booked"),
    }
    for name, (good, harm) in wanted.items():
        value = str(_ask(f"SHOW {name}"))
        yield _or_fail(value in good, f"PostgreSQL {name}", value, f"{value}: {harm}; set it to {good[0]}")


def check_migrations() -> CheckResult:
    """Migrations: the database has the form that this release needs, and no newer one."""
    newer = newer_migrations()
    if newer:
        detail = f"the database is of a newer release ({', '.join(newer)}); install that one, or a newer one"
        return CheckResult(FAIL, "migrations", detail)
    is_new = is_migrated()
    return _or_fail(is_new, "migrations", "all done", "some are waiting; run `bookonce migrate`")


def check_guards() -> Iterator[CheckResult]:
    """The guards of the database against double booking (promises 1 and 6)."""
    missing = guards.missing_guards()
    yield _or_fail(
        not missing,
        "guards",
        "all stand",
        f"missing: {', '.join(missing)}. Run `bookonce migrate` to put back",
    )


def check_worker() -> Iterator[CheckResult]:
    """A worker is alive, which sends what waits."""
    alive = worker_seen()
    detail = "alive" if alive else "not seen for half a minute; run `bookonce serve` or `bookonce worker`"
    yield CheckResult(OK if alive else WARN, "worker", detail)


def check_outbox(*, now: datetime) -> Iterator[CheckResult]:
    """Deliveries that are overdue or dead."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    late = waiting.filter(not_before__lt=now - LATE).count()
    yield _or_fail(
        not late, "outbox", f"{waiting.count()} waiting", f"{late} messages are over five minutes late"
    )
    age = oldest_failing(now=now)
    if age is not None and age >= LONG_FAILING:
        minutes = int(age.total_seconds()) // 60
        detail = f"a message has failed for {minutes} minutes and is still tried; see `bookonce outbox`"
        yield CheckResult(WARN, "outbox", detail)
    unmade = count_unmade()
    if unmade:
        detail = f"{unmade} messages were given up because they cannot be made, a fault of the program"
        yield CheckResult(FAIL, "outbox", f"{detail}: update it, then `bookonce resend --all-dead`")
    dead = Delivery.objects.filter(state=Delivery.State.DEAD).count()
    if dead:
        yield CheckResult(WARN, "outbox", f"{dead} messages were given up; see `bookonce outbox --dead`")


def check_held_links(*, now: datetime) -> Iterator[CheckResult]:
    """Links that are on hold after a restored backup (promise 29)."""
    held = list_paused(None, now=now).count()
    detail = (
        f"{held} are on hold, because the database was restored from a copy, until their owners release them"
        if held
        else "none is on hold"
    )
    yield CheckResult(WARN if held else OK, "links", detail)


def check_agreed_times(*, now: datetime) -> Iterator[CheckResult]:
    """Bookings whose wall time and instant differ under the present tz database (promise 17)."""
    coming = Booking.objects.filter(state__in=BLOCKING, starts_at__gt=now)
    moved = sum(
        wall_time(starts_at, zone) != wall
        for starts_at, zone, wall in coming.values_list("starts_at", "zone", "wall").iterator()
    )
    level = WARN if moved else OK
    detail = f"{moved} differ from the clock on the wall: their zone has new rules" if moved else "all agree"
    yield CheckResult(level, "agreed times", detail)


def check_promises() -> Iterator[CheckResult]:
    """Every invariant of ``domain/invariants.py``."""
    found = invariants.find_broken()
    for finding in found:
        which = ", ".join(finding.ids)
        yield CheckResult(FAIL, f"promise {finding.promise}", f"{finding.name}: {finding.means} ({which})")
    if not found:
        yield CheckResult(OK, "promises", f"{len(invariants.INVARIANTS)} queries found nothing")


def _or_fail(good: bool, about: str, well: str, ill: str) -> CheckResult:
    return CheckResult(OK, about, well) if good else CheckResult(FAIL, about, ill)


def _ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
