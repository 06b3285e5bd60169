"""The mails about a booking, as their readers and two parsers see them."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from bookonce.delivery.mail.delivering import deliver, message_of
from bookonce.delivery.outbox import claims, email, worker
from bookonce.delivery.outbox.models import Delivery, Event
from bookonce.delivery.outbox.operations import send_again
from bookonce.domain.accounts import profile
from bookonce.domain.bookings import queries
from bookonce.domain.bookings.changes import cancel, move
from bookonce.domain.bookings.guest_details import Guest, plain_name
from bookonce.domain.bookings.mails import SUBJECT
from bookonce.domain.bookings.models import Booking
from bookonce.domain.calendars import operations as calendars
from bookonce.foundation import clock, tokens
from bookonce.foundation.database.transactions import transaction
from tests import make
from tests.delivery.outbox.post import Post, post_office
from tests.make import NOW

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
SIGNS = ["\x0c", "\x1e", "\x0b", "\x85", "\u2028", "\u2029", "\r\n", "\n", "\r", "\x00", "\x7f", "\u202e"]
SIGNS += ["\u2066", "\u200b", "\u200c", "\u200d", "\u00ad", "\u200d\r\n\u200c"]
GIL = Guest("Gil Guest", "gil@example.net", "+49 30 123456", "America/New_York", "en")
QUESTIONS = [{"key": "why", "label": "What is it about?", "kind": "textarea"}]


@pytest.fixture
def team(db: None) -> make.Team:
    return make.team(questions=QUESTIONS, location={"kind": "url", "value": "https://meet.example.org/a"})


@pytest.fixture(autouse=True)
def sent_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that is sent in another year than that of its booking says the year."""
    monkeypatch.setattr(clock, "now_precise", NOW.timestamp)


@pytest.fixture(autouse=True)
def counted_apart(settings: Any, tmp_path: Path) -> None:
    """Gil gets more mails here than anybody does in an hour."""
    settings.DATA = tmp_path


def sent(settings: Any) -> list[EmailMessage]:
    """What is due now, sent by a real server and read back; the guest's mail first."""
    with post_office() as office:
        return _deliver(office, settings)


def _deliver(office: Post, settings: Any) -> list[EmailMessage]:
    settings.EMAIL_URL = office.url
    while worker.deliver_one({"email": deliver}, now=NOW):
        pass
    assert not Delivery.objects.exclude(state__in=("done", "dropped")).exists()
    return sorted(office.mails(), key=lambda mail: "guest" not in mail["Message-ID"])


def booked(team: make.Team, **wish: Any) -> Booking:
    return make.booking(team.calendar, AT, **({"guest": GIL} | wish))


def text(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")  # type: ignore[union-attr]


def html(mail: EmailMessage) -> str:
    return str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]


def events_in(mail: EmailMessage) -> list[Any]:
    """The invitation, from the alternative and from the file, each read by both parsers."""
    found: list[Any] = []
    for part in mail.walk():
        if part.get_content_type() in ("text/calendar", "application/ics"):
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            found += [icalendar.Calendar.from_ical(raw), vobject.readOne(raw.decode())]
    return found


def test_the_guest_reads_what_when_where_and_how_to_change_it(team: make.Team, settings: Any) -> None:
    booking = booked(team)
    guests, _ = sent(settings)
    assert guests["Subject"] == "Booked: Intro call with Hana, Tue 24 November, 08:30"
    assert text(guests) == (
        "Hello Gil Guest,\n\nYou’re booked.\n\n"
        "What: Intro call with Hana\n"
        "When: Tue 24 November, 08:30–09:00 (New York, UTC−5)\n"
        "For Hana: Tue 24 November, 14:30–15:00 (Berlin, UTC+1)\n"
        "Where: https://meet.example.org/a\n\n"
        f"Move or cancel: {queries.manage_url(booking)}\n"
        "This link is yours alone: whoever has it can move or cancel the appointment.\n\n"
        f"Questions? Contact Hana, {team.owner.person.email}.\n\n"
        "-- \nAcme\n"
    )
    token = re.search(r"/b/(\w+)\"", html(guests))
    assert token
    assert queries.find_by_manage_token(token[1]) == booking


