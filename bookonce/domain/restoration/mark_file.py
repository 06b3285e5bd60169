"""The mark of a data folder: what its server last knew of a database, in a small file for each database."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from bookonce.foundation.database.copies.files import replace_file

FOLDER = "marks"
"""Where the files lie in the data folder."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The epoch of the database and the number of this folder when the file was written."""

    epoch: str
    folder: str
    number: int


UNREADABLE = Mark("", "", 0)
"""A mark that knows an epoch which no database knows: what cannot be read is not taken for fine."""


def read_mark(data: Path, database: uuid.UUID) -> Mark | None:
    """The mark for the database whose first epoch has this key; None where this folder has not served it."""
    try:
        kept = json.loads(_path(data, database).read_text(encoding="utf-8"))
        return Mark(str(kept["epoch"]), str(uuid.UUID(kept["folder"])), int(kept["number"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return UNREADABLE


def write_mark(data: Path, database: uuid.UUID, mark: Mark) -> None:
    """Keep the mark, whole or not at all; raise ``OSError`` where it cannot be written."""
    path = _path(data, database)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    replace_file(path, json.dumps(asdict(mark)).encode())


def has_marks(data: Path) -> bool:
    """Whether this folder has served any database."""
    return any((data / FOLDER).glob("*.json"))


def lock_path(data: Path) -> Path:
    """The file whose lock one process of a machine holds, which keeps the mark."""
    (data / FOLDER).mkdir(mode=0o700, exist_ok=True)
    return data / FOLDER / "lock"


def _path(data: Path, database: uuid.UUID) -> Path:
    return data / FOLDER / f"{database}.json"
