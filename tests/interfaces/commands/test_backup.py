"""``bookonce backup`` and ``restore``: a restored copy books no link that was used since (promise 29)."""

from __future__ import annotations

import argparse
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import pytest
from django.db import connection

from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import list_paused
from bookonce.domain.restoration.models import FolderMark
from bookonce.foundation import clock
from bookonce.foundation.database.copies import postgres
from bookonce.foundation.database.copies.errors import CopyFailed, ProgramMissing
from bookonce.interfaces.commands import backup, database_mark
from tests import make
from tests.interfaces.commands.shell import INIT, Shell

GUEST = {"name": "Gil Guest", "email": "gil@example.net", "zone": "Europe/Berlin", "language": "en"}


def call(shell: Shell, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    sent = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{shell.address}/api/v1{path}", data=sent, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.load(answer)


def book(shell: Shell, url: str, at: str) -> tuple[int, Any]:
    token = url.rsplit("/", 1)[1]
    return call(shell, f"/public/links/{token}/bookings", {"starts_at": at, "guest": GUEST})


def test_a_link_that_was_used_after_the_copy_waits_for_its_owner(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    made = json.loads(shell.says(*INIT))
    slug, key = made["calendar"]["slug"], made["api_key"]
    urls = shell.says("mint", slug, "--count", "6", "--label", "Deal 7").split()
    with shell.running(), ThreadPoolExecutor(1) as pool:
        times = [one["starts_at"] for one in call(shell, f"/calendars/{slug}/slots", key=key)[1]["data"]]
        booked = pool.submit(lambda: [book(shell, urls[n], times[n])[0] for n in range(4)])
        written = shell.says("backup", str(copy))
        assert booked.result() == [201] * 4
        assert "6 links" in written
        assert "keep the value of BOOKONCE_SECRET_KEY as well, elsewhere" in written
        assert book(shell, urls[4], times[4])[0] == 201, "after the copy"
        assert "The database is in use." in shell.run("restore", str(copy), "--yes").stderr

    assert copy.stat().st_mode & 0o777 == 0o600
    cut = tmp_path / "cut"
    cut.write_bytes(copy.read_bytes()[:-300])
    assert "damaged" in shell.run("restore", str(cut), "--yes").stderr
    assert "add --yes" in shell.run("restore", str(copy)).stderr
    told = shell.says("restore", str(copy), "--yes")
    kept = told.partition("is kept in ")[2].partition("\n")[0].removesuffix(".")
    assert Path(kept).is_file()
    held = [line.split()[0] for line in told.splitlines() if line.startswith("  lnk_")]
    assert f"{len(held)} links are on hold" in told
    assert 2 <= len(held) <= 6
    assert "Deal 7" in told

    with shell.running():
        listed = call(shell, "/links?state=paused", key=key)[1]["data"]
        assert {one["id"] for one in listed} == set(held)
        for url in urls[4:]:
            status, refused = book(shell, url, times[5])
            assert (status, refused["code"]) == (403, "link_paused")
            assert shell.get(f"/o/{url.rsplit('/', 1)[1]}")[0] == 403
        # One is released, and then all; what was used in the copy stays used.
        assert call(shell, f"/links/{listed[0]['id']}/release", {}, key)[1]["state"] == "active"
        assert call(shell, "/links/release", {}, key)[1] == {"released": len(held) - 1, "left": 0}
        assert book(shell, urls[5], times[5])[0] == 201
        used = call(shell, "/links?state=used", key=key)[1]["data"]
        assert len(used) == 6 - len(held) + 1


@pytest.mark.django_db(transaction=True)
def test_what_a_restore_that_was_cut_off_has_left_is_done_at_the_start(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    make.link(make.team().calendar)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {postgres.UNFINISHED} (it integer)")
    try:
        database_mark.mark_at_start()
        unfinished = postgres.is_restore_unfinished()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {postgres.UNFINISHED}")
    # SQLite has no such state: there the new file takes the old one's name when all is done.
    held = list_paused(None, now=clock.now()).count()
    assert (held, unfinished) == (1 if connection.vendor == "postgresql" else 0, False)


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="pg_dump is missing on this machine: install"):
        postgres.write_copy(tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_restore_that_is_cut_off_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    link = make.link(make.team().calendar)
    if connection.vendor == "postgresql":
        postgres.write_copy(tmp_path / "copy")

        def cut_off(reading: IO[bytes], writing: IO[bytes]) -> None:
            writing.write(reading.read(20_000))
            writing.flush()
            raise KeyboardInterrupt

        monkeypatch.setattr(postgres.shutil, "copyfileobj", cut_off)
        with pytest.raises(KeyboardInterrupt):
            postgres.put_in_place(tmp_path / "copy")
    # On SQLite the new file takes the place of the old one when all is done.
    assert not postgres.is_restore_unfinished()
    assert Link.objects.get().pk == link.pk


@pytest.mark.django_db(transaction=True)
def test_what_was_copied_is_older_from_then_on(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    make.link(make.team().calendar)
    database_mark.mark_at_start()
    in_the_copy = list(FolderMark.objects.all())
    backup.run(argparse.Namespace(file=str(tmp_path / "copy")))
    FolderMark.objects.all().delete()
    FolderMark.objects.bulk_create(in_the_copy)
    database_mark.mark_at_start()
    assert list_paused(None, now=clock.now()).count() == 1
    with pytest.raises(CopyFailed, match="none is written over"):
        backup.write_copy(tmp_path / "copy")


def test_one_byte_that_is_changed_or_missing_or_too_many_is_found(shell: Shell, tmp_path: Path) -> None:
    shell.says(*INIT)
    shell.says("backup", str(tmp_path / "copy"))
    whole = (tmp_path / "copy").read_bytes()
    damaged = tmp_path / "damaged"
    for at in range(len(whole) // 8, len(whole), len(whole) // 4):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        assert "damaged" in shell.run("restore", str(damaged), "--yes").stderr, at
    for changed in (whole[:-1], whole + b"x"):
        damaged.write_bytes(changed)
        assert "damaged" in shell.run("restore", str(damaged), "--yes").stderr
    assert "is put back" in shell.says("restore", str(tmp_path / "copy"), "--yes")


def test_after_a_stop_the_file_of_the_database_is_whole_by_itself(shell: Shell) -> None:
    slug = json.loads(shell.says(*INIT))["calendar"]["slug"]
    with shell.running():
        shell.says("mint", slug, "--count", "3")
    database = shell.settings["BOOKONCE_DATABASE_URL"].removeprefix("sqlite:///")
    # PostgreSQL has no such file.
    assert not Path(f"{database}-wal").exists()
