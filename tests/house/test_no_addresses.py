"""No registry's host and no path of the machine it was written on stands in the project or its history."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.house import ROOT, name_of, tracked

# In pieces, so that this file does not hold what it looks for.
KNOWN = [
    ".".join(parts)
    for parts in (
        ("files", "pythonhosted", "org"),
        ("pypi", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
]
SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")
ASK = (
    ["pip", "config", "list"],
    [sys.executable, "-m", "pip", "config", "list"],
    ["npm", "config", "get", "registry"],
)
APT = [Path("/etc/apt/sources.list"), *Path("/etc/apt").glob("sources.list.d/*")]


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _hosts() -> set[str]:
    """The registries of this machine, as its own clients are set up."""
    told = [os.environ.get(name, "") for name in SETTINGS] + [_said(command) for command in ASK]
    told += [path.read_text(errors="replace") for path in APT if path.is_file()]
    found = re.findall(r"https?://(?:[^@/\s']*@)?([\w.-]+\.[a-z]{2,})", "\n".join(told))
    return set(found)


def _paths() -> set[str]:
    """Where this checkout and its owner live; a path so short that it says nothing is left out."""
    lived_in = {path for path in (ROOT, ROOT.parent) if len(path.parts) > 2} | {Path.home()}
    return {f"{path}/" for path in lived_in if path != Path("/")}


def _forbidden() -> list[str]:
    return sorted({*KNOWN, *_hosts(), *_paths()})


def test_no_file_says_where_things_came_from() -> None:
    pattern = re.compile("|".join(map(re.escape, _forbidden())))
    hits = [
        f"{name_of(path)}:{number} {line.strip()[:120]}"
        for path in tracked()
        if path.suffix not in {".png", ".ico", ".woff2"}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not hits, "\n".join(hits)


def test_no_commit_message_does() -> None:
    pattern = re.compile("|".join(map(re.escape, _forbidden())))
    hits = [
        line
        for line in _said(["git", "log", "-500", "--format=%h %s%n%b"]).splitlines()
        if pattern.search(line)
    ]
    assert not hits, "\n".join(hits)
