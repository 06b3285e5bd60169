"""Settings → Account: who one is, the ways in, and the browsers that are signed in."""

from __future__ import annotations

import html
import re

import pyotp
import pytest
from django.test import Client

from bookonce.delivery.outbox.models import Delivery
from bookonce.domain.accounts import authenticator, sessions
from bookonce.domain.accounts.models import Authenticator, Passkey, Person, Session
from bookonce.foundation import clock, tokens
from bookonce.interfaces.host.account import browser_names
from bookonce.interfaces.host.shared.session import PROVED
from tests import make
from tests.interfaces.guest.conftest import Time
from tests.interfaces.host.conftest import Mails, link_in, sat_down
from tests.interfaces.pages.test_qr_codes import quiet_zone

pytestmark = pytest.mark.django_db

PAGE = "/settings/account"
PASSWORD = "correct horse battery"
SENSITIVE = ("email", "password", "passkeys/new", "authenticator", "authenticator/codes", "authenticator/off")


def _fresh(team: make.Team) -> Person:
    return Person.objects.get(pk=team.owner.person_id)


def test_a_person_says_who_they_are(desk: Client, hana: make.Team) -> None:
    said = {"name": "Hana\u2028Höst", "zone": "Europe/London", "language": "de"}
    assert desk.post(PAGE, said).status_code == 303
    person = _fresh(hana)
    assert (person.name, person.zone, person.language) == ("Hana Höst", "Europe/London", "de")
    page = desk.get(PAGE).content.decode()
    assert '<html lang="de"' in page
    assert re.findall(r'<option value="([^"]+)"[^>]* selected>', page)[0] == "Europe/London"


