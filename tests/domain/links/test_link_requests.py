"""Asking for a new link: one open ask a link, few a day, a mail an hour, nothing on a stranger's word."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from bookonce.delivery.mail.delivering import deliver
from bookonce.delivery.outbox import worker
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.domain.accounts.operations import add_owner
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import link_requests, queries
from bookonce.domain.links import operations as links
from bookonce.domain.links.models import Ask, Link
from bookonce.foundation import clock, tokens
from bookonce.foundation.database import guarded_rows
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.errors import Invalid, NotFound, WrongState
from tests import make
from tests.make import NOW, later

pytestmark = pytest.mark.django_db

GIL = {"name": "Gil Guest", "reach": "+49 30 123456", "message": "I was ill."}


@pytest.fixture
def used(hana: make.Team) -> Link:
    link = make.link(hana.calendar, recipient_name="Gil", recipient_email="gil@example.net", label="A")
    make.booking(hana.calendar, link=link)
    Delivery.objects.all().delete()
    return Link.objects.get(pk=link.pk)


def ask(link: Link, *, now: datetime = NOW, **said: str) -> None:
    link_requests.request_new_link(link, now=now, **(GIL | said))


def open_in(team: make.Team) -> list[Ask]:
    return list(queries.list_open_requests(team.workspace.pk))


def mails(settings: Any, monkeypatch: pytest.MonkeyPatch, *, now: datetime = NOW) -> list[EmailMessage]:
    """What the worker has to send now."""
    monkeypatch.setattr(clock, "now_precise", now.timestamp)
    before = set(settings.DATA.glob("outbox/*.eml"))
    while worker.deliver_one({"email": deliver}, now=now):
        pass
    new = sorted(set(settings.DATA.glob("outbox/*.eml")) - before)
    return [message_from_bytes(path.read_bytes(), policy=default) for path in new]  # type: ignore[misc]


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


def test_an_ask_is_a_row_an_event_and_a_mail(
    hana: make.Team, used: Link, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(used)
    [asked] = open_in(hana)
    assert asked.said[-1] == GIL | {"at": "2026-11-23T06:00:00Z", "state": "used"}
    event = Event.objects.get(kind="link.asked")
    assert (event.by, event.link_id, event.data["message"]) == ("guest", used.pk, "I was ill.")
    [mail] = mails(settings, monkeypatch)
    body = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "Gil Guest opened a used link for Intro call and asks for a new one: “I was ill.”" in body
    assert "How to reach them, in their words: +49 30 123456" in body
    assert "/settings/calendars" in body
    assert "/o/" not in mail.as_string()
    assert mail["To"].addresses[0].addr_spec == hana.owner.person.email


def test_what_a_stranger_writes_is_no_address_and_no_header(
    hana: make.Team, used: Link, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(used, name="Eve\r\nBcc: all@example.org", reach="eve@example.org", message="<b>Hi</b>\x00")
    [mail] = mails(settings, monkeypatch)
    assert mail["Reply-To"] is None
    assert mail["Bcc"] is None
    assert "eve" not in f"{mail['From']} {mail['To']} {mail['Subject']}".lower()
    html = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert "&lt;b&gt;Hi&lt;/b&gt;" in html
    assert Delivery.objects.get().to == hana.owner.person.email


def test_repeats_join_the_open_one(hana: make.Team, used: Link) -> None:
    ask(used)
    ask(used, message="Still ill.", now=later(10))
    [asked] = open_in(hana)
    assert [said["message"] for said in asked.said] == ["I was ill.", "Still ill."]
    assert asked.last_at == later(10)
    assert Event.objects.filter(kind="link.asked").count() == 2


def test_the_constraint_alone_keeps_it_to_one(used: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(used)
    monkeypatch.setattr(link_requests, "_open", lambda link: None)
    ask(used, message="At the same moment.")
    assert Ask.objects.count() == 1
    assert Ask.objects.get().said[-1]["message"] == "At the same moment."
    twin = Ask(workspace_id=used.workspace_id, link=used, said=[], asked_at=NOW, last_at=NOW)
    assert guarded_rows.insert_unless_conflict(twin) == [False]


def test_three_a_day_for_a_link_and_then_silence(hana: make.Team, used: Link) -> None:
    for number in range(5):
        ask(used, message=str(number))
    assert [said["message"] for said in open_in(hana)[0].said] == ["0", "1", "2"]
    ask(used, message="tomorrow", now=later(27 * 60))
    assert open_in(hana)[0].said[-1]["message"] == "tomorrow"


def test_twenty_an_hour_for_a_workspace(hana: make.Team, sam: make.Team) -> None:
    for _ in range(22):
        ask(make.link(hana.calendar, expires_at=NOW))
    ask(make.link(sam.calendar, expires_at=NOW))
    assert (len(open_in(hana)), len(open_in(sam))) == (20, 1)


def test_one_mail_an_hour_tells_of_everybody(
    hana: make.Team, used: Link, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(used)
    assert len(mails(settings, monkeypatch)) == 1
    for number in range(7):
        ask(make.link(hana.calendar, expires_at=NOW), name=f"Guest {number}", now=later(5))
    assert not mails(settings, monkeypatch, now=later(59))
    [mail] = mails(settings, monkeypatch, now=later(60))
    assert mail["Subject"] == "8 new links are asked for"
    body = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "Guest 3 opened an expired link" in body
    assert "And 3 more." in body
    assert not mails(settings, monkeypatch, now=later(200))


def test_a_mail_tells_of_everybody_who_asked_at_one_link(
    used: Link, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(used)
    ask(used, name="Stranger", reach="", message="lol")
    [mail] = mails(settings, monkeypatch)
    assert mail["Subject"] == "Somebody asks for a new link: Intro call"
    for kind in ("plain", "html"):
        body = str(mail.get_body((kind,)).get_content())  # type: ignore[union-attr]
        assert body.index("“I was ill.”") < body.index("+49 30 123456") < body.index("Stranger asked")
        assert "“lol”" in body


def test_no_mail_page_of_what_is_over(
    hana: make.Team, used: Link, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = make.link(hana.calendar, expires_at=NOW)
    ask(expired)
    link_requests.dismiss_request(Ask.objects.get(), by="mem_x", now=NOW)
    assert Delivery.objects.get().state == "dropped"
    assert not mails(settings, monkeypatch, now=later(200))


def test_who_asked_is_told_of_also_where_the_link_works_again(
    hana: make.Team, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = make.link(hana.calendar, expires_at=NOW)
    ask(expired)
    links.extend_link(expired, by="mem_x", now=later(1))
    assert len(open_in(hana)) == 1
    assert len(mails(settings, monkeypatch, now=later(2))) == 1


def test_only_dead_links_are_asked_about(hana: make.Team) -> None:
    ask(make.link(hana.calendar))
    ask(make.link(hana.calendar, opens_at=later(5)))
    assert not Ask.objects.exists()
    ask(links.revoke(make.link(hana.calendar), by="x", now=NOW))
    assert open_in(hana)[0].said[-1]["state"] == "revoked"


def test_muted_is_silent_and_can_be_heard_again(hana: make.Team, used: Link) -> None:
    ask(used)
    muted = link_requests.mute_requests(used, by="mem_x", now=NOW)
    assert not open_in(hana)
    ask(muted)
    ask(used)
    assert Ask.objects.filter(closed_at=None).count() == 0
    link_requests.mute_requests(used, by="mem_x", now=NOW)
    assert Event.objects.filter(kind="link.muted").count() == 1
    ask(link_requests.unmute_requests(used, by="mem_x", now=NOW), now=later(24 * 60 + 200))
    assert len(open_in(hana)) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [({"name": " "}, "/name"), ({"message": "x" * 501}, "/message"), ({"reach": "x" * 201}, "/reach")],
)
def test_what_is_missing_or_too_long_is_named(used: Link, said: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(used, **said)
    assert [error["pointer"] for error in refused.value.data["errors"]] == [field]
    assert not Ask.objects.exists()


def test_the_answer_is_a_link_for_whom_the_old_one_was(hana: make.Team, used: Link) -> None:
    ask(used, name="Eve", reach="eve@example.org")
    [asked] = open_in(hana)
    new = link_requests.answer_request(asked, by="mem_x", via="page", now=NOW)
    assert (new.recipient_email, new.label, new.pk != used.pk) == ("gil@example.net", "A", True)
    assert queries.state_of(new, now=NOW) == "active"
    assert not open_in(hana)
    again = link_requests.answer_request(asked, by="mem_x", via="page", now=later(1))
    assert again.pk == new.pk
    event = Event.objects.get(kind="link.answered")
    assert event.data["new"] == tokens.public_id("lnk", new.pk)
    assert "eve@" not in str(Event.objects.filter(link_id=new.pk).values_list("data")).lower()


def test_the_answer_leaves_out_what_is_over(hana: make.Team) -> None:
    hana.workspace.link_days = 14
    hana.workspace.save()
    gone = NOW.date() - timedelta(days=3)
    old = make.link(
        hana.calendar, expires_at=NOW, window_from=gone - timedelta(days=5), window_to=gone, message="Hi"
    )
    ask(old)
    new = link_requests.answer_request(Ask.objects.get(), by="mem_x", via="page", now=NOW)
    assert (new.window_from, new.window_to, new.message) == (None, None, "Hi")
    assert new.expires_at == NOW + timedelta(days=14)


def test_what_was_set_aside_is_not_answered(hana: make.Team, used: Link) -> None:
    ask(used)
    asked = link_requests.dismiss_request(Ask.objects.get(), by="mem_x", now=NOW)
    with pytest.raises(WrongState):
        link_requests.answer_request(asked, by="mem_x", via="page", now=NOW)
    assert Link.objects.count() == 1


def test_nobody_reads_another_workspaces_asks(hana: make.Team, sam: make.Team, used: Link) -> None:
    ask(used)
    name = queries.request_id(Ask.objects.get())
    assert queries.find_request(name, workspace_id=hana.workspace.pk).link == used
    assert not open_in(sam)
    for asked in (name, "ask_0", "lnk_x"):
        with pytest.raises(NotFound):
            queries.find_request(asked, workspace_id=sam.workspace.pk)


def test_a_second_host_is_not_told_as_the_owner_is(hana: make.Team, used: Link) -> None:
    with transaction():
        hugo, _ = add_owner(
            hana.workspace, name="Hugo", email="hugo@example.org", zone="UTC", password=None, now=NOW
        )
    calendars.change_calendar(hana.calendar, hosts=[hana.owner, hugo], by="test", now=NOW)
    ask(used)
    assert [asked.link_id for asked in queries.list_requests_of_owner(hana.owner)] == [used.pk]
    assert not queries.list_requests_of_owner(hugo)
