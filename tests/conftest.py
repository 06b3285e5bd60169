"""The standing cast: host Hana, stranger Sam in another workspace, guest Gil."""

from __future__ import annotations

import pytest

from tests import make


@pytest.fixture
def hana(db: None) -> make.Team:
    """Hana's workspace: the one that most tests are about."""
    return make.team("Acme", "Hana")


@pytest.fixture
def sam(db: None) -> make.Team:
    """Sam's workspace, which must never see anything of Hana's."""
    return make.team("Elsewhere", "Sam")
