"""A workspace's accent: any colour, or ours."""

from __future__ import annotations

import pytest

from bookonce.domain.accounts.models import Workspace
from bookonce.foundation.errors import Invalid
from tests import make


@pytest.mark.parametrize(
    ("said", "kept"),
    [("#1F4FD0", "#1f4fd0"), ("ffcc00", "#ffcc00"), ("#FfF", "#ffffff"), ("14d", "#1144dd"), (" ", "")],
)
def test_an_accent_is_kept_as_a_colour(hana: make.Team, said: str, kept: str) -> None:
    make.restyled(hana.workspace, said)
    assert Workspace.objects.get(pk=hana.workspace.pk).accent == kept


@pytest.mark.parametrize("said", ["blue", "#ff", "#ffff", "##fff", "#1f4fd0;", "#1f4fd00"])
def test_what_is_no_colour_is_refused(hana: make.Team, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        make.restyled(hana.workspace, said)
    assert refused.value.data["errors"][0]["pointer"] == "/accent"
    assert Workspace.objects.get(pk=hana.workspace.pk).accent == ""
