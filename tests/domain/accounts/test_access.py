"""Who may do what is decided in one place, and a miss tells nothing."""

from __future__ import annotations

import pytest

from bookonce.domain.accounts.access import Unauthorized, authenticate_key, memberships_of
from bookonce.domain.accounts.models import ApiKey, Member, Person
from bookonce.domain.accounts.operations import make_key, slug_of
from bookonce.domain.accounts.passwords import set_first_password
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation.errors import Forbidden, Invalid
from tests import make
from tests.make import NOW, later


def test_a_key_opens_its_members_workspace(hana: make.Team) -> None:
    visitor = authenticate_key(f"Bearer {hana.api_key}", now=NOW)
    assert visitor.workspace_id == hana.workspace.pk
    visitor.need("links:write")


@pytest.mark.parametrize(
    "wrong", ["", "Bearer", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x", "Bearer bko_"]
)
def test_anything_else_opens_nothing(hana: make.Team, wrong: str) -> None:
    with pytest.raises(Unauthorized):
        authenticate_key(wrong.format(key=hana.api_key), now=NOW)


def test_an_expired_or_revoked_key_opens_nothing(hana: make.Team) -> None:
    _, short = make_key(hana.owner, name="short", expires_at=later(5), by="test", now=NOW)
    assert authenticate_key(f"Bearer {short}", now=later(4))
    with pytest.raises(Unauthorized):
        authenticate_key(f"Bearer {short}", now=later(5))
    ApiKey.objects.update(revoked_at=NOW)
    with pytest.raises(Unauthorized):
        authenticate_key(f"Bearer {hana.api_key}", now=NOW)


def test_a_key_may_only_what_its_scopes_say(hana: make.Team) -> None:
    _, key = make_key(hana.owner, name="reader", scopes=("links:read",), by="test", now=NOW)
    visitor = authenticate_key(f"Bearer {key}", now=NOW)
    visitor.need("links:read")
    with pytest.raises(Forbidden, match="links:write"):
        visitor.need("links:write")


def test_no_key_stands_in_the_database(hana: make.Team) -> None:
    assert hana.api_key not in str(list(ApiKey.objects.values()))


def test_a_first_password_is_set_once(db: None) -> None:
    founded = found_with_owner(
        "A", owner_name="B", owner_email="b@example.org", zone="UTC", password=None, now=NOW
    )
    secret = founded.setup_secret or ""
    assert not Person.objects.get().has_usable_password()
    assert set_first_password(secret, "a password that is long", now=NOW) is not None
    assert Person.objects.get().check_password("a password that is long")
    assert set_first_password(secret, "another one", now=NOW) is None


def test_a_first_password_is_set_within_a_week(db: None) -> None:
    founded = found_with_owner(
        "A", owner_name="B", owner_email="b@example.org", zone="UTC", password=None, now=NOW
    )
    secret, week = founded.setup_secret or "", 7 * 24 * 60
    assert set_first_password(secret, "a password that is long", now=later(week)) is None
    assert set_first_password(secret, "a password that is long", now=later(week - 1)) is not None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("Zahnärzte & Söhne", "zahnarzte-sohne"),
        ("  A  b ", "a-b"),
        ("日本", "workspace"),
        ("Straße", "strasse"),
    ],
)
def test_an_address_is_the_name_in_ascii(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_workspace_is_founded_whole_or_not_at_all(hana: make.Team) -> None:
    with pytest.raises(Invalid) as refused:
        found_with_owner(" ", owner_name="", owner_email="nobody", zone="Mars/Base", password=None, now=NOW)
    assert len(refused.value.data["errors"]) == 4
    email = hana.owner.person.email
    with pytest.raises(Invalid):
        found_with_owner("Twin", owner_name="H", owner_email=email, zone="UTC", password=None, now=NOW)
    assert type(hana.workspace).objects.count() == 1


def test_workspaces_come_by_name_on_either_database(hana: make.Team) -> None:
    for name in ("beta", "Zeta"):
        Member.objects.create(
            workspace=make.team(name, owner="Sam").workspace, person=hana.owner.person, created_at=NOW
        )
    seats = memberships_of(hana.owner.person)
    assert [seat.workspace.name for seat in seats] == ["Acme", "beta", "Zeta"]
