"""The house as its tests see it: the files that git knows, their syntax, the floor each room is on."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools import floor_plan

ROOT = Path(__file__).resolve().parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked(*patterns: str) -> list[Path]:
    """The files that are, or are about to be, in git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({path for name in out.split("\0") if name and (path := ROOT / name).is_file()})


def product() -> list[Path]:
    """The product's Python, without the migrations, which a tool writes."""
    return [path for path in tracked("bookonce/*.py") if "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """`bookonce/domain/links/__init__.py` is `bookonce.links`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str | None:
    """The room of the plan that a module lies in: the longest that its dotted name begins with.

    `bookonce.domain.links.operations` is in the room `domain.links`. A module that the plan does not know is
    in the room of its first name; what is not ours is in none, and neither is a folder of nothing but rooms.
    """
    first, _, rest = module.partition(".")
    if first != "bookonce" or not rest:
        return None
    parts = rest.split(".")
    if any(room.startswith(f"{rest}.") for room in floors()):
        return None
    known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((room for room in known if room in floors()), parts[0])


@cache
def floors() -> dict[str, int]:
    """Room → level, as the list in docs/architecture.md says; each step of a floor is a level."""
    steps = [step for _, steps in floor_plan.floors() for step in steps]
    return {room.replace("/", "."): len(steps) - number for number, step in enumerate(steps) for room in step}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, those inside functions and for types too."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
                base = f"{above}.{base}".rstrip(".")
            # `from bookonce import tokens` names its module last
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
