"""``bookonce doctor`` finds what is wrong, each thing by itself, and nothing where nothing is."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from bookonce.delivery.outbox.models import Beat, Delivery, Event
from bookonce.domain import invariants
from bookonce.domain.bookings.changes import cancel, move
from bookonce.domain.bookings.models import Booking
from bookonce.domain.contacts.models import Contact
from bookonce.domain.diary import guards
from bookonce.domain.diary.models import HeldTime
from bookonce.domain.links.models import Link
from bookonce.domain.links.operations import revoke
from bookonce.domain.links.pausing import pause_links
from bookonce.foundation import clock
from bookonce.interfaces.commands import checks, disk_space, doctor
from tests import make
from tests.interfaces.commands.shell import Shell
from tests.make import NOW

pytestmark = pytest.mark.django_db


def levels(about: str) -> list[str]:
    return [line.level for line in doctor.run_checks() if line.about == about]


@pytest.fixture
def booked(hana: make.Team) -> Booking:
    """A booking with a link, moved once, and beside it one that was cancelled and a revoked link."""
    kept = make.booking(hana.calendar, link=make.link(hana.calendar))
    moved = move(kept, starts_at=make.slots(hana.calendar, 9)[-1], by="guest", now=NOW)
    cancel(make.booking(hana.calendar, link=make.link(hana.calendar)), by="guest", now=NOW)
    revoke(make.link(hana.calendar), by="test", now=NOW)
    make.booking(hana.calendar)
    return moved


def test_where_nothing_is_wrong_nothing_is_found(booked: Booking) -> None:
    assert invariants.find_broken() == []


def test_links_on_hold_are_told(hana: make.Team) -> None:
    make.link(hana.calendar)
    assert levels("links") == ["ok"]
    pause_links(by="server", now=NOW)
    assert levels("links") == ["warn"]


def _spent(booking: Booking) -> None:
    Link.objects.filter(used_at=None, revoked_at=None).update(used_at=NOW)
    make.link(booking.calendar)
    Link.objects.filter(used_at=None, revoked_at=None).update(used_at=NOW)


def _stranger(booking: Booking) -> None:
    sam = make.team("Elsewhere", "Sam")
    contact = Contact.objects.create(workspace=sam.workspace, key="e:x", created_at=NOW)
    Booking.objects.filter(pk=booking.pk).update(contact=contact)


def _crossed(booking: Booking) -> None:
    sam = make.team("Elsewhere", "Sam")
    contact = Contact.objects.create(workspace=sam.workspace, key="e:x", created_at=NOW)
    Link.objects.filter(pk=booking.link_id).update(contact=contact)


def _drop(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for trigger in guards.SQLITE:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger}"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
        cursor.execute('DROP INDEX IF EXISTS "one_booking_per_link"')


def _twice(booking: Booking) -> None:
    other = Booking.objects.filter(link=None).get()
    Booking.objects.filter(pk=other.pk).update(link=booking.link)


def _overlap(booking: Booking) -> None:
    held = HeldTime.objects.get(booking=booking)
    HeldTime.objects.exclude(pk=held.pk).update(starts_at=held.starts_at, ends_at=held.ends_at)


def _events(kind: str) -> Any:
    return Event.objects.filter(kind=kind)


def _without(kind: str) -> None:
    Delivery.objects.filter(event__kind=kind).delete()
    _events(kind).delete()


def _sequences(booking: Booking, kind: str, sequence: int) -> None:
    for event in _events(kind):
        event.data["sequence"] = sequence
        event.save(update_fields=["data"])


def _of(booking: Booking) -> Any:
    return Booking.objects.filter(pk=booking.pk)


BREAKS: dict[str, Callable[[Booking], object]] = {
    "one_booking_per_link": _twice,
    "spent_without_a_booking": _spent,
    "booked_without_spending": lambda b: Link.objects.filter(pk=b.link_id).update(used_at=None),
    "standing_after_giving_back": lambda b: _of(b).update(gave_back_at=NOW),
    "one_meeting_at_a_time": _overlap,
    "standing_without_its_time": lambda b: HeldTime.objects.filter(booking=b).delete(),
    "time_held_for_nothing": lambda b: _of(b).update(state="lapsed"),
    "booked_untold": lambda b: _without("booking.made"),
    "told_without_a_booking": lambda b: _events("booking.moved").update(booking_id="0" * 31 + "1"),
    "host_not_written_to": lambda b: Delivery.objects.filter(recipient__startswith="host")[0].delete(),
    "guest_not_written_to": lambda b: Delivery.objects.filter(recipient="guest")[0].delete(),
    "minted_untold": lambda b: _without("link.minted"),
    "revoked_untold": lambda b: _without("link.revoked"),
    "message_without_an_end": lambda b: Delivery.objects.filter(state="waiting").update(state="done"),
    "sequence_behind": lambda b: _of(b).update(sequence=F("sequence") + 1),
    "sequence_repeated": lambda b: _sequences(b, "booking.moved", 0),
    "request_after_cancel": lambda b: _sequences(b, "booking.made", 7),
    "state_and_events_differ": lambda b: _of(b).update(state="cancelled"),
    "workspaces_crossed": _stranger,
    "links_crossed": _crossed,
}


def test_every_query_has_its_break() -> None:
    assert set(BREAKS) == {invariant.name for invariant in invariants.INVARIANTS}


@pytest.mark.parametrize("name", BREAKS)
def test_each_query_finds_its_break(booked: Booking, name: str) -> None:
    _drop("bookonce_heldtime", guards.ONE_MEETING)
    BREAKS[name](booked)
    found = {finding.name: finding for finding in invariants.find_broken()}
    assert name in found
    assert found[name].ids
    assert "FAIL" in levels(f"promise {found[name].promise}")


def test_a_missing_guard_is_named(hana: make.Team) -> None:
    assert levels("guards") == ["ok"]
    _drop("bookonce_heldtime", guards.ONE_MEETING)
    assert levels("guards") == ["FAIL"]


def test_a_worker_and_its_mails_are_watched(booked: Booking, settings: Any) -> None:
    assert levels("worker") == ["warn"]
    Beat.objects.create(worker="w", at=clock.now())
    assert levels("worker") == ["ok"]
    Delivery.objects.update(not_before=NOW - timedelta(days=999))
    assert "FAIL" in levels("outbox")
    Delivery.objects.update(state="dead", ended_at=NOW)
    assert levels("outbox") == ["ok", "warn"]


def test_a_clock_that_is_behind_is_told(hana: make.Team) -> None:
    make.link(hana.calendar, now=clock.now() + timedelta(hours=1))
    assert levels("clock") == ["warn"]
    make.link(hana.calendar, now=clock.now() + timedelta(days=9999))
    assert levels("clock") == ["FAIL"]


def test_a_zone_with_new_rules_is_told(booked: Booking) -> None:
    far = NOW + timedelta(days=9999)
    Booking.objects.filter(pk=booked.pk).update(starts_at=far, ends_at=far + timedelta(minutes=30))
    assert levels("agreed times") == ["warn"]


def test_hidden_zones_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert levels("time zones") == ["ok"]
    monkeypatch.setattr(zoneinfo, "TZPATH", ("/usr/share/zoneinfo",))
    assert levels("time zones") == ["FAIL"]


RANDOM = "45c84f8b5700765357004e037354d053a4b47c8621ee4ab6"


@pytest.mark.parametrize(("key", "level"), [("short", "FAIL"), ("ab" * 30, "FAIL"), (RANDOM, "ok")])
def test_a_weak_secret_is_told(settings: Any, tmp_path: Path, key: str, level: str) -> None:
    settings.SECRET_KEY, settings.DATA = key, tmp_path
    assert levels("secret") == [level]
    (tmp_path / "secret_key").write_text(key)
    (tmp_path / "secret_key").chmod(0o644)
    assert levels("secret") == [level, "warn"]


def test_a_weak_former_secret_is_told(settings: Any, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.DATA, settings.SECRET_KEY_FALLBACKS = RANDOM, tmp_path, [RANDOM, "ab" * 30]
    assert levels("secret") == ["ok", "warn"]


@pytest.mark.parametrize(
    ("url", "level"),
    [("http://localhost:8000", "warn"), ("http://b.example.org", "warn"), ("https://b.example.org", "ok")],
)
def test_an_address_that_others_cannot_open_is_told(settings: Any, url: str, level: str) -> None:
    settings.BASE_URL = url
    assert levels("base address") == [level]


def test_a_folder_that_cannot_be_written_is_told(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.DATA = tmp_path / "file"
    assert levels("data folder") == ["FAIL"]
    settings.DATA = tmp_path
    assert levels("data folder") == ["ok"]


@pytest.mark.parametrize(("free", "level"), [(49, "FAIL"), (51, "warn"), (199, "warn"), (201, "ok")])
def test_a_disk_with_little_room_is_told(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    settings.DATA = tmp_path
    usage = shutil.disk_usage(tmp_path)._replace(free=free * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    assert levels("data folder") == [level]
    # The database of the tests lies on the same disk, which is named once.
    assert levels("database's disk") == []
    monkeypatch.setattr(checks.disk_space, "database_folder", lambda: Path("/proc"))
    assert levels("database's disk") == [level]


def test_the_disk_of_the_database_is_known_where_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        assert disk_space.database_folder() == Path(connection.settings_dict["NAME"]).parent
        return
    said = disk_space._said_folder()
    assert said is None or said.startswith("/")
    for host, told, folder in (
        ("localhost", str(tmp_path), tmp_path),
        ("localhost", str(tmp_path / "inside a container"), None),
        ("localhost", None, None),
        ("db.example.org", str(tmp_path), None),
    ):
        monkeypatch.setitem(connection.settings_dict, "HOST", host)
        monkeypatch.setattr(disk_space, "_said_folder", lambda told=told: told)
        assert disk_space.database_folder() == folder


@pytest.mark.parametrize(
    ("file", "folder", "level"), [(0o600, 0o755, []), (0o644, 0o700, []), (0o644, 0o755, ["warn"])]
)
def test_a_database_that_others_can_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: int, folder: int, level: list[str]
) -> None:
    kept = tmp_path / "kept" / "x.sqlite3"
    kept.parent.mkdir()
    kept.touch()
    kept.chmod(file)
    kept.parent.chmod(folder)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(kept))
    assert [line.level for line in checks._readers()] == level


def test_mails_that_others_can_read_are_told(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    mails = tmp_path / "outbox"
    mails.mkdir()
    (mails / "x.eml").touch()
    for folder, inner, mail, told in (
        (0o755, 0o755, 0o644, ["warn"]),
        (0o700, 0o755, 0o644, []),
        (0o755, 0o700, 0o644, []),
        (0o755, 0o755, 0o600, []),
    ):
        tmp_path.chmod(folder)
        mails.chmod(inner)
        (mails / "x.eml").chmod(mail)
        assert levels("mails kept as files") == told


def test_mail_that_goes_nowhere_is_told(settings: Any) -> None:
    assert levels("mail") == ["warn"]
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, email_url="smtp://mail.example.org")
    assert levels("mail") == ["ok"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_may_forget_is_told(hana: make.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    lasting = "PRAGMA synchronous=%s" if connection.vendor == "sqlite" else "SET synchronous_commit TO %s"
    about = "SQLite synchronous" if connection.vendor == "sqlite" else "PostgreSQL synchronous_commit"
    assert levels(about) == ["ok"]
    with connection.cursor() as cursor:
        cursor.execute(lasting % "OFF")
        try:
            assert levels(about) == ["FAIL"]
        finally:
            cursor.execute(lasting % ("FULL" if connection.vendor == "sqlite" else "ON"))
    if connection.vendor == "sqlite":
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
        assert levels("SQLite") == ["FAIL"]


def test_a_program_reads_json(shell: Shell) -> None:
    told = json.loads(shell.says("doctor", "--json"))
    assert told["ok"] is True
    assert {"level", "about", "detail"} == set(told["checks"][0])
    shell.settings["BOOKONCE_SECRET_KEY"] = "sixteen is short"
    refused = shell.run("doctor", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["ok"] is False
