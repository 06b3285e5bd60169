"""Where style and script files lie, and the addresses under which they may be kept for ever.

An address carries a digest of all of them: whoever has a file under it never asks again, and the next
release has other addresses.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from whitenoise.compress import Compressor

FOLDER = Path(__file__).resolve().parents[2] / "static"


@lru_cache(maxsize=1)
def files_digest() -> str:
    """Twelve digits of the digest of every file, in the order of their names."""
    found = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        found.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


def static_prefix() -> str:
    """What every address of such a file begins with."""
    return f"/static/{files_digest()}/"


def compressed_copies(folder: Path) -> Path:
    """Where copies of the files lie beside their compressed forms, for whoever serves them.

    They are made there once for each release; where that is not possible, the files themselves must do.
    """
    made = folder / f"static-{files_digest()}"
    if made.is_dir():
        return made
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".static-", dir=folder))
    except OSError:
        return FOLDER
    try:
        shutil.copytree(FOLDER, part, dirs_exist_ok=True)
        for path in [path for path in part.rglob("*") if path.is_file()]:
            Compressor(quiet=True).compress(str(path))
        # Copies bring the rights of what they were made from; in the data folder all is for our eyes alone.
        for path in (part, *part.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        # Another process may have been faster: then its copy stays, and this one goes.
        part.rename(made)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
    return made if made.is_dir() else FOLDER


def asset_address(name: str) -> str:
    """The address of ``css/page.css``, for templates."""
    return static_prefix() + name


@lru_cache(maxsize=1)
def favicon_address() -> str:
    """Our mark as an address that holds the whole of it: no page waits for a request of its own."""
    return "data:image/svg+xml," + quote((FOLDER / "icon.svg").read_text().strip(), safe="/:=' ")