def test_the_host_reads_who_and_why(team: make.Team, settings: Any) -> None:
    booked(team, answers={"why": "Prices,\nand <b>more</b>"})
    _, hosts = sent(settings)
    assert hosts["Subject"] == "Booked: Intro call with Gil Guest, Tue 24 November, 14:30"
    assert "Gil Guest booked an appointment." in text(hosts)
    assert "Phone: +49 30 123456\nWhat is it about? Prices,\nand <b>more</b>\n" in text(hosts)
    assert "Prices,<br>and &lt;b&gt;more&lt;/b&gt;" in html(hosts)
    assert "/b/" not in hosts.as_string()


def test_the_host_reads_by_their_own_clock(team: make.Team, settings: Any) -> None:
    """And the guest, who chose none, by that of their country."""
    host = team.owner.person
    profile.change_profile(host, name=host.name, zone=host.zone, language="", clock="12")
    move(booked(team), starts_at=AT + timedelta(hours=1), by="host", seen=0, now=NOW)
    guests, hosts = sent(settings)[-2:]
    said = text(hosts).replace("\u00a0", " ")
    assert hosts["Subject"].endswith("Tue 24 November, 3:30 PM")
    assert "When: Tue 24 November, 3:30 PM–4:00 PM (Berlin, UTC+1)" in said
    assert "Tue 24 November, 9:30 AM–10:00 AM (New York, UTC−5)" in said
    assert "09:30–10:00" in text(guests)


@pytest.mark.parametrize("kind", ["ask", "phone"])
def test_where_the_guest_is_called_each_reads_who_calls_whom(db: None, settings: Any, kind: str) -> None:
    booked(make.team(location={"kind": kind}))
    guests, hosts = sent(settings)
    assert "\nWhere: By phone: Hana calls you on ••• 56\n" in text(guests)
    assert "123456" not in text(guests), "nobody has proven this address"
    assert "\nWhere: By phone: you call Gil Guest on +49 30 123456\n" in text(hosts)


def test_where_no_number_is_known_nobody_promises_one(db: None, settings: Any) -> None:
    """Programs could once book such a time without a number."""
    booked(make.team(location={"kind": "ask"}))
    event = Event.objects.get(kind="booking.made")
    Event.objects.filter(pk=event.pk).update(data=event.data | {"guest": event.data["guest"] | {"phone": ""}})
    guests, hosts = sent(settings)
    assert "\nWhere: By phone: Hana calls you\n" in text(guests)
    assert "\nWhere: By phone: you call Gil Guest\n" in text(hosts)


def test_over_a_change_of_clocks_the_mail_names_both_offsets(db: None, settings: Any) -> None:
    data = queries.booking_snapshot(booked(make.team(), guest=replace(GIL, zone="Australia/Lord_Howe")))
    data |= {"starts_at": "2027-04-03T14:30:00Z", "ends_at": "2027-04-03T15:00:00Z"}
    event = Event(kind="booking.made", at=NOW, data=data, by="guest")
    unsent = Delivery(event=event, purpose="notice", channel="email", recipient="guest", to=GIL.email)
    mail = message_of(unsent, now=NOW, masked=True)
    assert "01:30 (UTC+11) – 01:30 (UTC+10:30) (Lord Howe" in text(mail)


def test_one_zone_is_told_once(team: make.Team, settings: Any) -> None:
    booked(team, guest=Guest("Gil", "gil@example.net", zone="Europe/Paris"))
    guests, _ = sent(settings)
    assert "(Paris, UTC+1)" in text(guests)
    assert "For Hana" not in text(guests)


