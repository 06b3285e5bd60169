"""Style and script files, under addresses that browsers may cache for ever.

An address contains a digest of all files, so that every release has its own.
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
    """Twelve hexadecimal digits of the digest over all files."""
    found = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        # With its path, so that a renamed file changes the digest; the zero byte separates path and content.
        found.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


def static_prefix() -> str:
    """The prefix of every file's address."""
    return f"/static/{files_digest()}/"


def compressed_copies(folder: Path) -> Path:
    """The folder with copies of the files beside their compressed forms, which the server sends.

    It is filled once for each release; where that fails, it is the folder of the files themselves.
    """
    made = folder / f"static-{files_digest()}"
    if made.is_dir():
        return made
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In the same folder, because a rename is atomic only within one file system.
        part = Path(tempfile.mkdtemp(prefix=".static-", dir=folder))
    except OSError:
        return FOLDER
    try:
        shutil.copytree(FOLDER, part, dirs_exist_ok=True)
        for path in [path for path in part.rglob("*") if path.is_file()]:
            Compressor(quiet=True).compress(str(path))
        # Copies keep the permissions of the originals; in the data folder only this user may read.
        for path in (part, *part.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        # Another process may have been faster: then its copy stays, and this one is removed.
        part.rename(made)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
    return made if made.is_dir() else FOLDER


def asset_address(name: str) -> str:
    """The address of ``css/bookonce.css``, for templates."""
    return static_prefix() + name


@lru_cache(maxsize=1)
def favicon_address() -> str:
    """The icon as a data address, which costs pages no request."""
    return "data:image/svg+xml," + quote((FOLDER / "icon.svg").read_text().strip(), safe="/:=' ")
