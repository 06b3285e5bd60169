"""A room imports from lower rooms only, never from its own step; the plan is in docs/architecture.md."""

from __future__ import annotations

import sys

import pytest

from tests.house.house import ROOT, floors, imports, module_of, name_of, product, room_of, tracked
from tools import floor_plan

ROOMS = sorted({room for path in product() if (room := room_of(module_of(path)))})


@pytest.mark.parametrize("room", ROOMS)
def test_the_plan_has_every_room(room: str) -> None:
    assert room in floors(), f"say in docs/architecture.md on which floor {room} is"


def test_the_plan_has_no_room_that_is_not_built_or_named() -> None:
    level = floors()
    assert (
        level["domain.bookings"]
        > level["domain.links"]
        > level["delivery.outbox"]
        > level["foundation.clock"]
    )
    missing = [room for room in level if room not in ROOMS]
    assert not missing, f"docs/architecture.md names what is not there: {missing}"


def test_the_picture_shows_the_plan() -> None:
    shown = floor_plan.PICTURE.read_text()
    assert shown == floor_plan.drawn(floor_plan.floors()), "make plan"


def test_the_top_of_the_package_says_what_it_is() -> None:
    top = {path.relative_to(ROOT / "bookonce").parts[0] for path in tracked("bookonce/*")}
    assert len(top) <= 16, sorted(top)


def test_arrows_point_down() -> None:
    wrong = []
    for path in product():
        room = room_of(module_of(path))
        if room is None:
            continue
        for line, module in imports(path):
            other = room_of(module)
            if other in floors() and other != room and floors()[other] >= floors().get(room, 0):
                wrong.append(f"{name_of(path)}:{line} {room} (floor {floors().get(room)}) imports {module}")
    assert not wrong, "\n".join(wrong)


def test_the_engine_is_standard_library_only() -> None:
    foreign = [
        f"{name_of(path)}:{line} {module}"
        for path in product()
        if path.parent.name == "availability"
        for line, module in imports(path)
        if module.split(".")[0] not in sys.stdlib_module_names and room_of(module) != room_of(module_of(path))
    ]
    assert not foreign, "\n".join(foreign)
