"""The page on which a new owner sets their password: once, on purpose, and never by looking."""

from __future__ import annotations

import pytest
from django.test import Client

from bookonce.accounts.models import Person
from bookonce.people.operations import found
from tests import make
from tests.guest.conftest import Time
from tests.guest.reading import Browser

pytestmark = pytest.mark.django_db

NEW = "a quiet new password"


@pytest.fixture
def address(db: None) -> str:
    founded = found(
        "Acme", owner_name="Hana", owner_email="h@example.org", zone="UTC", password=None, now=make.NOW
    )
    return f"/setup/{founded.setup_secret}"


def test_the_password_is_set_once(address: str, gil: Browser) -> None:
    form = gil.open(address).form("seal")
    assert gil.send(form, password=NEW, again=NEW).heading == "Your password is set."
    assert Person.objects.get().check_password(NEW)
    assert gil.open(address).status == 404
    assert gil.send(form, password="another one!", again="another one!").status == 404
    assert Person.objects.get().check_password(NEW)


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("sevenis", "sevenis", "Choose a password of at least 8 characters."),
        (NEW, "something else", "The two are not the same. Type the password once more."),
        ("", "", "Choose a password of at least 8 characters."),
    ],
)
def test_a_password_that_cannot_be_taken(
    address: str, password: str, again: str, words: str, time: Time
) -> None:
    gil = Browser()
    page = gil.send(gil.open(address).form("seal"), password=password, again=again)
    assert page.status == 422
    assert page.words.count(words) == 2
    assert NEW not in page.html
    assert not Person.objects.get().has_usable_password()


def test_looking_sets_nothing_and_a_strange_form_neither(address: str) -> None:
    client = Client()
    for ask in (client.get, client.head, client.options):
        ask(address, {"password": NEW, "again": NEW})
    assert client.post(address, {"password": NEW, "again": NEW}).status_code == 422
    assert not Person.objects.get().has_usable_password()


def test_an_address_that_was_never_given_out_is_unknown(address: str) -> None:
    assert Client().get(f"{address}x").status_code == 404
    assert Client().get("/setup/").status_code == 404


def test_the_front_page_says_what_this_is(time: Time) -> None:
    page = Browser().open("/")
    assert (page.status, page.heading) == (200, "Bookonce")
