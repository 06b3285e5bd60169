"""No installation's own key is part of the project."""

from __future__ import annotations

from tests.house.house import ROOT, name_of, tracked


def test_no_key_of_an_installation_is_kept_in_the_project() -> None:
    assert [name_of(path) for path in tracked() if path.name == "secret_key"] == []
    assert "secret_key" in (ROOT / ".gitignore").read_text().split()
