"""A guest whose browser asks for German reads German: pages, refusals, and the mails afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bookonce.delivery.mail.delivering import message_of
from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.calendars.queries import reload_calendar
from tests import make
from tests.interfaces.guest.conftest import Time, address_of
from tests.interfaces.guest.reading import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def greta(time: Time) -> Browser:
    return Browser(accept_language="de-DE,de;q=0.9,en;q=0.5")


def test_from_the_times_to_the_mail(hana: make.Team, greta: Browser, time: Time) -> None:
    address = address_of(make.link(hana.calendar))
    page = greta.open(address)
    assert '<html lang="de"' in page.html
    assert "Dieser Link gilt einmal." in page.words
    assert "Mo, 23. November" in page.words
    time.passes(5)
    details = greta.pick(page)
    wrong = greta.book(details, email="niemand")
    assert wrong.status == 422
    assert "Das ist keine E-Mail-Adresse." in wrong.words
    booked = greta.book(wrong, name="Greta Gast", email="greta@example.net")
    assert booked.heading == "Ihr Termin steht"
    mail = mail_to("greta@example.net")
    assert mail["Subject"].startswith("Gebucht: ")
    assert mail["Content-Language"] == "de-DE"
    text = mail.get_body(("plain",)).get_content()
    assert "Guten Tag Greta Gast," in text
    assert "Verschieben oder absagen: http" in text


def test_who_is_called_reads_it_in_german(db: None, greta: Browser, time: Time) -> None:
    team = make.team(location={"kind": "ask"})
    page = greta.open(address_of(make.link(team.calendar)))
    time.passes(5)
    booked = greta.book(greta.pick(page), phone="+49 30 123456")
    assert "Hana ruft Sie an." in booked.words
    assert "will call you" not in booked.words


def test_a_dead_link(hana: make.Team, greta: Browser, mara: Browser, books: Any) -> None:
    address = address_of(make.link(hana.calendar))
    books(mara, address)
    page = greta.open(address)
    assert page.heading == "Dieser Link ist schon eingelöst."
    assert "Für einen weiteren Termin wenden Sie sich bitte an Hana." in page.words
    assert greta.open("/o/unknown").heading == "Wir kennen diesen Link nicht."


def mail_to(address: str) -> Any:
    delivery = Delivery.objects.select_related("event").get(to=address)
    return message_of(delivery, now=make.NOW)


# --- the workspace's own language, for whoever asks for none that there is ---


def test_where_nobody_asks_for_a_language_that_there_is(hana: make.Team, time: Time) -> None:
    make.speaking(hana.workspace, "de")
    address = address_of(make.link(hana.calendar))
    public = f"/c/{hana.workspace.slug}/{hana.calendar.slug}"
    for asks, language in (
        ("fr-FR,fr", "de"),
        ("*", "de"),
        ("", "en"),
        ("pl, en;q=0.5", "en"),
        ("de-AT", "de"),
    ):
        for path in (address, public):
            assert f'<html lang="{language}"' in Browser(accept_language=asks).open(path).html
    assert Browser(accept_language="fr").open("/o/unknown").heading == "We don't know this link."


def test_mails_in_the_language_of_the_workspace(hana: make.Team, time: Time) -> None:
    make.speaking(hana.workspace, "de")
    francoise = Browser(accept_language="fr-FR")
    page = francoise.open(address_of(make.link(hana.calendar)))
    time.passes(5)
    details = francoise.pick(page)
    time.passes(5)
    booked = francoise.book(details, name="Françoise", email="f@example.net")
    assert booked.heading == "Ihr Termin steht"
    assert mail_to("f@example.net")["Content-Language"] == "de"
    hers = Delivery.objects.select_related("event").get(to=hana.owner.person.email)
    told = message_of(hers, now=make.NOW)
    assert told["Content-Language"] == "de"
    booking = make.booking(
        reload_calendar(hana.calendar.pk), guest=replace(make.GIL, email="pl@example.net", language="pl")
    )
    assert booking.guest_language == "pl", "what was said is kept"
    assert mail_to("pl@example.net")["Content-Language"] == "de"
