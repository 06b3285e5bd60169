"""QR codes are drawn in one place, with the border that readers look for."""

from __future__ import annotations

import re

from bookonce.interfaces.pages.qr_codes import qr_code_file
from tests.house.house import imports, module_of, product

# The finder pattern in the upper left corner is seven modules wide.
FIRST_ROW = re.compile(rb'd="M(\d+) (\d+)\.5h7m')


def quiet_zone(drawn: bytes) -> tuple[int, int]:
    """(columns, rows) of white before the code."""
    found = FIRST_ROW.search(drawn)
    assert found, drawn
    return int(found[1]), int(found[2])


def test_four_modules_around_the_code_are_white() -> None:
    """ISO/IEC 18004, 6.3.8."""
    assert quiet_zone(qr_code_file("https://example.org/o/x", "svg")) == (4, 4)


def test_no_other_room_draws_one() -> None:
    drawing = {
        module_of(path) for path in product() for _, name in imports(path) if name.split(".")[0] == "segno"
    }
    assert drawing == {"bookonce.interfaces.pages.qr_codes"}