def test_moved_and_cancelled_follow_in_one_thread(team: make.Team, settings: Any) -> None:
    booking = booked(team)
    first = sent(settings)
    booking = move(booking, starts_at=AT + timedelta(days=1), by="guest", now=NOW)
    second = sent(settings)
    cancel(booking, reason="A cold", by="guest", now=NOW)
    third = sent(settings)
    assert [mail["Subject"] for mail in (second[0], third[0])] == [
        "Moved: Intro call with Hana, now Wed 25 November, 08:30",
        "Cancelled: Intro call with Hana, Wed 25 November, 08:30",
    ]
    assert "Before: Tue 24 November, 14:30" in text(second[1])
    assert "Reason: A cold" in text(third[1])
    assert "A cold" not in third[0].as_string(), "what the guest typed goes to the host alone"
    assert "Move or cancel" not in text(third[0])
    for side in (0, 1):
        mails = [mails[side] for mails in (first, second, third)]
        assert len({mail["References"] for mail in mails}) == 1
        assert len({mail["Message-ID"] for mail in mails}) == 3
        read = [events_in(mail) for mail in mails]
        assert [len(events) for events in read] == [4, 4, 4]
        for number, events in enumerate(read):
            for one, other in (events[:2], events[2:]):
                event, method = one.walk("VEVENT")[0], ("REQUEST", "REQUEST", "CANCEL")[number]
                assert int(event["sequence"]) == int(other.vevent.sequence.value) == number
                assert str(event["uid"]) == other.vevent.uid.value == booking.uid
                assert str(one["method"]) == other.method.value == method
                assert str(event["organizer"]) == other.vevent.organizer.value == "mailto:bookonce@localhost"
                start = AT + timedelta(days=min(number, 1))
                assert event.decoded("dtstart") == other.vevent.dtstart.value == start


def test_a_cancellation_waits_for_the_invitation_that_is_on_its_way(team: make.Team) -> None:
    booking = booked(team)
    on_its_way = [claims.claim_delivery({"email"}, now=NOW) for _ in range(2)]
    cancel(booking, by="guest", now=NOW)
    assert claims.claim_delivery({"email"}, now=NOW) is None
    for delivery in on_its_way:
        assert delivery
        assert claims.mark_done(delivery, now=NOW)
    then = [claims.claim_delivery({"email"}, now=NOW) for _ in range(2)]
    assert [delivery and delivery.event.kind for delivery in then] == ["booking.cancelled"] * 2


def test_a_mail_sent_again_is_another_mail_about_the_same_appointment(team: make.Team, settings: Any) -> None:
    """A mailbox shows it once more, a calendar program changes nothing."""
    booked(team)
    first, _ = sent(settings)
    send_again(Delivery.objects.get(recipient="guest"), now=NOW)
    [again] = sent(settings)
    assert again["Message-ID"] != first["Message-ID"]
    assert again["References"] == first["References"]
    for one in (*events_in(first)[::2], *events_in(again)[::2]):
        [event] = one.walk("VEVENT")
        known = (event["UID"], event["SEQUENCE"])
        assert known == (queries.booking_snapshot(Booking.objects.get())["uid"], 0)


def test_the_host_who_cancels_gives_the_guest_a_reason(team: make.Team, settings: Any) -> None:
    cancel(booked(team), reason="I am ill, sorry", by="mem_x", now=NOW)
    guests, _ = sent(settings)
    assert "Reason: I am ill, sorry" in text(guests)


@pytest.mark.parametrize(
    ("said", "read"),
    [("I can't make it", "Ich kann nicht kommen"), ("Cancel", "Cancel"), ("{when}", "{when}")],
)
def test_a_reason_that_was_chosen_is_told_in_the_readers_language(
    team: make.Team, settings: Any, said: str, read: str
) -> None:
    """What a guest wrote stays as they wrote it, also where it is a word of ours."""
    team.owner.person.language = "de"
    team.owner.person.save()
    cancel(booked(team), reason=said, by="guest", now=NOW)
    _, to_host = sent(settings)
    assert f"Grund: {read}" in text(to_host)


def test_the_invitation_is_last_among_the_alternatives_and_a_file(team: make.Team, settings: Any) -> None:
    booked(team)
    for mail in sent(settings):
        assert mail.get_content_type() == "multipart/mixed"
        alternative, file = mail.iter_parts()
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        calendar = list(alternative.iter_parts())[-1]
        assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
        assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
        assert file.get_payload(decode=True) == calendar.get_payload(decode=True)


def test_headers_say_it_is_a_program_and_whom_to_answer(team: make.Team, settings: Any) -> None:
    booked(team)
    guests, hosts = sent(settings)
    host = team.owner.person.email
    assert (guests["To"], guests["Reply-To"]) == ("Gil Guest <gil@example.net>", f"Hana <{host}>")
    assert (hosts["To"], hosts["Reply-To"]) == (f"Hana <{host}>", "Gil Guest <gil@example.net>")
    for mail in (guests, hosts):
        assert mail["From"] == "Acme <bookonce@localhost>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == "en"
        assert mail["Date"].datetime.tzinfo is not None
        assert not mail.defects


