"""Builds: what is set up, that each runs its own package, and a slice of a comparison from end to end."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from inspect import signature
from pathlib import Path

import pytest

from bench import builds, fill_by_api, inside, limit, world
from bench.builds import ROOT, Build, BuildUnusable, this_checkout
from bench.comparison import compare
from bench.figures import TINY
from bench.http_load import send
from bench.installations import new_installation
from bench.parts import booking, engine
from bench.servers import running

FULL = os.environ.get("BOOKONCE_TEST_FULL") == "1"


def unpacked_head(folder: Path) -> Build:
    """The last commit beside this checkout, run by this interpreter where it asks for the same packages."""
    commit = builds.commit_of("HEAD")
    builds.unpack(commit, folder)
    wanted = "requirements/base.txt"
    if (folder / wanted).read_text() != (ROOT / wanted).read_text():
        return builds.set_up_revision("HEAD")
    return Build("HEAD", folder, sys.executable, commit[:12])


def test_another_checkout_runs_its_own_package_though_this_one_is_installed(tmp_path: Path) -> None:
    other = Build("other", tmp_path, sys.executable, "")
    with pytest.raises(BuildUnusable, match="which is not in"):
        builds.require_own_package(other)
    (tmp_path / "bookonce").mkdir()
    (tmp_path / "bookonce" / "__init__.py").touch()
    builds.require_own_package(other)
    builds.require_own_package(this_checkout())


def test_an_unknown_revision_is_refused_in_a_sentence() -> None:
    with pytest.raises(BuildUnusable, match="git knows no revision no-such-thing"):
        builds.set_up_revision("no-such-thing")


def test_no_build_hears_what_another_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOOKONCE_PORT", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/elsewhere")
    environment = this_checkout().environment({"BOOKONCE_WORKERS": "2"})
    assert "/elsewhere" not in environment.values()
    assert environment["PYTHONPATH"] == str(ROOT)
    assert environment["BOOKONCE_WORKERS"] == "2"


def test_two_builds_are_filled_alike(tmp_path: Path) -> None:
    this, without = this_checkout(), Build("without", tmp_path, sys.executable, "")
    for build in builds.agree_on_filling(this, without):
        assert not build.fills_by_itself("bookings")
    for build in builds.agree_on_filling(this, this):
        assert build.fills_by_itself("bookings")
        assert not build.fills_by_itself("a verb of tomorrow")
    # A verb that takes something else is another verb.
    shutil.copytree(ROOT / "bench", tmp_path / "bench", ignore=shutil.ignore_patterns("plots"))
    (tmp_path / "bookonce").symlink_to(ROOT / "bookonce")
    world = tmp_path / "bench" / "world.py"
    world.write_text(world.read_text().replace("def calendar()", "def calendar(minutes: int)"))
    mine, _ = builds.agree_on_filling(this, without)
    assert not mine.fills_by_itself("calendar")
    assert mine.fills_by_itself("bookings")


def test_no_name_of_a_build_of_before_was_lost() -> None:
    # Renaming through the whole tree would make two equal names of a new and an old one.
    for names in [*inside.MODULES.values(), *inside.NAMES.values()]:
        assert len(names) >= 2
        assert len(set(names)) == len(names)


def test_a_fault_inside_a_module_is_no_other_layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_bench_part.py").write_text("import nothing_of_this_name")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(inside.MODULES, "clock", ("elsewhere.clock", "clock", "foundation.clock"))
    assert inside.module("clock").now
    monkeypatch.setitem(inside.MODULES, "clock", ("elsewhere.clock",))
    with pytest.raises(ModuleNotFoundError, match=r"none of elsewhere\.clock"):
        inside.module("clock")


def test_a_database_is_filled_through_commands_and_api() -> None:
    with new_installation(replace(this_checkout(), own_verbs=frozenset()), "sqlite") as here:
        rows = here.world("bookings", count=4, hosts=1)
        month = here.world("busy_month", busy=1)
        with running(here, BOOKONCE_WORKERS="1") as program:
            assert booking.book(program, rows, connections=2).count == 4
            send(program.port, [("GET", f"/o/{month['token']}", None)], connections=1).require_statuses(200)
    with pytest.raises(LookupError, match="no keys of rows"):
        limit.require_keys(rows)


def test_commands_and_api_fill_what_the_world_does() -> None:
    parameters = {name: [*signature(verb).parameters] for name, verb in world.VERBS.items()}
    outside = {name: [*signature(verb).parameters] for name, verb in fill_by_api.VERBS.items()}
    assert outside == {name: ["here", *more] for name, more in parameters.items()}


def test_a_slice_from_end_to_end(tmp_path: Path) -> None:
    """This build against the last commit: the engine in a process of each, and in full bookings over HTTP."""
    head = unpacked_head(tmp_path / "head")
    builds.require_own_package(head)
    this, other = builds.agree_on_filling(this_checkout(), head)
    openings = [engine.in_a_process, booking.on_sqlite] if FULL else [engine.in_a_process]
    for opening in openings:
        found = compare(opening, this, other, TINY)
        assert found.problems["this"] == []
        ours = {one.name for one in found.comparisons if one.this}
        theirs = {one.name for one in found.comparisons if one.other}
        assert ours == theirs, found.problems
        assert all(one.ratio for one in found.comparisons)
