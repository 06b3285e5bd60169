"""Settings → API keys, and Settings → Workspace; each in its own workspace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from bookonce.domain.accounts.models import ApiKey, Member, Person, Workspace
from bookonce.domain.accounts.operations import SCOPES, make_key
from bookonce.foundation import tokens
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.conftest import sat_down
from tests.interfaces.host.reading import read

pytestmark = pytest.mark.django_db

KEYS, NEW, WORKSPACE = "/settings/keys", "/settings/keys/new", "/settings/workspace"


def _made(answer) -> str:
    return re.findall(r'value="(bko_\w+)"', answer.content.decode())[0]


def _me(key: str):
    return Client().get("/api/v1/me", headers={"authorization": f"Bearer {key}"})


def test_a_key_is_shown_once_and_works(desk: Client, hana: make.Team) -> None:
    answer = desk.post(NEW, {"name": "Our CRM", "preset": "links", "lives": "90"})
    assert answer.status_code == 201
    key = _made(answer)
    assert set(_me(key).json()["scopes"]) == {"calendars:read", "links:read", "links:write"}
    assert "See calendars and their free times; see, create and revoke" in desk.get(NEW).content.decode()
    page = desk.get(KEYS).content.decode()
    assert "Our CRM" in page
    assert key not in page
    assert key not in str(list(ApiKey.objects.values()))


def test_everything_and_one_by_one(desk: Client, hana: make.Team) -> None:
    key = _made(desk.post(NEW, {"name": "All", "preset": "everything", "lives": ""}))
    assert set(_me(key).json()["scopes"]) == set(SCOPES)
    assert ApiKey.objects.get(name="All").expires_at is None
    few = {"name": "Few", "preset": "", "scopes": ["bookings:read", "x"], "lives": "30"}
    key = _made(desk.post(NEW, few))
    assert _me(key).json()["scopes"] == ["bookings:read"]


def test_it_ends_by_itself(hana: make.Team, time: Time) -> None:
    desk = sat_down(Client(), hana)
    key = _made(desk.post(NEW, {"name": "Short", "preset": "links", "lives": "30"}))
    made = ApiKey.objects.get(name="Short")
    assert made.expires_at - made.created_at == timedelta(days=30)
    time.passes(30 * 86400)
    assert _me(key).status_code == 401


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Give the key a name of at most 120 characters"),
        ({"name": "x" * 121}, "Shorten this to 120 characters."),
        ({"preset": ""}, "Tick at least one thing"),
        ({"lives": "7"}, "Choose how long the key lives."),
    ],
)
def test_what_cannot_be_taken_is_named(desk: Client, said: dict[str, str], words: str) -> None:
    answer = desk.post(NEW, {"name": "Our CRM", "preset": "links", "lives": "90"} | said)
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2
    assert ApiKey.objects.count() == 1, "only the one that was there"


def test_a_key_is_revoked_after_a_question(desk: Client, hana: make.Team) -> None:
    made, key = make_key(hana.owner, name="Old", by="test", now=make.NOW)
    page = f"{KEYS}/{tokens.public_id('key', made.pk)}/revoke"
    assert desk.get(page).status_code == 200
    assert _me(key).status_code == 200
    assert desk.post(page).status_code == 303
    assert _me(key).status_code == 401
    assert "Old" not in desk.get(KEYS).content.decode().partition("<main")[2].partition("<ul")[2]
    made.refresh_from_db()
    revoked_at = made.revoked_at
    for again in (desk.post, desk.get):
        assert again(page).headers["Location"] == KEYS
        assert "“Old” is revoked already, since" in read(desk.get(KEYS))
    made.refresh_from_db()
    assert made.revoked_at == revoked_at


def test_nobody_sees_or_revokes_another_workspaces_keys(desk: Client, sam: make.Team) -> None:
    made, key = make_key(sam.owner, name="Sams key", by="test", now=make.NOW)
    assert "Sams key" not in desk.get(KEYS).content.decode()
    page = f"{KEYS}/{tokens.public_id('key', made.pk)}/revoke"
    assert desk.get(page).status_code == 404
    assert desk.post(page).status_code == 404
    assert _me(key).status_code == 200


def _theo(team: make.Team) -> Member:
    """A teammate who owns nothing."""
    person = Person.objects.create(email="theo@example.org", name="Theo", created_at=make.NOW)
    return Member.objects.create(workspace=team.workspace, person=person, created_at=make.NOW)


def test_a_teammate_sees_their_own_an_owner_all(desk: Client, hana: make.Team) -> None:
    theo = _theo(hana)
    made, _ = make_key(hana.owner, name="Hanas key", by="test", now=make.NOW)
    make_key(theo, name="Theos key", by="test", now=make.NOW)
    his = Client()
    his.force_login(theo.person)
    assert "Hanas key" not in his.get(KEYS).content.decode()
    assert his.post(f"{KEYS}/{tokens.public_id('key', made.pk)}/revoke").status_code == 404
    page = desk.get(KEYS).content.decode()
    assert "Hanas key" in page
    assert "Theos key" in page


# --- the workspace ---

SAID = {
    "name": "Acme Berlin",
    "slug": "acme-berlin",
    "link_days": "14",
    "accent": "#AA3300",
    "language": "de",
}


def test_an_owner_changes_the_workspace(desk: Client, hana: make.Team) -> None:
    assert desk.post(WORKSPACE, SAID).status_code == 303
    now = Workspace.objects.get(pk=hana.workspace.pk)
    assert (now.name, now.slug, now.link_days, now.accent) == ("Acme Berlin", "acme-berlin", 14, "#aa3300")
    assert now.language == "de"
    assert 'value="de" selected>Deutsch' in desk.get(WORKSPACE).content.decode()
    assert Client().get(f"/c/acme-berlin/{hana.calendar.slug}").status_code == 200
    assert Client().get(f"/c/{hana.workspace.slug}/{hana.calendar.slug}").status_code == 404
    desk.post(WORKSPACE, SAID | {"link_days": "", "accent": ""})
    now.refresh_from_db()
    assert (now.link_days, now.accent) == (None, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        *[("slug", slug) for slug in ("", "Acme", "a--b", "-a", "a/b", "ä", "x" * 61)],
        *[("link_days", days) for days in ("0", "-1", "3651", "two", "1.5", "²")],
        pytest.param("link_days", "9" * 5000, id="link_days-endless"),
        ("accent", "reddish"),
        *[("language", language) for language in ("", "fr", "de-DE")],
    ],
)
def test_what_the_workspace_cannot_be(desk: Client, hana: make.Team, field: str, value: str) -> None:
    answer = desk.post(WORKSPACE, SAID | {field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert Workspace.objects.get(pk=hana.workspace.pk).name == "Acme"


def test_another_workspaces_address_is_not_taken(desk: Client, hana: make.Team, sam: make.Team) -> None:
    answer = desk.post(WORKSPACE, SAID | {"slug": sam.workspace.slug})
    assert answer.status_code == 422
    assert "in use here already" in answer.content.decode()
    assert "Acme Berlin" in answer.content.decode(), "what was typed is kept"


def test_a_member_reads_and_changes_nothing(hana: make.Team) -> None:
    client = Client()
    client.force_login(_theo(hana).person)
    page = client.get(WORKSPACE)
    assert page.status_code == 200
    assert 'name="slug"' not in page.content.decode()
    assert client.post(WORKSPACE, SAID).status_code == 403
    assert Workspace.objects.get(pk=hana.workspace.pk).name == "Acme"


def test_a_person_with_two_workspaces_goes_from_one_to_the_other(
    desk: Client, hana: make.Team, sam: make.Team
) -> None:
    there = tokens.public_id("wsp", sam.workspace.pk)
    assert desk.post(f"{WORKSPACE}/other", {"workspace": there}).status_code == 404
    assert "Elsewhere" not in desk.get(KEYS).content.decode()
    Member.objects.create(workspace=sam.workspace, person=hana.owner.person, created_at=make.NOW)
    assert "Go to Elsewhere" in desk.get(KEYS).content.decode()
    assert desk.post(f"{WORKSPACE}/other", {"workspace": there}).status_code == 303
    page = desk.get(WORKSPACE).content.decode()
    assert "Elsewhere" in page
    assert "Go to Acme" in page
    assert desk.post(WORKSPACE, SAID).status_code == 403, "there she is no owner"
    assert desk.post(f"{WORKSPACE}/other", {"workspace": "wsp_x"}).status_code == 404