def test_an_address_that_the_owner_hides_is_in_no_mail_to_the_guest(settings: Any, db: None) -> None:
    team = make.team(contact={"email": ""})
    booked(team)
    guests, _ = sent(settings)
    everything = guests.as_string() + text(guests) + html(guests) + str(events_in(guests)[0].to_ical())
    assert team.owner.person.email not in everything
    assert guests["Reply-To"] is None


@pytest.mark.parametrize("sign", SIGNS)
def test_no_sign_in_a_name_breaks_a_header(team: make.Team, settings: Any, sign: str) -> None:
    guest = Guest(f'Gil{sign}Bcc: eve@example.com{sign} Guest, "Jr" ü', "gil@example.net")
    booked(team, guest=guest)
    guests, hosts = sent(settings)
    for mail in (guests, hosts):
        assert mail["Bcc"] is None
        assert not mail.defects
        head = mail.as_bytes().partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
        assert head.isascii()
        assert not set(head) & {0x0B, 0x0C, 0x1E, 0x00, 0x7F}
    assert 'Guest, "Jr" ü' in hosts["Subject"]
    assert 'Guest, "Jr" ü' in hosts["Reply-To"].addresses[0].display_name


CODED = "=?utf-8?q?Gil=0D=0ABcc:_eve=40example.com=0D=0A=0D=0ABuy?="


@pytest.mark.parametrize(
    "name", [CODED, f"Gil {CODED}", f"Gïl {CODED}", CODED.replace("?q?", "?Q?") + " <b>"]
)
def test_no_coded_word_in_a_name_writes_headers(settings: Any, db: None, name: str) -> None:
    team = make.team(name)
    calendars.change_calendar(team.calendar, name=name, by="test", now=NOW)
    booked(team, guest=Guest(name, "gil@example.net"))
    for mail in sent(settings):
        assert mail["Bcc"] is None
        assert not mail.defects
        assert {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "References"} <= set(mail.keys())
        assert "Bcc:_eve" in mail["Subject"].replace(" ", ""), "it is shown as it was typed"


SUBJECTS = [
    "Booked: Intro <b>call</b> with " + "Maximilian " * 10,
    "Booked: Intro call with <b>" + "Maximilian" * 7 + "</b>, Tue 24 November, 14:30",
    "x" * 150,
    "x" * 70 + " " + "y" * 79,
    "Booked:  two  spaces " + "and <b> more " * 9,
    "Zoë " + "x" * 140,
    "x" * 60 + " Zoë " + "<b>" * 25,
    "a, b; c: (d) @e. " * 8,
    '"quoted" \\ ' * 10,
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_long_subject_arrives_as_it_was_written(subject: str) -> None:
    message = EmailMessage(policy=email.POLICY)
    message["Subject"] = subject.strip()
    raw = message.as_bytes()
    assert not re.search(rb"^\S*\s*\r?$", raw.split(b"\r\n")[0]), "no empty first line"
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject.strip()
    old = message_from_bytes(raw)["Subject"].replace("\r\n ", " ").replace("\n ", " ")
    assert str(make_header(decode_header(old))) == subject.strip()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), max_size=200))
def test_any_subject_arrives_as_it_was_written(text: str) -> None:
    subject = " ".join(text.replace("=?", "").split())
    message = EmailMessage(policy=email.POLICY)
    message["Subject"] = subject
    assert message_from_bytes(message.as_bytes(), policy=policy.default)["Subject"] == subject


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Zoë O’Neill-García", "Zoë O’Neill-García"),
        ("J. R. Smith", "J. R. Smith"),
        ("李小龍", "李小龍"),
        ("Win at https://evil.example", ""),
        ("Go to evil.example now", ""),
        ("call 0190 123", ""),
        ("evil\u200d.example", ""),
        ("ht\u200ctp:\u200d//a", ""),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("ana@example.org", ""),
        ("<b>Hi</b>", ""),
        ("x" * 61, ""),
        ("Ana Maria de la Cruz", "Ana Maria de la Cruz"),
        ("Send the money to Bob now", ""),
    ],
)
def test_only_a_name_is_a_name_to_an_unproven_address(name: str, greeted: str) -> None:
    assert plain_name(name) == greeted


