"""Style and script files: kept for ever under an address that a change of any of them changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bookonce import assets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "page.css").write_text("a { color: red }")
    assets.digest.cache_clear()
    return tmp_path


def test_the_address_changes_with_the_files(folder: Path) -> None:
    before = assets.asset("css/page.css")
    assert before.startswith("/static/")
    assert before.endswith("/css/page.css")
    (folder / "css" / "page.css").write_text("a { color: blue }")
    assets.digest.cache_clear()
    assert assets.asset("css/page.css") != before
    assets.digest.cache_clear()
