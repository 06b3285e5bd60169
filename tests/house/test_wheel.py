"""A wheel holds all that the product reads, not its modules alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

from flit_core.wheel import make_wheel_in

from tests.house.house import ROOT, name_of, tracked


def test_every_file_of_the_package_is_in_the_wheel(tmp_path: Path) -> None:
    made = make_wheel_in(ROOT / "pyproject.toml", tmp_path)
    packed = set(zipfile.ZipFile(made.file).namelist())
    assert "bookonce/locale/time_zone_names.tsv" in packed
    missing = {name_of(path) for path in tracked("bookonce/*")} - packed
    assert not missing
