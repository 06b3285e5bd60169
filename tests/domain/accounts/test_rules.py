"""What people say of themselves, their workspace and their keys is judged by the operation."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.domain.accounts.models import ApiKey, Person, Workspace
from bookonce.domain.accounts.operations import SCOPES, make_key
from bookonce.domain.accounts.profile import change_profile
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation.errors import Invalid
from tests import make
from tests.make import NOW

LONG = "x" * 121


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error["pointer"] for error in refused.value.data["errors"]]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": LONG}, ["/name"]),
        ({"scopes": ()}, ["/scopes"]),
        ({"scopes": ("links:read", "everything")}, ["/scopes"]),
        ({"name": "", "scopes": ()}, ["/name", "/scopes"]),
    ],
)
def test_a_key_has_a_name_and_may_do_something_that_there_is(
    hana: make.Team, said: dict[str, Any], wrong: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        make_key(hana.owner, **({"name": "CRM", "scopes": SCOPES} | said), by="test", now=NOW)
    assert pointers(refused) == wrong
    assert ApiKey.objects.count() == 1, "only the one that was there"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"zone": "Mars/Base"}, ["/zone"]),
        ({"language": "xx"}, ["/language"]),
        ({"clock": "13"}, ["/clock"]),
        ({"name": LONG, "zone": ""}, ["/name", "/zone"]),
    ],
)
def test_somebody_reads_by_what_there_is(hana: make.Team, said: dict[str, str], wrong: list[str]) -> None:
    sound = {"name": "Hana", "zone": "Europe/Berlin", "language": "", "clock": ""}
    with pytest.raises(Invalid) as refused:
        change_profile(hana.owner.person, **(sound | said))
    assert pointers(refused) == wrong
    assert Person.objects.get(pk=hana.owner.person_id).zone == "Europe/Berlin"
    change_profile(hana.owner.person, **sound)


def test_names_that_cannot_be_kept_found_nothing(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        found_with_owner(
            LONG, owner_name=LONG, owner_email="b@example.org", zone="UTC", password=None, now=NOW
        )
    assert pointers(refused) == ["/workspace", "/owner_name"]
    assert not Workspace.objects.exists()


def test_a_second_workspace_of_a_name_has_a_slug_that_it_could_choose(db: None) -> None:
    """The place of the number is where a word ends: no hyphen is left there to be doubled."""
    name = f"{'a' * 54} bcd"
    first, second = make.team(name).workspace, make.team(name).workspace
    assert (first.slug, second.slug) == (f"{'a' * 54}-bcd", f"{'a' * 54}-2")
