"""Commands that only make sense where Bookonce has been used before begin nothing new."""

from __future__ import annotations

from bookonce.foundation.environment import installation_files
from bookonce.foundation.errors import Refused, Sentence


class NoInstallation(Refused):
    """Nothing has been begun with these settings."""

    title = "There is no Bookonce here"


def require_installation() -> None:
    """Raise ``NoInstallation`` where no file is there that an earlier start would have made.

    Before Django reads its settings, which makes the data folder and a secret.
    """
    files = installation_files()
    # One of them is enough: whoever has lost the secret alone is told so later (secret_key.py).
    if files and not any(file.is_file() for file in files):
        raise NoInstallation(Sentence(NOT_HERE, what=f"{files[0]} does not exist"))


def empty_database() -> NoInstallation:
    """The refusal of a database that has no tables yet."""
    return NoInstallation(Sentence(NOT_HERE, what="the database has no tables"))


NOT_HERE = (
    "There is no Bookonce here: {what}. Go to the folder in which `bookonce serve` was started, or name its "
    "data: BOOKONCE_DATA=/path/to/data (and BOOKONCE_DATABASE_URL, where it is set there). "
    "A new one begins with `bookonce serve` or `bookonce init`."
)