def test_what_is_no_name_is_nowhere_in_the_guests_mail(team: make.Team, settings: Any) -> None:
    booked(team, guest=Guest("Win at https://evil.example", "gil@example.net"), answers={"why": "Click!"})
    guests, hosts = sent(settings)
    files = b"".join(event.to_ical() for event in events_in(guests)[::2])
    everything = guests.as_string() + text(guests) + html(guests) + files.decode()
    assert "evil.example" not in everything
    assert "Click!" not in everything
    assert text(guests).startswith("Hello,\n")
    assert "evil" in text(hosts)


def test_long_names_make_no_long_subject_and_time_stays(team: make.Team, settings: Any) -> None:
    booked(team, guest=Guest("Maximilian " * 18, "gil@example.net"))
    _, hosts = sent(settings)
    assert len(hosts["Subject"]) <= SUBJECT
    assert hosts["Subject"].endswith("…, Tue 24 November, 14:30")


@pytest.mark.parametrize("host", ["book.acme.example", "a" * 60 + "." + "b" * 60 + ".example"])
def test_ids_are_the_same_each_time_and_survive_a_long_host(
    team: make.Team, settings: Any, host: str
) -> None:
    settings.BASE_URL = f"https://{host}"
    booked(team)
    seen = []
    for _ in range(2):
        Delivery.objects.update(state="waiting", lease_until=None)
        seen.append([(mail["Message-ID"], mail["References"]) for mail in sent(settings)])
    event = Event.objects.get(kind="booking.made")
    assert seen[0] == seen[1]
    assert seen[0][0][0] == f"<{event.pk.hex}.guest@{host}>"


def test_the_owners_address_can_be_opened_and_a_guests_words_cannot(team: make.Team, settings: Any) -> None:
    booked(team, answers={"why": "https://elsewhere.example.org/"})
    for mail in sent(settings):
        assert re.findall(r'href="([^"]+)"', html(mail))[0] == "https://meet.example.org/a"
        assert "elsewhere" not in "".join(re.findall(r"<a .*?>", html(mail)))
    booked(make.team(location={"kind": "ask", "value": "https://c.example.org/"}))
    assert not any(
        "c.example.org" in tag for mail in sent(settings) for tag in re.findall("<a .*?>", html(mail))
    )


def test_a_domain_beyond_ascii_is_written_as_servers_take_it(team: make.Team, settings: Any) -> None:
    booked(team, guest=Guest("Gil", "gil@münchen.example"))
    guests, hosts = sent(settings)
    assert guests["To"] == hosts["Reply-To"] == "Gil <gil@xn--mnchen-3ya.example>"
    # In a file an address is a URI, which is ASCII, and clients look for the address that the mail went to.
    for mail in (guests, hosts):
        file = b"".join(mail.get_payload()[-1].get_payload(decode=True).split(b"\r\n "))  # type: ignore[union-attr, index]
        assert b":mailto:gil@xn--mnchen-3ya.example\r\n" in file
        assert file.count(b"mailto:gil@") == 1
    assert "E-mail: gil@münchen.example\n" in text(hosts)


def test_no_token_is_in_a_header_a_row_or_a_log(
    team: make.Team, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    logging.getLogger("mail.log").propagate = False  # the test's own server tells what it was sent
    link = make.link(team.calendar)
    booking = booked(team, link=link)
    guests, hosts = sent(settings)
    manage = str(queries.manage_url(booking)).rpartition("/")[2]
    secrets = [manage, tokens.token_of(bytes(link.nonce), tokens.LINK)]
    rows = [str(vars(row)) for row in (*Event.objects.all(), *Delivery.objects.all())]
    heads = [str(mail.items()) for mail in (guests, hosts)]
    for secret in secrets:
        assert not [place for place in (*rows, *heads, caplog.text, hosts.as_string()) if secret in place]
    assert manage in text(guests)


def test_a_booking_that_is_undone_leaves_nothing_to_send(team: make.Team) -> None:
    events = Event.objects.count()

    def undone() -> None:
        with transaction():
            booked(team)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert (Event.objects.count(), Delivery.objects.count()) == (events, 0)


def test_other_years_are_said(team: make.Team, settings: Any) -> None:
    make.booking(team.calendar, datetime(2027, 1, 5, 9, 0, tzinfo=UTC), guest=GIL)
    guests, _ = sent(settings)
    assert "Tue 5 January 2027, 04:00" in guests["Subject"]
