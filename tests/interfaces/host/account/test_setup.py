"""The first address: it founds the first workspace once, and nobody else's; or sets a first password."""

from __future__ import annotations

import re
import threading

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from bookonce.delivery.outbox.models import Event
from bookonce.domain.accounts import first_run, passwords
from bookonce.domain.accounts.models import ApiKey, Person, Workspace
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.workspaces.operations import found_with_owner
from bookonce.foundation.errors import Refused
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.device import Device

ACCOUNT = "/settings/account"
ANSWERS = {
    "workspace": "Zahnärzte am Markt",
    "owner_name": "Hana Host",
    "owner_email": "Hana@example.org",
    "zone": "Europe/Berlin",
    "password": "a quiet password",
}


@pytest.fixture
def begin_at(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("_BOOKONCE_FIRST_RUN", raising=False)
    return first_run.create_setup_secret().partition("localhost")[2].partition("/")[2].join(["/", ""])


def test_it_founds_and_signs_in_once(begin_at: str, client: Client) -> None:
    assert client.get(begin_at).status_code == 200
    answer = client.post(begin_at, ANSWERS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/calendars")
    person = Person.objects.get()
    assert (person.name, person.email, person.zone) == ("Hana Host", "hana@example.org", "Europe/Berlin")
    assert person.check_password("a quiet password")
    assert Workspace.objects.get().slug == "zahnarzte-am-markt"
    assert Calendar.objects.get().zone == "Europe/Berlin"
    assert not ApiKey.objects.exists(), "nobody was told a key, so there is none"
    page = client.get("/settings/calendars").content.decode()
    assert "All is ready." in page
    assert "All is ready." not in client.get("/settings/calendars").content.decode()
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize("path", ["/", "/sign-in"])
def test_before_it_the_door_says_where_the_address_is(begin_at: str, client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert "Look at the console where Bookonce was started" in page
    assert begin_at not in page
    client.post(begin_at, ANSWERS)
    assert "console" not in Client().get(path).content.decode()


def test_once_set_up_whoever_has_the_address_is_led_to_the_door(begin_at: str, client: Client) -> None:
    client.post(begin_at, ANSWERS)
    for ask in (Client().get, Client().post):
        answer = ask(begin_at, ANSWERS)
        page = answer.content.decode()
        assert answer.status_code == 410
        assert "Set up already" in page
        assert re.search(r'<a class="button main" href="/sign-in">\s*Sign in', page)
        assert "Zahnärzte" not in page
    inside = client.get(begin_at).content.decode()
    assert "There is a workspace here by now. You are signed in as hana@example.org." in inside
    assert re.search(r'<a class="button main" href="/settings/calendars">\s*Go to your calendars', inside)
    assert "Sign in" not in inside, "whoever is in already signs in no more"
    for guess in (f"{begin_at}x", "/setup/x", f"/setup/{'x' * 43}"):
        answer = Client().get(guess)
        assert (answer.status_code, "/sign-in" in answer.content.decode()) == (404, False)
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize(
    ("asks", "language", "calendar"), [("de-AT,de", "de", "Erstgespräch"), ("en-GB", "", "Intro call")]
)
def test_it_founds_in_the_language_of_its_owner(
    begin_at: str, client: Client, asks: str, language: str, calendar: str
) -> None:
    client.post(begin_at, ANSWERS, headers={"accept-language": asks})
    assert (Person.objects.get().language, Calendar.objects.get().name) == (language, calendar)
    assert Workspace.objects.get().language == (language or "en")


@pytest.mark.parametrize(
    ("asks", "hours"), [("en-US,en;q=0.9", "12"), ("de-DE,de", ""), ("en-GB", ""), ("", "")]
)
def test_the_clock_of_whoever_begins_is_kept(begin_at: str, client: Client, asks: str, hours: str) -> None:
    """A mail has no browser to ask for its reader's country."""
    client.post(begin_at, ANSWERS, headers={"accept-language": asks})
    assert Person.objects.get().clock == hours


def test_it_is_new_at_each_start(begin_at: str, client: Client) -> None:
    first_run.create_setup_secret()
    assert client.get(begin_at).status_code == 404
    assert client.post(begin_at, ANSWERS).status_code == 404
    assert not Workspace.objects.exists()


def test_it_does_not_open_where_somebody_works(begin_at: str, client: Client, hana: make.Team) -> None:
    assert client.get(begin_at).status_code == 410


def test_looking_founds_nothing(begin_at: str, client: Client) -> None:
    for ask in (client.get, client.head, client.options):
        ask(begin_at, ANSWERS)
    assert not Workspace.objects.exists()


def test_what_cannot_be_taken_is_named_and_nothing_typed_is_lost(begin_at: str, client: Client) -> None:
    answer = client.post(begin_at, ANSWERS | {"owner_email": "hana", "password": "short", "zone": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Choose a password of 8 to 1000 characters.") == 2, "above, and at the field"
    assert page.count("Choose a time zone from the list.") == 2
    assert 'aria-invalid="true"' in page
    assert "Zahnärzte am Markt" in page
    assert 'value="hana"' in page
    assert "short" not in page
    assert not Workspace.objects.exists()


def test_a_good_password_is_asked_for_again_in_words(begin_at: str, client: Client) -> None:
    page = client.post(begin_at, ANSWERS | {"owner_name": ""}).content.decode()
    assert page.count("Enter your name.") == 2
    assert "Type it once more: we keep no password that is not saved." in page
    assert "a quiet password" not in page


def test_by_passkey_there_is_no_password(begin_at: str, client: Client) -> None:
    answer = client.post(begin_at, ANSWERS | {"with": "passkey", "password": ""})
    assert answer.headers["Location"] == "/settings/account/passkeys/new"
    assert not Person.objects.get().has_usable_password()


def test_whoever_leaves_before_the_passkey_is_made_comes_back_to_it(begin_at: str, client: Client) -> None:
    client.post(begin_at, ANSWERS | {"with": "passkey", "password": ""})
    assert not Person.objects.get().passkeys.exists()
    assert client.get("/settings/calendars").status_code == 200
    _comes_back(begin_at, client, founds=True)


def test_set_up_by_passkey_ends_where_set_up_by_password_ends(begin_at: str, client: Client) -> None:
    client.post(begin_at, ANSWERS | {"with": "passkey", "password": ""})
    home = _makes_a_passkey(client, Device(origin=settings.BASE_URL))
    assert "All is ready. Open the menu of your first calendar, choose Share" in home
    assert "All is ready." not in client.get("/settings/calendars").content.decode()
    more = Device(origin=settings.BASE_URL).creates(client.post(f"{ACCOUNT}/passkeys/begin").json())
    later = client.post(f"{ACCOUNT}/passkeys/new", {"credential": more})
    assert later.headers["Location"] == ACCOUNT, "a further one is a matter of the account"


def test_whoever_sets_a_password_instead_of_the_passkey_ends_there_too(begin_at: str, client: Client) -> None:
    client.post(begin_at, ANSWERS | {"with": "passkey", "password": ""})
    answer = client.post(f"{ACCOUNT}/password", {"password": NEW})
    assert answer.headers["Location"] == "/settings/calendars"
    assert "All is ready." in client.get("/settings/calendars").content.decode()
    assert client.post(f"{ACCOUNT}/password", {"password": f"{NEW}er"}).headers["Location"] == ACCOUNT


def _makes_a_passkey(client: Client, device: Device) -> str:
    """The page to which the first passkey leads."""
    made = device.creates(client.post(f"{ACCOUNT}/passkeys/begin").json())
    answer = client.post(f"{ACCOUNT}/passkeys/new", {"credential": made})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/calendars")
    return client.get("/settings/calendars").content.decode()


def _comes_back(address: str, left: Client, *, founds: bool) -> None:
    """The address is good until there is a way in, for the same person; then it is over, for everybody."""
    back, device = Client(), Device(origin=settings.BASE_URL)
    page = back.get(address, headers={"host": settings.BASE_URL.partition("//")[2]}).content.decode()
    assert "data-with-passkey" in page
    answer = back.post(address, ANSWERS | {"with": "passkey", "password": ""})
    assert answer.headers["Location"] == "/settings/account/passkeys/new"
    assert (Workspace.objects.count(), Person.objects.count()) == (1, 1)
    home = _makes_a_passkey(back, device)
    assert Person.objects.get().passkeys.count() == 1
    assert ("All is ready." in home) is founds, "as by a password"
    assert ("The passkey is added." in home) is not founds
    assert left.get("/settings/calendars").status_code == 303, "whoever else came in by it is out"
    for said in ({"with": "passkey"}, {"password": NEW}):
        assert Client().post(address, said).status_code == 410
    assert not Person.objects.get().has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_founds() -> None:
    told: list[str] = []
    barrier = threading.Barrier(6)

    def try_it(number: int) -> None:
        barrier.wait()
        try:
            found_with_owner(f"W{number}", owner_name="O", owner_email=f"o{number}@example.org", zone="UTC",
                  password=None, now=make.NOW, is_first=True)  # fmt: skip
            told.append("founded")
        except Refused as refusal:
            told.append(refusal.title)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Somebody has begun already"] * 5 + ["founded"]
    assert Workspace.objects.count() == 1


# --- the first password of an owner whom `bookonce init` has founded ---


@pytest.fixture
def address(db: None, time: Time) -> str:
    founded = found_with_owner(
        "Acme", owner_name="Hana", owner_email="h@example.org", zone="UTC", password=None, now=make.NOW
    )
    return f"/setup/{founded.setup_secret}"


NEW = "a quiet new password"


def test_a_first_password_is_set_once_and_signs_in(address: str, client: Client) -> None:
    assert "h@example.org" in client.get(address).content.decode()
    answer = client.post(address, {"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/calendars")
    assert "Your password is set." in client.get("/settings/calendars").content.decode()
    assert Person.objects.get().check_password(NEW)
    assert not Event.objects.filter(kind="account.password_changed").exists(), "it is the first"
    home = client.get("/settings/calendars").content.decode()
    assert "All is ready." not in home, "that is said to whoever founds the first workspace"
    for ask in (Client().get, Client().post):
        answer = ask(address, {"password": "another one!"})
        assert answer.status_code == 410
        assert "It was used already, or its time is over." in answer.content.decode()
        assert "h@example.org" not in answer.content.decode()
    assert Person.objects.get().check_password(NEW)
    inside = client.get(address).content.decode()
    assert "or its time is over. You are signed in as h@example.org." in inside
    assert "Sign in" not in inside
    assert 'href="/settings/calendars"' in inside


def test_an_owner_may_begin_with_a_passkey_instead(address: str, client: Client) -> None:
    client.post(address, {"with": "passkey"}, headers={"accept-language": "en-US,en;q=0.9"})
    assert Person.objects.get().clock == "12"
    _comes_back(address, client, founds=False)


def test_an_address_for_a_new_password_signs_nobody_in(address: str, client: Client) -> None:
    """The operator gives it to who has a way in, and an authenticator may ask for more than that."""
    client.post(address, {"password": NEW})
    person = Person.objects.get()
    anew = passwords.create_setup_link(person, without_authenticator=False, now=make.NOW)
    stranger = Client()
    assert stranger.post(f"/setup/{anew}", {"with": "passkey"}).status_code == 422
    assert stranger.get("/settings/calendars").status_code == 303


def test_with_the_first_password_the_clock_is_kept(address: str, client: Client) -> None:
    client.post(address, {"password": NEW}, headers={"accept-language": "en-US,en;q=0.9"})
    assert Person.objects.get().clock == "12"


def test_its_page_says_until_when_and_keeps_to_it(address: str, client: Client, time: Time) -> None:
    page = client.get(address).content.decode()
    until = "at most until Mon 30 November, 06:00 (UTC"
    assert f"This page works until you have a password, and {until}" in page, "no passkey at this host's name"
    here = client.get(address, headers={"host": settings.BASE_URL.partition("//")[2]}).content.decode()
    assert f"This page works until you have a password or a passkey, and {until}" in here
    assert "works once" not in page + here
    time.passes(7 * 24 * 3600)
    assert client.get(address).status_code == 410
    assert client.post(address, {"password": NEW}).status_code == 410
    assert not Person.objects.get().has_usable_password()


@pytest.mark.parametrize("password", ["sevenis", ""])
def test_a_password_that_cannot_be_taken(address: str, client: Client, password: str) -> None:
    answer = client.post(address, {"password": password})
    assert answer.status_code == 422
    assert "Choose a password of 8 to 1000 characters." in answer.content.decode()
    assert not Person.objects.get().has_usable_password()


@pytest.mark.parametrize("password", ["password", "Password ", "12345678", "H@example.org"])
def test_a_password_that_is_guessed_first(address: str, client: Client, password: str) -> None:
    answer = client.post(address, {"password": password})
    assert answer.status_code == 422
    assert "This is guessed first." in answer.content.decode()
    assert not Person.objects.get().has_usable_password()
    assert client.post(address, {"password": NEW}).status_code == 303, "the address is not spent by it"


@pytest.mark.parametrize("password", ["password", "hana host", "hana@example.org"])
def test_nobody_begins_with_a_password_that_is_guessed_first(
    begin_at: str, client: Client, password: str
) -> None:
    answer = client.post(begin_at, ANSWERS | {"password": password, "zone": "Atlantis"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("This is guessed first." in page, "zone from the list" in page) == (True, True)
    assert "Choose a password of" not in page
    assert client.post(begin_at, ANSWERS | {"password": password}).status_code == 422
    assert not Person.objects.exists()


def test_who_begins_without_any_answer_is_asked_for_a_password_of_some_length(
    begin_at: str, client: Client
) -> None:
    page = client.post(begin_at, {}).content.decode()
    assert ("Choose a password of 8 to 1000 characters." in page, "guessed first" in page) == (True, False)


def test_looking_sets_nothing_and_a_strange_form_neither(address: str) -> None:
    for ask in (Client().get, Client().head, Client().options):
        ask(address, {"password": NEW})
    assert Client(enforce_csrf_checks=True).post(address, {"password": NEW}).status_code == 403
    assert not Person.objects.get().has_usable_password()


def test_an_address_that_was_never_given_out_is_unknown(address: str, client: Client) -> None:
    answer = client.get(f"{address}x")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/setup/").status_code == 404
