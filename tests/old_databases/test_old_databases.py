"""A database of before goes on: every page opens on it, its mails go, and the doctor is content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bookonce.delivery.outbox import registry, worker
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts.models import Member
from bookonce.domain.accounts.operations import make_key
from bookonce.foundation import clock
from bookonce.foundation.database import migration_state
from bookonce.interfaces.commands import doctor, prepare
from tests.foundation.database.old_databases import empty_database_here
from tests.old_databases import dumps, pages

ROOT = Path(__file__).parents[2]
LARGEST = 300_000


@pytest.fixture
def empty_database(tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), empty_database_here(tmp_path):
        yield


@pytest.fixture(params=dumps.NAMES)
def old(
    request: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, empty_database: None
) -> Member:
    """The owner in a database of before, brought to today's form as a start does it."""
    settings.DATA = tmp_path / "data"
    # Each process looks once: this one has looked at another database.
    monkeypatch.setattr(migration_state, "_migrated", False)
    dumps.load_dump(request.param)
    prepare.prepare()
    return Member.objects.select_related("workspace", "person").get()


def test_every_page_opens_every_mail_goes_and_the_doctor_is_content(old: Member, client: Client) -> None:
    _open_every_page(old, client)
    assert _sent(), "there were mails to send"
    assert client.get("/outbox?state=sent").status_code == 200
    found = [line for line in doctor.run_checks() if line.level == "FAIL" and line.about != "secret"]
    assert not found, found


def _open_every_page(old: Member, client: Client) -> None:
    client.force_login(old.person)
    _, key = make_key(old, name="reader", now=clock.now(), by="test")
    addresses = [*pages.desk_addresses(), *pages.guest_addresses()]
    answers = [(path, client.get(path).status_code) for path in addresses]
    asked = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    answers += [(path, client.get(path, **asked).status_code) for path in pages.api_addresses()]
    # 403 to 410: addresses that only take a form, dead links, what has not been written. Nothing else.
    broken = [answer for answer in answers if answer[1] not in (200, 302, 303, 403, 404, 405, 409, 410)]
    assert not broken
    looked = {path for path, status in answers if status == 200}
    assert any(path.startswith("/outbox/") for path in looked)
    assert any(path.startswith("/bookings/") for path in looked)
    assert any(path.startswith("/b/") for path in looked)


def _sent() -> list[Delivery]:
    """Send what waits; every mail that was sent."""
    before = set(Delivery.objects.filter(state="waiting"))
    now = clock.now()
    while worker.deliver_one(registry.delivery_handlers(), now=now):
        pass
    ended = {mail: mail.state for mail in Delivery.objects.filter(pk__in=[mail.pk for mail in before])}
    # What a link was mailed for has ended since; every other mail goes.
    left = [mail for mail, state in ended.items() if state not in ("done", "dropped")]
    assert all(mail.event.kind == "account.password_forgotten" for mail in left), left
    return [mail for mail, state in ended.items() if state == "done"]


def released(changelog: str) -> set[str]:
    return set(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE))


def test_every_release_has_a_database_here() -> None:
    assert released("## [Unreleased]\n\n## [0.2.0] - 2027-01-01\n## [0.1.0] - x\n") == {"0.1.0", "0.2.0"}
    missing = released((ROOT / "CHANGELOG.md").read_text()) - set(dumps.NAMES)
    assert not missing, f"say as tests/old_databases/README.md does how {missing} left its database"


def test_each_is_there_for_both_databases_and_all_are_small() -> None:
    files = sorted(dumps.HERE.glob("*.sql.gz"))
    wanted = {f"{name}.{kind}.sql.gz" for name in dumps.NAMES for kind in ("sqlite", "postgres")}
    assert {file.name for file in files} == wanted
    assert sum(file.stat().st_size for file in files) <= LARGEST


def test_nobody_is_in_them() -> None:
    for file in dumps.HERE.glob("*.sql.gz"):
        domains = set(re.findall(r"[\w.+-]+@([\w.-]+)", dumps.read_dump(file)))
        assert all(re.fullmatch(r"(.+\.)?example\.(org|net)", domain) for domain in domains), domains
