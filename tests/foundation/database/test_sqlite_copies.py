"""A copy of an SQLite database is whole, private and checked, or it is not there; damage is found."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bookonce.foundation.database.copies import sqlite
from bookonce.foundation.database.copies.contents import NEEDED, require_known_form
from bookonce.foundation.database.copies.errors import CopyFailed, CopyUnusable


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with the tables that are asked for, and 2,000 links."""
    path = tmp_path / "bookonce.sqlite3"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA journal_mode=WAL")
        for table in sorted(NEEDED):
            file.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, app TEXT, name TEXT)")
        file.execute("INSERT INTO django_migrations VALUES (1, 'bookonce', '0001_initial')")
        links = [(number, "", f"link {number}") for number in range(2000)]
        file.executemany("INSERT INTO bookonce_link VALUES (?, ?, ?)", links)
    return path


def restored(copy: Path, folder: Path) -> Path:
    target = folder / "restored"
    target.write_bytes(b"")
    sqlite.unpack_copy(copy, target)
    return target


def test_a_copy_is_private_and_comes_back_whole(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    # A writer is at work: what it has not committed is not in the copy.
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("INSERT INTO bookonce_booking VALUES (1, '', '')")
        contents = sqlite.write_copy(database, copy)
        writer.rollback()
    assert contents.summary == "0 workspaces, 2000 links, 0 bookings"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    with closing(sqlite3.connect(restored(copy, tmp_path))) as file:
        assert file.execute("SELECT count(*), max(name) FROM bookonce_link").fetchone() == (2000, "link 999")


def test_nothing_is_written_over(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(FileExistsError):
        sqlite.write_copy(database, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"
    with pytest.raises(CopyFailed):
        sqlite.write_copy(tmp_path / "nothing", tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bookonce.sqlite3", "copy"]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 5_000, 70_000])
def test_a_full_disk_leaves_no_half_file(database: Path, tmp_path: Path, size: int) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        # So that there is room for the database, and not for its copy, which cannot be made smaller.
        file.execute("CREATE TABLE noise AS SELECT randomblob(150000) AS it")
    with room_for(size), pytest.raises(CopyFailed, match="could not be written"):
        sqlite.write_copy(database, tmp_path / "copy")
    assert {path.name.split("-")[0] for path in tmp_path.iterdir()} == {"bookonce.sqlite3"}


def test_every_changed_or_missing_byte_is_found(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    sqlite.write_copy(database, copy)
    whole = copy.read_bytes()
    for place in (0, 3, 12, len(whole) // 2, len(whole) - 6, len(whole) - 1):
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        # What the header says of time and system is not the database: it may be anything.
        if place not in (3, 12):
            with pytest.raises(CopyUnusable):
                restored(copy, tmp_path)
    for length in (0, 1, 10, 100, len(whole) // 2, len(whole) - 1):
        copy.write_bytes(whole[:length])
        with pytest.raises(CopyUnusable):
            restored(copy, tmp_path)


def test_a_file_that_another_program_has_copied_is_taken_with_its_journal(
    database: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("INSERT INTO bookonce_booking VALUES (1, '', '')")
        writer.commit()
        for ending in ("", "-wal"):
            (other / f"copied{ending}").write_bytes(Path(f"{database}{ending}").read_bytes())
    with closing(sqlite3.connect(restored(other / "copied", tmp_path))) as file:
        assert file.execute("SELECT count(*) FROM bookonce_booking").fetchone() == (1,)
    cut = other / "copied"
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with pytest.raises(CopyUnusable):
        restored(cut, tmp_path)


def test_what_is_no_database_of_ours_or_a_newer_one_is_refused(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("INSERT INTO django_migrations VALUES (2, 'bookonce', '9999_from_the_future')")
    with pytest.raises(CopyUnusable, match="newer release"):
        require_known_form(sqlite.write_copy(database, tmp_path / "newer"))
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("DROP TABLE bookonce_link")
    with pytest.raises(CopyUnusable, match="no database of Bookonce"):
        require_known_form(sqlite.read_contents(database))
    (tmp_path / "text").write_text("This is no copy.")
    with pytest.raises(CopyUnusable, match="is no copy"):
        restored(tmp_path / "text", tmp_path)


def test_the_former_database_is_kept_with_its_journal(database: Path, tmp_path: Path) -> None:
    new, aside = tmp_path / "new", tmp_path / "aside"
    new.write_bytes(database.read_bytes())
    # A damaged file, whose journal cannot be settled any more.
    database.write_bytes(b"damaged")
    Path(f"{database}-wal").write_bytes(b"its journal")
    sqlite.put_in_place(new, database, aside)
    assert (aside.read_bytes(), Path(f"{aside}-wal").read_bytes()) == (b"damaged", b"its journal")
    assert not new.exists()
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT count(*) FROM bookonce_link").fetchone() == (2000,)


def test_the_journal_of_a_database_that_is_gone_does_not_spoil_the_new_one(
    database: Path, tmp_path: Path
) -> None:
    copy, new, aside = tmp_path / "copy", tmp_path / "new", tmp_path / "aside"
    sqlite.write_copy(database, copy)
    with closing(sqlite3.connect(database)) as killed:
        killed.execute("DELETE FROM bookonce_link")
        killed.commit()
        journal = Path(f"{database}-wal").read_bytes()
    # Killed, and its file taken away by hand, but not what lies beside it.
    database.unlink()
    Path(f"{database}-wal").write_bytes(journal)
    new.write_bytes(b"")
    sqlite.unpack_copy(copy, new)
    sqlite.put_in_place(new, database, aside)
    assert Path(f"{aside}-wal").read_bytes() == journal
    assert not aside.exists()
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT count(*) FROM bookonce_link").fetchone() == (2000,)
