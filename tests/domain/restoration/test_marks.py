"""A database that is older than what a machine has served pauses links; nothing else does (promise 29)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bookonce.domain.links import pausing
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import state_of
from bookonce.domain.restoration import mark_file, operations
from bookonce.domain.restoration.mark_file import UNREADABLE, Mark
from bookonce.domain.restoration.models import DatabaseEpoch, FolderMark
from bookonce.domain.restoration.operations import KnownHistory, is_older, mark_database
from bookonce.foundation.database import failpoints
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db(transaction=True)

DEATH = "killed"


@pytest.mark.parametrize(
    ("mark", "epochs", "number", "older"),
    [
        (Mark("one", "here", 3), ["one"], 3, False),
        # Killed between the commit and the file.
        (Mark("one", "here", 3), ["one"], 4, False),
        (Mark("one", "here", 3), ["one"], 2, True),
        # The copy is older than this folder's first mark.
        (Mark("one", "here", 1), ["one"], 0, True),
        # Another machine has paused them since this one was last up.
        (Mark("one", "here", 9), ["one", "two"], 2, False),
        # And then a copy from before that was put back.
        (Mark("two", "here", 1), ["one"], 9, True),
        (UNREADABLE, ["one"], 9, True),
    ],
)
def test_what_is_older(mark: Mark, epochs: list[str], number: int, older: bool) -> None:
    assert is_older(mark, KnownHistory(epochs, number)) is older


class Database:
    """The tables of marks as a copy of the database has them: what was written later is forgotten."""

    def __init__(self) -> None:
        self.epochs, self.marks = list(DatabaseEpoch.objects.all()), list(FolderMark.objects.all())

    def put_back(self) -> None:
        DatabaseEpoch.objects.all().delete()
        FolderMark.objects.all().delete()
        DatabaseEpoch.objects.bulk_create(self.epochs)
        FolderMark.objects.bulk_create(self.marks)


def serve(folder: Path, *, at: Any = NOW, **how: Any) -> bool:
    folder.mkdir(exist_ok=True)
    return mark_database(folder, by="server", now=at, **how)


def state(link: Link) -> str:
    return state_of(Link.objects.get(pk=link.pk), now=NOW)


def test_starts_marks_and_machines_hold_nothing(tmp_path: Path) -> None:
    link = make.link(make.team().calendar)
    one, two = tmp_path / "one", tmp_path / "two"
    # A fresh folder, again and again, a second machine, and a clock that was set back by a day.
    for folder, at in (
        (one, NOW),
        (one, later(1)),
        (two, NOW),
        (one, later(-1440)),
        (two, later(9)),
        (one, NOW),
    ):
        assert serve(folder, at=at) is False
    # A folder that was lost, and one that was copied to another machine.
    shutil.rmtree(two)
    shutil.copytree(one, tmp_path / "copied")
    for folder in (two, tmp_path / "copied", one, tmp_path / "copied"):
        assert serve(folder) is False
    assert state(link) == "active"


def test_an_older_database_holds_the_links_once(tmp_path: Path) -> None:
    team = make.team()
    link, folder = make.link(team.calendar), tmp_path / "one"
    serve(folder)
    copy = Database()
    serve(folder)
    copy.put_back()
    assert serve(folder) is True
    assert state(link) == "paused"
    pausing.release_links(team.workspace.pk, by="test", now=NOW)
    assert [serve(folder) for _ in range(2)] == [False, False]
    assert state(link) == "active"
    # The same copy once more: the epoch that began with the pause is in no copy from before it.
    copy.put_back()
    assert serve(folder) is True


def test_another_machine_hides_nothing_and_holds_nothing_twice(tmp_path: Path) -> None:
    team = make.team()
    link, one, two, new = make.link(team.calendar), *(tmp_path / name for name in ("one", "two", "new"))
    for _ in range(3):
        serve(one)
        serve(two)
    copy = Database()
    for _ in range(5):
        serve(one)
        serve(two)
    copy.put_back()
    # A machine that has never served it cannot know; what it does hides nothing from the others.
    assert [serve(new) for _ in range(20)] == [False] * 20
    assert serve(one) is True
    pausing.release_links(team.workspace.pk, by="test", now=NOW)
    assert [serve(folder) for folder in (two, new, one, two)] == [False] * 4
    assert state(link) == "active"


def test_a_copy_from_before_there_were_epochs(tmp_path: Path) -> None:
    before = Database()
    team = make.team()
    link = make.link(team.calendar)
    assert serve(tmp_path / "one") is False, "an update holds nothing"
    before.put_back()
    assert serve(tmp_path / "one") is True
    assert state(link) == "paused"


def test_another_database_with_the_same_folder_is_its_own_matter(tmp_path: Path) -> None:
    link = make.link(make.team().calendar)
    serve(tmp_path / "one")
    mine = Database()
    Database.put_back(type("Empty", (), {"epochs": [DatabaseEpoch(number=1, begun_at=NOW)], "marks": []}))  # type: ignore[arg-type]
    assert [serve(tmp_path / "one") for _ in range(2)] == [False, False]
    mine.put_back()
    assert serve(tmp_path / "one") is False
    assert state(link) == "active"


def test_an_operator_says_that_it_was_restored(tmp_path: Path) -> None:
    link = make.link(make.team().calendar)
    serve(tmp_path / "one")
    assert serve(tmp_path / "one", restored=True) is True
    assert state(link) == "paused"
    assert serve(tmp_path / "one") is False


@pytest.mark.parametrize("point", ["pause.written", "mark.committed"])
def test_killed_at_any_point_it_is_found_out_at_the_next_start(tmp_path: Path, point: str) -> None:
    links = [make.link(make.team().calendar) for _ in range(2)]
    folder = tmp_path / "one"
    serve(folder)
    copy = Database()
    serve(folder)
    copy.put_back()

    def die(reached: str) -> None:
        if reached == point:
            raise KeyboardInterrupt(DEATH)

    failpoints.watch_failpoints(die)
    try:
        with pytest.raises(KeyboardInterrupt, match=DEATH):
            serve(folder)
    finally:
        failpoints.watch_failpoints(None)
    serve(folder)
    assert {state(link) for link in links} == {"paused"}
    assert serve(folder) is False


def test_the_file_is_private_and_whole(tmp_path: Path) -> None:
    make.link(make.team().calendar)
    serve(tmp_path)
    [path] = (tmp_path / "marks").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {"epoch", "folder", "number"}
    assert [one.name for one in (tmp_path / "marks").iterdir()] == [path.name]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"epoch": 1}', "\x00"])
def test_a_mark_that_cannot_be_read_is_not_taken_for_fine(tmp_path: Path, text: str) -> None:
    link = make.link(make.team().calendar)
    serve(tmp_path)
    [path] = (tmp_path / "marks").glob("*.json")
    path.write_text(text)
    assert serve(tmp_path) is True
    assert state(link) == "paused"
    assert serve(tmp_path) is False


def test_where_no_mark_can_be_kept_it_serves_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mark_file, "replace_file", full)
    assert serve(tmp_path) is False
    assert "No space left on device" in caplog.text
    assert operations.FolderMark.objects.count() == 1
