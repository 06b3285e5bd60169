"""Style and script files: kept for ever under an address that a change of any of them changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bookonce.interfaces.pages import assets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "page.css").write_text("a { color: red }")
    assets.files_digest.cache_clear()
    return tmp_path


def test_the_address_changes_with_the_files(folder: Path) -> None:
    before = assets.asset_address("css/page.css")
    assert before.startswith("/static/")
    assert before.endswith("/css/page.css")
    (folder / "css" / "page.css").write_text("a { color: blue }")
    assets.files_digest.cache_clear()
    assert assets.asset_address("css/page.css") != before
    assets.files_digest.cache_clear()


def test_compressed_forms_lie_beside_copies_and_are_made_once(folder: Path, tmp_path_factory: Any) -> None:
    (folder / "css" / "page.css").write_text("a { color: red }\n" * 200)
    data = tmp_path_factory.mktemp("data")
    made = assets.compressed_copies(data)
    names = sorted(path.name for path in (made / "css").iterdir())
    assert names == ["page.css", "page.css.br", "page.css.gz"]
    assert (made / "css" / "page.css.br").stat().st_size < 100
    assert assets.compressed_copies(data) == made
    assert [path.name for path in data.iterdir()] == [made.name], "nothing is left lying about"
    assets.files_digest.cache_clear()


def test_where_nothing_can_be_written_the_files_are_served_as_they_are(folder: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert assets.compressed_copies(in_the_way) == folder
    assets.files_digest.cache_clear()
