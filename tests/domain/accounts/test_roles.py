"""Which role may do what: one table, asked by every page."""

from __future__ import annotations

import pytest

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import access
from bookonce.domain.accounts.access import RULES, RoleForbids, Thing, Verb, may
from bookonce.domain.accounts.models import ApiKey, Member, Person
from bookonce.domain.accounts.operations import make_key
from bookonce.domain.accounts.queries import find_key, list_keys
from bookonce.foundation.errors import Forbidden, NotFound
from bookonce.foundation.tokens import public_id
from tests import make
from tests.make import NOW

OWNER, MEMBER = Member.Role.OWNER, Member.Role.MEMBER
Case = tuple[Member.Role, Verb, str, bool]
ALLOWED: list[Case] = [
    (OWNER, Verb.CHANGE_WORKSPACE, "workspace", True),
    (MEMBER, Verb.CHANGE_WORKSPACE, "workspace", False),
    (OWNER, Verb.READ_UNSENT_MAIL, "mail", True),
    (MEMBER, Verb.READ_UNSENT_MAIL, "mail", False),
    (OWNER, Verb.MANAGE_KEY, "own key", True),
    (MEMBER, Verb.MANAGE_KEY, "own key", True),
    (OWNER, Verb.MANAGE_KEY, "another's key", True),
    (MEMBER, Verb.MANAGE_KEY, "another's key", False),
]


def colleague(team: make.Team, role: str) -> Member:
    """Somebody else of this team, in this role."""
    person = Person.objects.create(name="Noa", email=f"noa.{role}@example.org", created_at=NOW)
    return Member.objects.create(workspace=team.workspace, person=person, role=role, created_at=NOW)


def thing_of(team: make.Team, member: Member, name: str) -> Thing:
    """What a member of the team does something with."""
    if name == "workspace":
        return team.workspace
    if name == "mail":
        return Delivery(workspace_id=team.workspace.pk)
    whose = member if name == "own key" else team.owner
    return make_key(whose, name=name, by="test", now=NOW)[0]


def test_the_table_is_whole() -> None:
    assert {verb for _, verb, _, _ in ALLOWED} == set(Verb) == set(RULES)
    assert {(role, verb) for role, verb, _, _ in ALLOWED} == {
        (role, verb) for role in Member.Role for verb in Verb
    }


@pytest.mark.parametrize("case", ALLOWED)
def test_who_may_do_what(hana: make.Team, sam: make.Team, case: Case) -> None:
    role, verb, name, allowed = case
    member = colleague(hana, role)
    thing = thing_of(hana, member, name)
    assert may(member, verb, thing) is allowed
    assert not may(sam.owner, verb, thing), "an owner elsewhere is nobody here"
    if allowed:
        access.require(member, verb, thing)
    else:
        with pytest.raises(RoleForbids):
            access.require(member, verb, thing)
    assert issubclass(RoleForbids, Forbidden)


@pytest.mark.parametrize("role", list(Member.Role))
def test_a_list_of_keys_holds_those_that_its_reader_may_manage(
    hana: make.Team, sam: make.Team, role: str
) -> None:
    member = colleague(hana, role)
    make_key(member, name="own", by="test", now=NOW)
    every = list(ApiKey.objects.select_related("member"))
    allowed = {key.pk for key in every if may(member, Verb.MANAGE_KEY, key)}
    assert {key.pk for key in list_keys(member)} == allowed
    for key in every:
        if key.pk in allowed:
            assert find_key(member, public_id("key", key.pk)) == key
        else:
            with pytest.raises(NotFound):
                find_key(member, public_id("key", key.pk))


def test_a_decision_asks_the_database_nothing(hana: make.Team, django_assert_num_queries: object) -> None:
    key = ApiKey.objects.select_related("member").get(member=hana.owner)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert may(hana.owner, Verb.MANAGE_KEY, key)
        assert may(hana.owner, Verb.CHANGE_WORKSPACE, hana.workspace)
