"""The guards of the database stand after every migration, and are asked before anything runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from bookonce.domain.diary import guards
from bookonce.domain.diary.models import Diary, HeldTime
from bookonce.foundation.database import guarded_rows
from tests import make
from tests.make import NOW


def hold(diary: Diary, starts_at: datetime, minutes: int = 30) -> bool:
    """Whether the database lets this host's time be held, whatever the code would say."""
    booking = make.booking(make.team().calendar)
    ends_at = starts_at + timedelta(minutes=minutes)
    [kept] = guarded_rows.insert_unless_conflict(
        HeldTime(diary=diary, booking=booking, starts_at=starts_at, ends_at=ends_at)
    )
    return kept


@pytest.mark.parametrize(
    ("offset", "minutes", "kept"),
    [
        (0, 30, False),
        (-15, 30, False),
        (15, 30, False),
        (-30, 90, False),
        (10, 5, False),
        (30, 30, True),
        (-30, 30, True),
    ],
)
def test_no_two_held_times_of_a_host_overlap_and_touching_is_fine(
    hana: make.Team, offset: int, minutes: int, kept: bool
) -> None:
    [diary] = Diary.objects.filter(member=hana.owner)
    assert hold(diary, NOW)
    assert hold(diary, NOW + timedelta(minutes=offset), minutes) is kept


def test_two_hosts_may_meet_at_the_same_time(hana: make.Team, sam: make.Team) -> None:
    for team in (hana, sam):
        assert hold(Diary.objects.get(member=team.owner), NOW)


def test_a_held_time_cannot_be_moved_onto_another(hana: make.Team) -> None:
    [diary] = Diary.objects.filter(member=hana.owner)
    hold(diary, NOW)
    hold(diary, NOW + timedelta(minutes=60))
    with pytest.raises(IntegrityError, match=guards.ONE_MEETING):
        HeldTime.objects.filter(diary=diary, starts_at=NOW).update(ends_at=NOW + timedelta(minutes=61))


@pytest.fixture
def from_first_to_last(transactional_db: None) -> None:
    """Migrate down to nothing and up again, as a table rebuilt on the way would lose its triggers."""
    call_command("migrate", "bookonce", "zero", verbosity=0)
    call_command("migrate", verbosity=0)


def test_the_guards_stand_after_migrating_from_first_to_last(from_first_to_last: None) -> None:
    assert guards.missing_guards() == []
    team = make.team()
    [diary] = Diary.objects.filter(member=team.owner)
    assert hold(diary, NOW)
    assert not hold(diary, NOW)


@pytest.mark.django_db(transaction=True)
def test_the_index_that_is_put_back_is_the_one_that_django_makes() -> None:
    def definition() -> str:
        sqlite = connection.vendor == "sqlite"
        ask = (
            "SELECT sql FROM sqlite_master WHERE name = %s"
            if sqlite
            else ("SELECT indexdef FROM pg_indexes WHERE indexname = %s")
        )
        with connection.cursor() as cursor:
            cursor.execute(ask, [guards.ONE_BOOKING])
            [told] = cursor.fetchone()
        return " ".join(told.split())

    of_django = definition()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {guards.ONE_BOOKING}")
    assert guards.missing_guards() == [guards.ONE_BOOKING]
    guards.install_guards()
    assert definition() == of_django


@pytest.mark.django_db(transaction=True)
def test_a_guard_that_is_gone_is_missed_and_put_back() -> None:
    sqlite = connection.vendor == "sqlite"
    drop = (
        f'DROP TRIGGER "{guards.ONE_MEETING}"'
        if sqlite
        else (f'ALTER TABLE bookonce_heldtime DROP CONSTRAINT "{guards.ONE_MEETING}"')
    )
    with connection.cursor() as cursor:
        cursor.execute(drop)
    assert guards.missing_guards() == [guards.ONE_MEETING]
    guards.install_guards()
    guards.install_guards()
    assert guards.missing_guards() == []
