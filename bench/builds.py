"""Builds that can be measured: a checkout, the interpreter that runs it, and the commit it is.

Two builds that are compared are set up alike: each is a copy of its files below ``artefacts/builds``, with an
environment that its own ``make setup`` made and bytecode that is already there. Nothing of one can reach the
other: a child's import path begins with its own checkout, and ``require_own_package`` proves that it is used.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "artefacts" / "builds"
"""Where builds are kept between runs; git ignores it and ``make clean`` removes it."""

KEPT = {".venv", ".tools"}
# What this process was told about itself (a run of make, a virtual environment) is not for others.
OURS_ALONE = ("BOOKONCE_", "DJANGO_", "PYTHON", "MAKE", "MFLAGS", "ARGS", "VIRTUAL_ENV", "UV_PROJECT")

LIST_VERBS = """
import inspect, json, os
from bench import world
# An installed checkout must not lend its own where this one has none.
assert os.path.realpath(world.__file__).startswith(os.getcwd() + os.sep)
print(json.dumps({name: list(inspect.signature(verb).parameters) for name, verb in world.VERBS.items()}))
"""


class BuildUnusable(RuntimeError):
    """A revision that is unknown, cannot be set up, or would run another build's package."""


@dataclass(frozen=True)
class Build:
    """One build. ``name`` is what a person asked for, ``commit`` what it was found to be."""

    name: str
    root: Path
    python: str
    commit: str
    own_verbs: frozenset[str] | None = None
    """The verbs of its own ``bench.world`` that fill a database (None: all); others use commands and API."""

    def environment(self, settings: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a child of this build finds in its environment: this checkout first, and these settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS_ALONE)}
        return kept | {"PYTHONPATH": str(self.root)} | dict(settings or {})

    def run(self, *arguments: str, given: str = "", settings: Mapping[str, str] | None = None) -> str:
        """Run this build's interpreter in its checkout and answer what it prints."""
        done = subprocess.run(
            [self.python, *arguments],
            env=self.environment(settings), cwd=self.root, input=given, text=True, capture_output=True,
        )  # fmt: skip
        if done.returncode:
            what = " ".join(each.partition("\n")[0] for each in arguments[:3])
            raise RuntimeError(f"{what} failed: {done.stderr[-2000:]}")
        return done.stdout

    def fills_by_itself(self, verb: str) -> bool:
        return self.own_verbs is None or verb in self.own_verbs


def this_checkout() -> Build:
    """The files that this bench itself lies among, run by its own interpreter."""
    return Build("this", ROOT, sys.executable, _described_head())


def require_own_package(build: Build) -> None:
    """Refuse a build whose children would import another checkout's package, such as an installed one."""
    printed = build.run("-c", "import bookonce; print(bookonce.__file__)").strip()
    if not Path(printed).resolve().is_relative_to(build.root.resolve()):
        raise BuildUnusable(f"{build.name} would run {printed}, which is not in {build.root}")


def agree_on_filling(first: Build, second: Build) -> tuple[Build, Build]:
    """Both builds, told to fill their databases alike: by their own worlds where both know the verb."""
    known = _verbs(first).items() & _verbs(second).items()
    common = frozenset(name for name, _ in known)
    return replace(first, own_verbs=common), replace(second, own_verbs=common)


def _verbs(build: Build) -> dict[str, tuple[str, ...]]:
    try:
        told = json.loads(build.run("-c", LIST_VERBS))
    except (RuntimeError, ValueError):
        return {}
    return {name: tuple(parameters) for name, parameters in told.items()}


# --- setting up -----------------------------------------------------------------------------------


def set_up_revision(revision: str) -> Build:
    """The build of a revision, checked out below the cache once for each commit."""
    commit = commit_of(revision)
    folder = CACHE / commit[:12]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        # Unpacked aside and then named, so that a run that was broken off leaves no half of a checkout.
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="unpacking-") as aside:
            unpack(commit, Path(aside) / "checkout")
            (Path(aside) / "checkout").rename(folder)
    return _set_up(revision, folder, commit[:12])


def set_up_working_tree() -> Build:
    """The build of the files as they are now, copied so that what is edited meanwhile is not measured."""
    folder = CACHE / "working-tree"
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.name not in KEPT:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        source, target = ROOT / name, folder / name
        if name and (source.is_file() or source.is_symlink()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    return _set_up("this", folder, _described_head())


def unpack(commit: str, folder: Path) -> None:
    """The files of a commit, in a new folder."""
    folder.mkdir(parents=True)
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        _git("archive", "--format=tar", f"--output={archive.name}", commit)
        subprocess.run(["tar", "-xf", archive.name, "-C", folder], check=True)


def commit_of(revision: str) -> str:
    """The whole name of the commit that a revision means."""
    try:
        return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except subprocess.CalledProcessError:
        raise BuildUnusable(f"git knows no revision {revision}") from None


def compile_bytecode(build: Build) -> None:
    """Have bytecode ready, so that no start pays for it."""
    build.run("-m", "compileall", "-q", "bookonce")
    build.run("-m", "bookonce.cli", "--version")


def _set_up(name: str, folder: Path, commit: str) -> Build:
    build = Build(name, folder, str(folder / ".venv" / "bin" / "python"), commit)
    # The same Python on both sides, whatever `python3` happens to be.
    interpreter = f"PYTHON={os.path.realpath(sys.executable)}"
    done = subprocess.run(
        ["make", "setup", interpreter], cwd=folder, env=_without_path(build), text=True, capture_output=True
    )
    if done.returncode:
        raise BuildUnusable(f"make setup of {name} failed: {done.stderr[-2000:]}")
    require_own_package(build)
    compile_bytecode(build)
    return build


def _without_path(build: Build) -> dict[str, str]:
    return {name: value for name, value in build.environment().items() if name != "PYTHONPATH"}


def _described_head() -> str:
    """The commit that lies here, and whether something was changed since."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD").strip()
        return f"{head} with changes" if _git("status", "--porcelain").strip() else head
    except (subprocess.CalledProcessError, FileNotFoundError):
        return "no commit"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, text=True, capture_output=True, check=True)
    return done.stdout