def test_the_clock_is_chosen_and_the_desk_keeps_to_it(
    desk: Client, hana: make.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now_precise", make.NOW.timestamp)
    booking = make.booking(hana.calendar, make.later(31 * 60))
    seen = f"/bookings/{tokens.public_id('bkg', booking.pk)}"
    who = {"name": "Hana", "zone": "Europe/Berlin"}
    for hours, asks, said in [
        ("12", "de", "2:00\u00a0PM"),
        ("24", "en-US", "14:00"),
        ("", "en-US", "2:00\u00a0PM"),
        ("13", "de", "14:00"),
    ]:
        assert desk.post(PAGE, who | {"clock": hours}).status_code == 303
        assert said in desk.get(seen, headers={"accept-language": asks}).content.decode(), hours
    assert _fresh(hana).clock == "", "no clock has thirteen hours"
    desk.post(PAGE, who | {"clock": "12"})
    assert '<option value="12" selected>' in desk.get(PAGE).content.decode()


def test_a_zone_goes_by_its_present_name(desk: Client, hana: make.Team) -> None:
    """Some browsers name zones as they were called long ago."""
    desk.post(PAGE, {"name": "Hana", "zone": "Asia/Calcutta"})
    assert _fresh(hana).zone == "Asia/Kolkata"
    assert 'data-former="Asia/Calcutta"' in desk.get(PAGE).content.decode()
    desk.post(PAGE, {"name": "Hana", "zone": "UTC"})
    assert _fresh(hana).zone == "UTC"


def test_a_zone_is_searched_by_what_people_call_where_they_are(desk: Client) -> None:
    """The few that are chosen often come first, and the one that is chosen is chosen once."""
    desk.post(PAGE, {"name": "Hana", "zone": "Europe/Berlin"})
    page = desk.get(PAGE, headers={"accept-language": "de"}).content.decode()
    assert re.findall(r'<optgroup label="([^"]+)"', page)[:2] == ["Oft gewählt", "Afrika"]
    assert re.search(r'value="Europe/Berlin" data-names="[^"]*\bmunich\b[^"]*\bdeutschland\b', page)
    assert page.count('<option value="Europe/Berlin"') == 2
    assert page.count('<option value="Europe/Berlin" selected>') == 1


def test_what_cannot_be_taken_is_named(desk: Client, hana: make.Team) -> None:
    for said, words in [
        ({"name": "", "zone": "UTC"}, "Enter your name."),
        ({"name": "x" * 121, "zone": "UTC"}, "Shorten this to 120 characters."),
        ({"name": "Hana", "zone": "Mars/Olympus"}, "Choose a time zone from the list."),
    ]:
        answer = desk.post(PAGE, said)
        assert answer.status_code == 422
        assert answer.content.decode().count(words) == 2
    assert _fresh(hana).name == "Hana"


@pytest.mark.parametrize("page", SENSITIVE)
def test_long_ago_signed_in_one_is_asked_again(desk: Client, hana: make.Team, page: str) -> None:
    session = desk.session
    session[PROVED] -= 16 * 60
    session.save()
    address = f"{PAGE}/{page}"
    assert desk.get(address).headers["Location"] == f"{PAGE}/prove?next={address}"
    session[PROVED] -= 15 * 60
    session.save()
    assert desk.post(address, {"password": "another one"}).headers["Location"].startswith(f"{PAGE}/prove")
    person = _fresh(hana)
    assert not person.has_usable_password()


def test_a_form_that_was_shown_in_time_is_taken(desk: Client, hana: make.Team) -> None:
    session = desk.session
    session[PROVED] -= 20 * 60
    session.save()
    assert desk.post(f"{PAGE}/password", {"password": PASSWORD}).headers["Location"] == PAGE


def test_showing_once_more_who_one_is(desk: Client, hana: make.Team) -> None:
    desk.post(f"{PAGE}/password", {"password": PASSWORD})
    session = desk.session
    session[PROVED] = 0
    session.save()
    proving = f"{PAGE}/prove?next={PAGE}/email"
    assert desk.post(proving, {"password": "not this"}).status_code == 422
    assert desk.get(f"{PAGE}/email").status_code == 303
    answer = desk.post(f"{PAGE}/prove", {"password": PASSWORD, "next": f"{PAGE}/email"})
    assert answer.headers["Location"] == f"{PAGE}/email"
    assert desk.get(f"{PAGE}/email").status_code == 200
    evil = desk.post(f"{PAGE}/prove", {"password": PASSWORD, "next": "https://evil.example"})
    assert evil.headers["Location"] == PAGE


def test_a_new_password_ends_every_other_session(client: Client, hana: make.Team, mails: Mails) -> None:
    hana.owner.person.set_password("the old password")
    hana.owner.person.save()
    desk, other = sat_down(client, hana), sat_down(Client(), hana)
    assert "<bdi>Choose a new password</bdi>" in desk.get(f"{PAGE}/password").content.decode()
    before = desk.session.session_key
    assert desk.post(f"{PAGE}/password", {"password": "short"}).status_code == 422
    assert desk.post(f"{PAGE}/password", {"password": PASSWORD}).status_code == 303
    assert "Your password is changed." in desk.get(PAGE).content.decode()
    assert desk.session.session_key != before
    assert other.get(PAGE).status_code == 303
    assert Session.objects.filter(person=hana.owner.person).count() == 1
    assert [mail["Subject"] for mail in mails()] == ["Your password was changed (Acme)"]


def test_of_a_first_password_nothing_is_called_new(desk: Client, hana: make.Team, mails: Mails) -> None:
    """Beside a passkey it is a further way in, and its owner is told so; alone it is how they begin."""
    page = desk.get(f"{PAGE}/password").content.decode()
    assert "<bdi>Set a password</bdi>" in page
    assert f"You sign in with it as {hana.owner.person.email}." in page
    Passkey.objects.create(
        person=hana.owner.person, name="Phone", credential_id=b"1", credential=b"", created_at=make.NOW
    )
    page = desk.get(f"{PAGE}/password").content.decode()
    assert "You can sign in with it or with a passkey. Every other browser is signed out." in page
    assert "new password" not in page.lower()
    other = sat_down(Client(), hana)
    assert desk.post(f"{PAGE}/password", {"password": PASSWORD}).headers["Location"] == PAGE
    assert other.get(PAGE).status_code == 303
    assert "Your password is set. Every other browser is signed out." in desk.get(PAGE).content.decode()
    [mail] = mails()
    assert mail["Subject"] == "A password was set for your account (Acme)"
    assert "changed" not in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("has_password", [False, True])
def test_who_speaks_to_the_page_says_the_words_on_its_buttons(
    client: Client, hana: make.Team, has_password: bool
) -> None:
    if has_password:
        hana.owner.person.set_password(PASSWORD)
        hana.owner.person.save()
    page = sat_down(client, hana).get(PAGE).content.decode()
    labels = re.findall(r'<a class="button" href="[^"]+" aria-label="([^"]+)">([^<]+)</a>', page)
    assert len(labels) == 3
    for label, words in labels:
        assert label.startswith(words), (label, words)


# --- the address ---


def test_an_address_changes_when_its_mailbox_was_opened(desk: Client, hana: make.Team, mails: Mails) -> None:
    old = hana.owner.person.email
    assert desk.post(f"{PAGE}/email", {"email": "New@Example.org "}).status_code == 200
    assert _fresh(hana).email == old
    [mail] = mails()
    assert mail["To"].addresses[0].addr_spec == "new@example.org"
    link = link_in(mail)
    stranger = Client()
    assert stranger.get(link).status_code == 200
    assert _fresh(hana).email == old, "looking changes nothing"
    assert stranger.post(link).headers["Location"] == "/sign-in"
    assert _fresh(hana).email == "new@example.org"
    assert stranger.post(link).status_code == 404
    told = mails()[1]
    assert told["To"].addresses[0].addr_spec == old
    assert told["Subject"] == "Your e-mail address was changed (Acme)"


def test_no_title_parts_within_the_word_e_mail(desk: Client, mails: Mails) -> None:
    """On a phone it has two lines, and broke after "e-"."""
    desk.post(f"{PAGE}/email", {"email": "new@example.org"})
    for page in (f"{PAGE}/email", link_in(mails()[0])):
        title = re.search(r"<h1>(.*?)</h1>", desk.get(page).content.decode(), re.DOTALL)
        assert title
        assert "e\u2011mail address" in title[1]


def test_somebody_elses_address_gets_no_mail_and_the_page_says_the_same(
    desk: Client, hana: make.Team, sam: make.Team
) -> None:
    pages = [
        desk.post(f"{PAGE}/email", {"email": email}).content.decode().replace(email, "…")
        for email in ("free@example.org", sam.owner.person.email)
    ]
    assert pages[0].partition("<main")[2] == pages[1].partition("<main")[2]
    assert Delivery.objects.count() == 1


def test_an_address_that_was_taken_meanwhile(desk: Client, sam: make.Team, mails: Mails) -> None:
    desk.post(f"{PAGE}/email", {"email": "wanted@example.org"})
    link = link_in(mails()[0])
    Person.objects.filter(pk=sam.owner.person_id).update(email="wanted@example.org")
    assert desk.post(link).status_code == 422


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@example.org"])
def test_what_is_no_address_is_said(desk: Client, email: str) -> None:
    assert desk.post(f"{PAGE}/email", {"email": email}).status_code == 422
    assert not Delivery.objects.exists()


def test_a_password_link_to_the_old_mailbox_dies_with_it(
    desk: Client, hana: make.Team, mails: Mails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookonce.interfaces.host.account.recovery.TAKES", 0)
    Client().post("/password/forgotten", {"email": hana.owner.person.email})
    desk.post(f"{PAGE}/email", {"email": "new@example.org"})
    links = {link_in(mail) for mail in mails()}
    old, new = (next(link for link in links if part in link) for part in ("/password/", "/email/"))
    desk.post(new)
    assert Client().post(old, {"password": PASSWORD}).status_code == 404


# --- the authenticator ---


def test_it_is_turned_on_by_a_first_code(desk: Client, hana: make.Team, time: Time) -> None:
    desk = sat_down(desk, hana)
    page = f"{PAGE}/authenticator"
    assert "Step 1" in desk.get(page).content.decode()
    assert not Authenticator.objects.exists(), "looking begins nothing"
    desk.post(page, {"do": "begin"})
    secret = authenticator.begun_secret(hana.owner.person) or ""
    shown = desk.get(page).content.decode()
    assert secret[:4] in shown
    [address] = re.findall(r'href="(otpauth://totp/[^"]+)"', shown)
    assert pyotp.parse_uri(html.unescape(address)).secret == secret, "the app may be on this very phone"
    image = desk.get(f"{page}/qr.svg")
    assert quiet_zone(image.content) == (4, 4)
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert image.headers["Cache-Control"] == "no-store"
    assert not authenticator.is_on(hana.owner.person), "until a code has proven the app"
    assert desk.post(page, {"code": "000000"}).status_code == 422
    answer = desk.post(page, {"code": pyotp.TOTP(secret).at(int(time.at))})
    codes = [code for code in answer.content.decode().split("<li>") if "-" in code[:12]]
    assert len(codes) == 10
    assert authenticator.is_on(hana.owner.person)
    assert secret not in desk.get(page).content.decode()
    assert desk.get(f"{page}/qr.svg").status_code == 404, "the secret is never shown again"
    assert desk.post(page, {"do": "stop"}).status_code == 409


def _turn_on(desk: Client, team: make.Team, time: Time) -> list[str]:
    secret = authenticator.begin_setup(team.owner.person, now=make.NOW)
    code = pyotp.TOTP(secret).at(int(time.at))
    return authenticator.confirm_setup(team.owner.person, code, now=make.NOW) or []


def test_new_codes_replace_the_old(desk: Client, hana: make.Team, time: Time) -> None:
    desk = sat_down(desk, hana)
    old = _turn_on(desk, hana, time)
    page = f"{PAGE}/authenticator/codes"
    assert desk.get(page).status_code == 200
    assert authenticator.codes_left(hana.owner.person) == 10
    answer = desk.post(page).content.decode()
    assert 'data-copy="codes"' in answer
    assert answer[answer.index('id="codes"') :].partition("</textarea>")[0].count("\n") >= 9, "one on a line"
    assert answer.count("<li>") >= 10
    assert not authenticator.accept_code(hana.owner.person, old[0], now=make.NOW)


def test_it_is_turned_off_by_whoever_is_there_now(desk: Client, hana: make.Team, time: Time) -> None:
    desk = sat_down(desk, hana)
    _turn_on(desk, hana, time)
    page = f"{PAGE}/authenticator/off"
    asked = desk.get(page).content.decode()
    assert ("Your password alone" in asked, "No code is asked for then." in asked) == (False, True)
    time.passes(61)
    assert desk.get(page).status_code == 303, "asks again, however short ago they have said so"
    desk = sat_down(desk, hana)
    desk.post(page)
    assert not Authenticator.objects.exists()
    assert authenticator.codes_left(hana.owner.person) == 0
    assert "The authenticator is off.</p>" in desk.get(PAGE).content.decode(), "there is no password"


def test_without_the_authenticator_a_password_alone_lets_in(
    desk: Client, hana: make.Team, time: Time
) -> None:
    hana.owner.person.set_password(PASSWORD)
    hana.owner.person.save()
    desk = sat_down(desk, hana)
    _turn_on(desk, hana, time)
    assert "Your password alone lets you in then" in desk.get(f"{PAGE}/authenticator/off").content.decode()
    desk.post(f"{PAGE}/authenticator/off")
    assert "Your password alone lets you in." in desk.get(PAGE).content.decode()


# --- sessions ---


def test_sessions_are_listed_and_ended(desk: Client, hana: make.Team, sam: make.Team) -> None:
    phone = sat_down(Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Version/18 Safari/605"}), hana)
    session = Session.objects.get(key_hash=tokens.hash_of(phone.session.session_key))
    Session.objects.filter(pk=session.pk).update(agent="Mozilla/5.0 (iPhone) Version/18 Safari/605")
    page = desk.get(PAGE).content.decode()
    assert "Safari on iPhone" in page
    assert "This browser" in page
    name = tokens.public_id("ses", session.pk)
    assert sat_down(Client(), sam).post(f"{PAGE}/sessions/{name}/end").status_code == 404
    assert phone.get(PAGE).status_code == 200
    assert desk.post(f"{PAGE}/sessions/{name}/end").status_code == 303
    assert phone.get(PAGE).status_code == 303
    assert desk.get(PAGE).status_code == 200


def test_every_other_session_is_ended_at_once(desk: Client, hana: make.Team, sam: make.Team) -> None:
    others, sams = [sat_down(Client(), hana) for _ in range(3)], sat_down(Client(), sam)
    desk.post(f"{PAGE}/sessions/end-others")
    assert [other.get(PAGE).status_code for other in others] == [303] * 3
    assert desk.get(PAGE).status_code == 200
    assert sams.get(PAGE).status_code == 200


def test_a_visit_is_noted_now_and_then_and_keeps_the_session(hana: make.Team, time: Time) -> None:
    desk = sat_down(Client(), hana)
    [before] = Session.objects.filter(key_hash=tokens.hash_of(desk.session.session_key))
    time.passes(4 * 60)
    desk.get(PAGE)
    assert Session.objects.get(pk=before.pk).seen_at == before.seen_at
    time.passes(2 * 60)
    desk.get(PAGE)
    after = Session.objects.get(pk=before.pk)
    assert (after.seen_at - before.seen_at).seconds == 6 * 60
    assert after.expires_at - after.seen_at == sessions.UNUSED_FOR
    time.passes(sessions.UNUSED_FOR.total_seconds())
    assert desk.get(PAGE).status_code == 303


def test_ended_sessions_are_forgotten(desk: Client, hana: make.Team, time: Time) -> None:
    desk = sat_down(Client(), hana)
    somebody = Client()
    somebody.post("/sign-in/passkey/begin")
    assert Session.objects.filter(person=None).exists()
    now = Session.objects.get(key_hash=tokens.hash_of(desk.session.session_key)).seen_at
    sessions.delete_ended_sessions(now + sessions.NOBODYS_FOR)
    assert not Session.objects.filter(person=None).exists()
    assert Session.objects.filter(person=hana.owner.person).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140",
            ("Edge", "Windows"),
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", ("Safari", "Mac")),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Mobile Safari/537", ("Chrome", "Android")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140) Gecko Firefox/140", ("Firefox", "Linux")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_as_far_as_it_tells(agent: str, words: tuple[str, str]) -> None:
    assert browser_names.browser_and_system(agent) == words


def test_nobody_else_reads_mails_about_an_account(desk: Client, hana: make.Team, mails: Mails) -> None:
    desk.post(f"{PAGE}/email", {"email": "new@example.org"})
    mails()
    delivery = Delivery.objects.get()
    assert "new@example.org" not in desk.get("/outbox").content.decode()
    assert desk.get(f"/outbox/{tokens.public_id('dlv', delivery.pk)}").status_code == 404


@pytest.mark.parametrize(
    "page", [PAGE, *(f"{PAGE}/{page}" for page in SENSITIVE), "/settings/keys", "/settings/workspace"]
)
def test_pages_cost_few_statements(
    desk: Client, page: str, django_assert_max_num_queries, hana: make.Team
) -> None:
    if page.endswith(("/codes", "/off")):
        totp = pyotp.TOTP(authenticator.begin_setup(hana.owner.person, now=clock.now()))
        assert authenticator.confirm_setup(hana.owner.person, totp.at(clock.now()), now=clock.now())
    with django_assert_max_num_queries(12):
        answer = desk.get(page)
    assert answer.status_code == 200


def test_many_sessions_are_folded(desk: Client, hana: make.Team) -> None:
    for _ in range(7):
        sat_down(Client(), hana)
    page = desk.get(PAGE).content.decode()
    shown, _, folded = page.partition("<details")
    assert "2 more browsers" in folded
    assert (shown.count("/end"), folded.count('/end"')) == (5, 2)
    assert page.index("This browser") < page.index("Last seen")
