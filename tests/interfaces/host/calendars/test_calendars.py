"""The list of calendars: what is said about each, what can be done with it, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookonce.delivery.outbox.models import Event
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import operations as links
from bookonce.foundation import clock, tokens
from bookonce.interfaces.host.calendars.listing import PER_PAGE
from tests import make

pytestmark = pytest.mark.django_db
HOME = "/settings/calendars"


def address(calendar: Calendar, then: str = "") -> str:
    return f"{HOME}/{tokens.public_id('cal', calendar.pk)}{then}"


def text(client: Client, path: str = HOME) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_says_what_matters(desk: Client, hana: make.Team) -> None:
    now = clock.now()
    calendars.change_calendar(hana.calendar, minutes=[60, 30, 90], by="test", now=now)
    for _ in range(3):
        make.link(hana.calendar, now=now)
    make.link(hana.calendar, now=now, opens_at=now + timedelta(days=1))
    links.revoke(make.link(hana.calendar, now=now), by="test", now=now)
    make.link(hana.calendar, now=now - timedelta(days=9), expires_at=now - timedelta(days=1))
    make.booking(hana.calendar, link=make.link(hana.calendar, now=now), now=now, minutes=30)
    page = text(desk)
    assert "30, 60 or 90 min" in page
    assert "4 open links" in page
    assert "4 open links stop working" in page
    assert "Gil Guest" in page
    assert "Public" in page
    assert f"/c/{hana.workspace.slug}/intro-call" in page
    calendars.change_calendar(hana.calendar, visibility="link_only", by="test", now=now)
    page = text(desk)
    assert "Link only" in page
    assert "/c/" not in page


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_costs_the_same_however_long(desk: Client, hana: make.Team, count: int) -> None:
    for number in range(count - 1):
        other = calendars.create_calendar(hana.owner, name=f"Calendar {number}", by="test", now=make.NOW)
        make.link(other)
    desk.get(HOME)
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(HOME).status_code == 200
    assert len(asked) <= 11, [query["sql"] for query in asked.captured_queries]


def test_a_long_list_has_pages_and_can_be_searched(desk: Client, hana: make.Team) -> None:
    for number in range(PER_PAGE + 3):
        calendars.create_calendar(hana.owner, name=f"Number {number:02}", by="test", now=make.NOW)
    first, second = text(desk), text(desk, f"{HOME}?page=2")
    assert "Number 02" in first
    assert "Number 27" not in first
    assert "Number 27" in second
    assert "Number 02" not in second
    found = text(desk, f"{HOME}?q=number+27")
    assert "Number 27" in found
    assert "Intro call" not in found
    assert "Intro call" in text(desk, f"{HOME}?q=INTRO-c")
    assert "No calendar is called “%_\\”" in text(desk, f"{HOME}?q=%25_%5C%00")


def test_the_first_calendar_is_invited(desk: Client, hana: make.Team) -> None:
    Calendar.objects.update(archived_at=make.NOW)
    assert "Show archived calendars" in text(desk)
    hana.calendar.hosting.all().delete()
    Calendar.objects.all().delete()
    page = text(desk)
    assert "Create your first calendar" in page
    assert 'type="search"' not in page


def test_archiving_says_what_ended_and_can_be_undone(desk: Client, hana: make.Team) -> None:
    link = make.link(hana.calendar, now=clock.now())
    answer = desk.post(address(hana.calendar, "/archive"))
    assert answer.status_code == 303
    page = text(desk, answer.headers["Location"])
    assert "“Intro call” is archived." in page
    assert "1 open link no longer works." in page
    assert f"{address(hana.calendar)}/restore" in page
    assert desk.get(address(hana.calendar, "/archive")).status_code == 405
    assert "Intro call" in text(desk, f"{HOME}?show=archived")
    answer = desk.post(address(hana.calendar, "/restore"))
    page = text(desk, answer.headers["Location"])
    assert "“Intro call” is back." in page
    assert "1 open link" in page
    link.refresh_from_db()
    assert link.calendar.archived_at is None
    # What was told once is not told where it is no longer so.
    assert "is archived" not in text(desk, f"{HOME}?archived={tokens.public_id('cal', hana.calendar.pk)}")


def test_archiving_from_a_search_comes_back_to_it(desk: Client, hana: make.Team) -> None:
    searched = desk.get(f"{HOME}?q=Intro").content.decode()
    assert 'name="q" value="Intro"' in searched[searched.index("/archive") :].partition("</form>")[0]
    there = desk.post(address(hana.calendar, "/archive"), {"q": "Intro"}).headers["Location"]
    assert "q=Intro" in there
    page = desk.get(there).content.decode()
    undo = page[page.index("/restore") :].partition("</form>")[0]
    assert 'name="q" value="Intro"' in undo
    assert "autofocus" in undo
    there = desk.post(address(hana.calendar, "/restore"), {"q": "Intro", "show": "archived"}).headers[
        "Location"
    ]
    assert "q=Intro" in there
    assert "show=archived" in there


def test_a_copy_opens_for_its_first_change(desk: Client, hana: make.Team) -> None:
    answer = desk.post(address(hana.calendar, "/duplicate"))
    copy = Calendar.objects.get(name="Intro call (copy)")
    assert answer.headers["Location"].startswith(address(copy))
    assert (hana.calendar.visibility, copy.visibility) == ("public", "link_only"), "nobody books it yet"
    assert Client().get(f"/c/{hana.workspace.slug}/{copy.slug}").status_code == 404
    assert "It is link only: nobody books it" in desk.get(answer.headers["Location"]).content.decode()
    long = calendars.change_calendar(hana.calendar, name="x" * 120, by="test", now=make.NOW)
    assert desk.post(address(long, "/duplicate")).status_code == 303


def test_the_same_press_makes_one_copy(desk: Client, hana: make.Team) -> None:
    def seal() -> str:
        found = re.search(r'name="seal" value="([^"]+)"', desk.get(HOME).content.decode())
        assert found
        return found[1]

    said, path = {"seal": seal()}, address(hana.calendar, "/duplicate")
    first, second = desk.post(path, said), desk.post(path, said)
    assert first.headers["Location"] == second.headers["Location"]
    desk.post(path, {"seal": seal()})
    assert Calendar.objects.count() == 3


def test_nothing_of_another_workspace_is_there(desk: Client, hana: make.Team, sam: make.Team) -> None:
    theirs = calendars.change_calendar(sam.calendar, name="Secret plans", by="test", now=make.NOW)
    assert "Secret" not in text(desk)
    assert "Secret" not in text(desk, f"{HOME}?q=secret")
    for then in ("/duplicate", "/archive", "/restore"):
        assert desk.post(address(theirs, then)).status_code == 404
        assert desk.post(f"{HOME}/cal_unknown{then}").status_code == 404
    archived = tokens.public_id("cal", theirs.pk)
    calendars.archive_calendar(theirs, by="test", now=make.NOW)
    assert "Secret" not in text(desk, f"{HOME}?archived={archived}")
    assert desk.post(address(theirs, "/restore")).status_code == 404
    assert Calendar.objects.filter(workspace=sam.workspace).count() == 1


def test_a_name_is_data(desk: Client, hana: make.Team) -> None:
    calendars.change_calendar(hana.calendar, name="<b>Hi</b> {name} \u202e", by="test", now=make.NOW)
    page = text(desk)
    assert "<b>Hi" not in page
    assert "&lt;b&gt;Hi" in page
    assert "\u202e" not in page
    assert desk.post(address(hana.calendar, "/archive"), follow=True).status_code == 200


def test_a_form_of_another_site_changes_nothing(hana: make.Team) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hana.owner.person)
    for then in ("", "/duplicate", "/archive", "/restore", "/preview"):
        assert strict.post(address(hana.calendar, then), {"name": "Theirs"}).status_code == 403
    assert Calendar.objects.get().archived_at is None


def test_the_trail_says_who_did_what(desk: Client, hana: make.Team) -> None:
    last = Event.objects.latest("pk")
    for then in ("/archive", "/restore"):
        desk.post(address(hana.calendar, then))
    found = Event.objects.filter(pk__gt=last.pk).order_by("pk").values_list("kind", "by")
    who = tokens.public_id("mem", hana.owner.pk)
    assert list(found) == [("calendar.archived", who), ("calendar.restored", who)]
