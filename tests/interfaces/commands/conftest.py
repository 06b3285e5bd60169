"""A shell for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interfaces.commands.shell import Shell, free_port


@pytest.fixture
def shell(own_database: str, tmp_path: Path) -> Shell:
    """A shell whose database is migrated and empty."""
    return Shell(
        {
            "BOOKONCE_DATABASE_URL": own_database,
            "BOOKONCE_DATA": str(tmp_path / "data"),
            "BOOKONCE_PORT": str(free_port()),
        }
    )
