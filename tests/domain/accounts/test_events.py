"""What is done to a workspace and its keys is written down in the same commit: what, and who did it."""

from __future__ import annotations

from typing import Any

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.accounts.models import ApiKey
from bookonce.domain.accounts.operations import make_key, revoke_key
from bookonce.domain.accounts.profile import change_workspace
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation.errors import Invalid
from bookonce.foundation.tokens import public_id
from tests import make
from tests.make import NOW

KINDS = ["workspace.founded", "calendar.created", "key.made"]


def told(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """By whom and what of these events, oldest first."""
    found = Event.objects.filter(kind__in=kinds).order_by("pk")
    return [(event.by, event.snapshot) for event in found]


@pytest.mark.parametrize("by", ["", "cli"])
def test_founding_is_told_whole_with_who_did_it(db: None, by: str) -> None:
    made = found_with_owner(
        "A", owner_name="B", owner_email="b@example.org", zone="UTC", password=None, by=by, now=NOW
    )
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == KINDS
    owner = public_id("mem", made.owner.pk)
    assert {event.by for event in Event.objects.all()} == {by or owner}
    [(_, data)] = told("workspace.founded")
    assert data == {"workspace": public_id("wsp", made.workspace.pk), "name": "A", "owner": owner}
    assert made.api_key not in str(list(Event.objects.values()))


def test_a_key_is_told_of_without_itself(hana: make.Team) -> None:
    Event.objects.all().delete()
    key, secret = make_key(hana.owner, name="CRM", scopes=("links:read",), by="mem_1", now=NOW)
    for _ in range(2):
        revoke_key(ApiKey.objects.get(pk=key.pk), by="mem_2", now=NOW)
    about = {
        "workspace": public_id("wsp", hana.workspace.pk),
        "key": public_id("key", key.pk),
        "member": public_id("mem", hana.owner.pk),
        "name": "CRM",
    }
    assert told("key.made") == [("mem_1", about | {"scopes": ["links:read"]})]
    assert told("key.revoked") == [("mem_2", about)]
    assert secret not in str(list(Event.objects.values()))


def test_a_change_of_the_workspace_names_what_is_another_now(hana: make.Team, sam: make.Team) -> None:
    now_is = {"name": "Acme", "slug": "acme", "link_days": 14, "accent": "", "language": "en"}
    for slug, wrong in (("acme", False), ("acme", False), (sam.workspace.slug, True), ("No", True)):
        terms: dict[str, Any] = now_is | {"slug": slug}
        try:
            change_workspace(hana.workspace, **terms, by="mem_1", now=NOW)
        except Invalid:
            assert wrong
            hana.workspace.refresh_from_db()
    about = {"workspace": public_id("wsp", hana.workspace.pk)}
    assert told("workspace.changed") == [("mem_1", about | {"fields": ["link_days"]})]
