"""A changed or lost secret key is noticed at the start, and given up by somebody who read what is lost."""

from __future__ import annotations

import re
from argparse import Namespace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from bookonce.domain.accounts import authenticator
from bookonce.domain.accounts.models import Authenticator, RecoveryCode, Session
from bookonce.domain.accounts.sessions import SessionStore
from bookonce.domain.bookings.queries import manage_url
from bookonce.domain.links.queries import find_by_token, require_usable, token_of
from bookonce.foundation import clock
from bookonce.foundation.database.transactions import transaction
from bookonce.foundation.key_check.models import KeyCheck
from bookonce.interfaces.commands import doctor
from bookonce.interfaces.commands.secret_key import SecretKeyUnknown, require_known_key
from tests import make
from tests.interfaces.commands.shell import INIT, Shell
from tests.make import NOW

OTHER = "another key, as long as the first one and in nobody's hands"
THIRD = "a third one, which came after the other and is as long as it"


def start() -> None:
    require_known_key(now=NOW)


def become(settings: Any, key: str, *former: str) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(former)


def levels() -> list[str]:
    return [line.level for line in doctor.run_checks() if line.about == "secret of the database"]


def accept(capsys: Any, *, yes: bool) -> tuple[int, str]:
    code = doctor.run(Namespace(accept_new_key=True, yes=yes, json=False))
    return code, capsys.readouterr().out


def sign_in(team: make.Team) -> SessionStore:
    session = SessionStore()
    session["_auth_user_id"] = str(team.owner.person_id)
    session.create()
    return session


def second_factor(team: make.Team) -> str:
    """A confirmed second factor; returns its secret."""
    now = clock.now()
    secret = authenticator.begin_setup(team.owner.person, now=now)
    assert authenticator.confirm_setup(team.owner.person, pyotp.TOTP(secret).at(now), now=now)
    return secret


@pytest.mark.django_db
class TestAStart:
    def test_knows_the_key_of_the_first_one_again(self, settings: Any) -> None:
        start()
        start()
        become(settings, OTHER)
        with pytest.raises(SecretKeyUnknown) as refused:
            start()
        assert "BOOKONCE_SECRET_KEY_FALLBACKS" in refused.value.sentence
        assert "doctor --accept-new-key" in refused.value.sentence
        assert levels() == ["FAIL"]

    def test_takes_a_new_key_beside_the_former_one(self, settings: Any) -> None:
        first = settings.SECRET_KEY
        start()
        become(settings, OTHER, THIRD, first)
        start()
        become(settings, OTHER)
        start()
        become(settings, first)
        with pytest.raises(SecretKeyUnknown):
            start()

    @pytest.mark.parametrize("of_before", [make.link, make.booking])
    def test_on_a_database_of_before_asks_what_is_there(
        self, hana: make.Team, settings: Any, of_before: Any
    ) -> None:
        of_before(hana.calendar)
        first = settings.SECRET_KEY
        become(settings, OTHER)
        with pytest.raises(SecretKeyUnknown):
            start()
        assert levels() == ["FAIL"]
        assert not KeyCheck.objects.exists()
        become(settings, OTHER, first)
        start()
        assert KeyCheck.objects.exists()

    @pytest.mark.parametrize("of_before", [sign_in, second_factor])
    def test_asks_sessions_and_second_factors_too(
        self, hana: make.Team, settings: Any, of_before: Any
    ) -> None:
        of_before(hana)
        become(settings, OTHER)
        with pytest.raises(SecretKeyUnknown):
            start()

    def test_lets_a_database_of_before_live_on_with_a_key_it_has_been_used_with(
        self, hana: make.Team, settings: Any
    ) -> None:
        make.booking(hana.calendar, link=make.link(hana.calendar))
        become(settings, OTHER)
        make.link(hana.calendar, now=NOW + timedelta(minutes=1))
        start()
        assert KeyCheck.objects.exists()


@pytest.mark.django_db
class TestTheDoctor:
    def test_tells_what_is_under_a_former_key_and_what_nothing_opens(
        self, hana: make.Team, settings: Any
    ) -> None:
        start()
        make.link(hana.calendar, now=clock.now())
        first = settings.SECRET_KEY
        assert levels() == ["ok"]
        become(settings, OTHER, first)
        start()
        [told] = [line for line in doctor.run_checks() if line.about == "secret of the database"]
        assert (told.level, "former key: 1 links." in told.detail) == ("warn", True)
        become(settings, OTHER)
        [told] = [line for line in doctor.run_checks() if line.about == "secret of the database"]
        assert (told.level, "fallback: 1 links." in told.detail) == ("warn", True)

    def test_accepts_nothing_where_the_key_is_right(self, hana: make.Team, capsys: Any) -> None:
        session = sign_in(hana)
        start()
        assert accept(capsys, yes=True) == (
            0,
            "The secret key is the one that this database is used with: there is nothing to accept.\n",
        )
        assert session.exists(str(session.session_key))

    def test_says_what_is_lost_before_it_gives_up_the_former_key(
        self, hana: make.Team, settings: Any, capsys: Any
    ) -> None:
        start()
        now = clock.now()
        link, spent = make.link(hana.calendar, now=now), make.link(hana.calendar, now=now)
        booking = make.booking(hana.calendar, link=spent, now=now)
        secret, token = second_factor(hana), str(token_of(link))
        sign_in(hana)
        become(settings, OTHER)
        code, told = accept(capsys, yes=False)
        assert code == 1
        assert re.findall(r"^  (\d+) (one-time|bookings|second|sessions)", told, re.MULTILINE) == [
            (str(1), what) for what in ("one-time", "bookings", "second", "sessions")
        ]
        assert hana.owner.person.email in told
        assert Session.objects.count() == 1
        with pytest.raises(SecretKeyUnknown):
            start()
        assert accept(capsys, yes=True)[0] == 0
        start()
        require_usable(find_by_token(token), now=now)
        assert (token_of(link), manage_url(booking)) == (None, None)
        assert not Session.objects.exists()
        # A password alone must not do where a code was asked for: the factor stays, and takes no code.
        assert Authenticator.objects.count() == 1
        assert RecoveryCode.objects.exists()
        later = now + timedelta(minutes=5)
        assert not authenticator.accept_code(hana.owner.person, pyotp.TOTP(secret).at(later), now=later)

    def test_lets_a_set_up_that_was_begun_begin_anew(
        self, hana: make.Team, settings: Any, capsys: Any
    ) -> None:
        start()
        begun = authenticator.begin_setup(hana.owner.person, now=NOW)
        become(settings, OTHER)
        accept(capsys, yes=True)
        with transaction():
            assert authenticator.begin_setup(hana.owner.person, now=NOW) != begun


@pytest.mark.one_database
def test_serve_refuses_another_key_and_goes_on_once_it_is_accepted(shell: Shell) -> None:
    shell.says(*INIT)
    [path] = re.findall(r"/o/\w+", shell.says("mint", "intro-call"))
    shell.settings["BOOKONCE_SECRET_KEY"] = OTHER
    refused = shell.run("serve")
    assert refused.returncode == 1
    assert "The secret key in BOOKONCE_SECRET_KEY is not the one" in refused.stderr
    # Whoever has lost the key may have to mend the clock first, which needs none.
    for words in (["clock"], ["clock", "--accept"]):
        assert shell.says(*words).startswith("This machine's clock is trusted: ")
    assert shell.run("serve").returncode == 1
    assert "The new key is accepted" in shell.says("doctor", "--accept-new-key", "--yes")
    with shell.running():
        assert shell.get(path)[0] == 200
