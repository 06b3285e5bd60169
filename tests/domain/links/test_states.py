"""One predicate decides whether a link can be used; its two languages must never disagree."""

from __future__ import annotations

import itertools

import pytest

from bookonce.delivery.outbox.models import Event
from bookonce.domain.calendars import operations as calendars
from bookonce.domain.links import operations as links
from bookonce.domain.links.errors import LinkExpired, LinkRevoked, LinkUnknown
from bookonce.domain.links.models import Link
from bookonce.domain.links.queries import (
    STATES,
    find_by_token,
    require_usable,
    state_of,
    token_of,
    url_of,
    with_state,
)
from bookonce.foundation.errors import Invalid, WrongState
from tests import make
from tests.make import NOW, later

TIMES = (None, later(-1), NOW, later(1))


def test_an_end_that_lies_behind_extends_nothing(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=make.later(5))
    for until in (NOW, make.later(-1)):
        with pytest.raises(Invalid) as refused:
            links.extend_link(link, until=until, by="test", now=NOW)
        assert [error["pointer"] for error in refused.value.data["errors"]] == ["/expires_at"]
    assert not Event.objects.filter(kind="link.extended").exists()


def test_sql_and_python_agree_on_every_combination(hana: make.Team) -> None:
    made = []
    either = (None, NOW)
    for opens, expires, used, revoked, paused in itertools.product(TIMES, TIMES, either, either, either):
        link = make.link(hana.calendar, opens_at=opens, expires_at=expires)
        Link.objects.filter(pk=link.pk).update(used_at=used, revoked_at=revoked, paused_at=paused)
        made.append(link.pk)
    expected = {link.pk: state_of(link, now=NOW) for link in Link.objects.filter(pk__in=made)}
    assert set(expected.values()) == set(STATES)
    for state in STATES:
        found = set(with_state(Link.objects.all(), state, now=NOW).values_list("pk", flat=True))
        assert found == {pk for pk, is_state in expected.items() if is_state == state}


def test_the_precedence_is_revoked_used_expired_paused_not_open_active(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=later(1), opens_at=later(1))
    link.paused_at = NOW
    assert state_of(link, now=NOW) == "paused"
    link.expires_at = NOW
    assert state_of(link, now=NOW) == "expired"
    link.used_at = NOW
    assert state_of(link, now=NOW) == "used"
    link.revoked_at = NOW
    assert state_of(link, now=NOW) == "revoked"
    fresh = make.link(hana.calendar, opens_at=later(1))
    assert [state_of(fresh, now=at) for at in (NOW, later(1))] == ["not_open", "active"]


def test_redeem_spends_exactly_what_the_predicate_calls_active(hana: make.Team) -> None:
    times = iter(make.slots(hana.calendar, 40))
    for opens, expires, paused in itertools.product(TIMES, TIMES, (None, NOW)):
        link = make.link(hana.calendar, opens_at=opens, expires_at=expires)
        Link.objects.filter(pk=link.pk).update(paused_at=paused)
        link.paused_at = paused
        should = state_of(link, now=NOW) == "active"
        try:
            make.booking(hana.calendar, next(times), link=link)
        except Exception:
            assert not should
        else:
            assert should


def test_a_link_is_found_by_its_token_and_by_nothing_like_it(hana: make.Team) -> None:
    token = token_of(make.link(hana.calendar)) or ""
    assert find_by_token(token).calendar == hana.calendar
    for wrong in (token.swapcase(), token[:-1], f"{token}0", f" {token}", "", "é" * len(token), token[::-1]):
        with pytest.raises(LinkUnknown):
            find_by_token(wrong)


def test_after_a_change_of_key_a_sent_link_works_and_its_address_is_no_longer_known(
    hana: make.Team, settings: pytest.FixtureRequest
) -> None:
    link = make.link(hana.calendar)
    token = token_of(link) or ""
    settings.SECRET_KEY = "another key, just as long and just as known"  # type: ignore[attr-defined]
    assert find_by_token(token).pk == link.pk
    assert url_of(link) is None
    settings.SECRET_KEY_FALLBACKS = [  # type: ignore[attr-defined]
        "a key for tests, long enough and known to everybody"
    ]
    assert url_of(link) == f"http://localhost:8000/o/{token}"


def test_a_revocation_ends_the_link_once_and_a_used_one_not_at_all(hana: make.Team) -> None:
    link = make.link(hana.calendar)
    first = links.revoke(link, by="test", now=NOW)
    assert links.revoke(link, by="test", now=later(5)).revoked_at == first.revoked_at == NOW
    assert Event.objects.filter(kind="link.revoked").count() == 1
    used = make.link(hana.calendar)
    make.booking(hana.calendar, link=used)
    with pytest.raises(WrongState):
        links.revoke(used, by="test", now=NOW)


def test_extending_revives_what_has_expired_and_keeps_the_address(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=later(-1))
    token = token_of(link) or ""
    with pytest.raises(LinkExpired):
        require_usable(find_by_token(token), now=NOW)
    extended = links.extend_link(link, by="test", now=NOW)
    assert extended.expires_at == NOW + links.EXTENSION
    assert state_of(find_by_token(token), now=NOW) == "active"
    links.extend_link(link, until=extended.expires_at, by="test", now=NOW)
    links.extend_link(link, by="test", now=later(1))
    assert Event.objects.filter(kind="link.extended").count() == 1
    for_ever = links.extend_link(link, until=None, by="test", now=NOW)
    assert for_ever.expires_at is None
    assert links.extend_link(link, by="test", now=NOW).expires_at is None


def test_a_change_writes_only_what_changed_and_says_which(hana: make.Team) -> None:
    link = make.link(hana.calendar, label="one", note="kept")
    changed = links.change_link(link, by="test", now=NOW, label="two", note="kept")
    assert (changed.label, changed.version) == ("two", 2)
    assert Event.objects.get(kind="link.changed").data["fields"] == ["label"]
    links.change_link(link, by="test", now=NOW, label="two")
    assert Event.objects.filter(kind="link.changed").count() == 1


def test_another_recipient_is_another_contact(hana: make.Team) -> None:
    link = make.link(hana.calendar, recipient_name="Gil", recipient_email="gil@example.net")
    assert link.contact_id is not None
    moved = links.change_link(
        link, by="test", now=NOW, recipient_name="Mara", recipient_email="mara@example.net"
    )
    assert moved.contact_id not in (None, link.contact_id)


def test_the_links_of_an_archived_calendar_are_over(hana: make.Team) -> None:
    token = token_of(make.link(hana.calendar)) or ""
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    with pytest.raises(LinkRevoked):
        require_usable(find_by_token(token), now=NOW)
    with pytest.raises(LinkRevoked):
        make.booking(hana.calendar, at=later(60), link=find_by_token(token))


def test_a_link_of_an_archived_calendar_is_not_extended(hana: make.Team) -> None:
    link = make.link(hana.calendar, expires_at=later(5))
    calendars.archive_calendar(hana.calendar, by="test", now=NOW)
    with pytest.raises(WrongState):
        links.extend_link(link, by="test", now=NOW)
    calendars.restore_calendar(hana.calendar, by="test", now=NOW)
    assert links.extend_link(link, by="test", now=NOW).expires_at == NOW + links.EXTENSION


def test_no_row_and_no_event_holds_a_token(hana: make.Team) -> None:
    link = make.link(hana.calendar, label="label", metadata={"deal": 1})
    booking = make.booking(hana.calendar, link=link)
    token = token_of(link) or ""
    for row in (*Link.objects.values(), *Event.objects.values(), *type(booking).objects.values()):
        assert token not in str(row)
