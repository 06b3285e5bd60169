"""Handing a mail over: to a real server, to servers that misbehave, and to a file."""

from __future__ import annotations

import gc
import re
import smtplib
import ssl
import time
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as own

from bookonce.delivery.outbox import email
from bookonce.delivery.outbox.errors import NotDelivered, Unaddressed
from bookonce.foundation.environment import read_environment
from bookonce.foundation.setting_values import BadSetting
from tests.delivery.outbox import post
from tests.delivery.outbox.post import Post, post_office, rude_server

GIL = "gil@example.net"


def new_message(to: str = GIL) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = str(email.sender_mailbox("Acme")), to, "Booked"
    message["Message-ID"] = "<one@localhost>"
    message.set_content("At half past two. Zoë")
    return message


def send(url: str, settings: Any, to: str = GIL) -> None:
    settings.EMAIL_URL = url
    email.send_mail(new_message(to), to=to, key="one")


def test_a_real_server_gets_it_whole(settings: Any) -> None:
    with post_office() as office:
        send(office.url, settings)
    assert office.recipients == [GIL]
    (mail,) = office.mails()
    assert (mail["Message-ID"], mail["From"]) == ("<one@localhost>", "Acme <bookonce@localhost>")
    assert mail.get_content() == "At half past two. Zoë\r\n"


@pytest.mark.parametrize(
    ("step", "answer", "for_good"),
    [
        ("rcpt", "450 4.2.0 greylisted gil@example.net", False),
        ("rcpt", "550 5.1.1 <gil@example.net> unknown", True),
        ("data", "451 4.3.0 try later", False),
        ("data", "554 5.7.1 gil@example.net says no", True),
    ],
)
def test_a_refusal_is_for_now_or_for_good_and_names_nobody(
    step: str, answer: str, for_good: bool, settings: Any
) -> None:
    with post_office() as office:
        setattr(office, step, answer)
        with pytest.raises(NotDelivered) as refused:
            send(office.url, settings)
    assert refused.value.for_good is for_good
    assert answer[:9] in refused.value.reason
    assert "gil" not in refused.value.reason


def _hang(line: Any) -> None:
    line.recv(1)


def _drop_at_once(line: Any) -> None:
    line.close()


def _drop_after_data(line: Any) -> None:
    post.converse(line, until=b".\r\n")
    line.close()


def _talk_for_ever(line: Any) -> None:
    while True:
        line.sendall(b"220-still here\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("behave", [_hang, _drop_at_once, _drop_after_data, _talk_for_ever])
def test_a_server_that_misbehaves_costs_a_moment_and_not_the_mail(
    behave: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "TIMEOUT", 0.5)
    monkeypatch.setattr(email, "DEADLINE", 1.0)
    begun = time.monotonic()
    with rude_server(behave) as url, pytest.raises(NotDelivered) as failed:
        send(url, settings)
    assert not failed.value.for_good
    assert time.monotonic() - begun < 10


def test_rudeness_at_parting_is_no_failure(settings: Any) -> None:
    taken: list[bytes] = []

    def no_farewell(line: Any) -> None:
        taken.extend(post.converse(line, until=b"QUIT"))
        line.close()

    with rude_server(no_farewell) as url:
        send(url, settings)
    assert b"Message-ID: <one@localhost>\r\n" in taken, "it was taken whole, and is not sent again"
    assert taken[-1] == b".\r\n"


def test_nobody_there_is_a_failure_for_now(settings: Any) -> None:
    with pytest.raises(NotDelivered) as failed:
        send(f"smtp://localhost:{post.free_port()}", settings)
    assert not failed.value.for_good


def _with(office: Post, user: str = "", scheme: str = "smtp") -> str:
    return office.url.replace("smtp://", f"{scheme}://{user}")


def test_it_signs_in(settings: Any) -> None:
    with post_office(password="pass:word/1") as office:
        send(_with(office, "ana:pass%3Aword%2F1@"), settings)
        with pytest.raises(NotDelivered) as refused:
            send(_with(office, "ana:wrong@"), settings)
    assert office.signed_in == [True]
    assert not refused.value.for_good, "a wrong password is ours to mend: the mail must wait for that"
    assert "wrong" not in refused.value.reason


def test_smtp_tls_insists_on_tls(settings: Any) -> None:
    with post_office() as office, pytest.raises(NotDelivered, match="STARTTLS"):
        send(_with(office, scheme="smtp+tls"), settings)
    assert not office.received


def test_smtp_tls_insists_on_a_proven_name(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_office(tls=True) as office:
        with pytest.raises(NotDelivered, match="SSLCertVerification"):
            send(_with(office, scheme="smtp+tls"), settings)
        with pytest.raises(NotDelivered, match="SSLCertVerification"):
            send(_with(office, "ana:secret@"), settings)
        assert not office.received
        proven = post.as_client()
        monkeypatch.setattr(ssl, "create_default_context", lambda: proven)
        send(_with(office, scheme="smtp+tls"), settings)
    assert len(office.received) == 1


@pytest.mark.parametrize("tls", [False, True])
def test_the_mail_server_of_these_tests_hangs_up_when_it_ends(*, tls: bool) -> None:
    with post_office(tls=tls) as office:
        client = smtplib.SMTP("localhost", int(office.url.rpartition(":")[2]), timeout=10)
        if tls:
            client.starttls(context=post.as_client())
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()
    gc.collect()  # warns of what was left open, and a warning is an error


def test_smtp_without_a_password_takes_what_tls_there_is(settings: Any) -> None:
    with post_office(tls=True, require_starttls=True) as office:
        send(office.url, settings)
    assert len(office.received) == 1


def test_smtps_proves_the_name(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    context = post.as_server()

    def polite(line: Any) -> None:
        with context.wrap_socket(line, server_side=True) as safe:
            post.converse(safe, until=b"QUIT")

    with rude_server(polite) as url:
        with pytest.raises(NotDelivered, match="SSLCertVerification"):
            send(url.replace("smtp", "smtps"), settings)
        proven = post.as_client()
        monkeypatch.setattr(ssl, "create_default_context", lambda: proven)
        send(url.replace("smtp", "smtps"), settings)


def test_without_a_server_it_is_a_file_and_sent_again_the_same_one(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_URL, settings.DATA = "", tmp_path
    for _ in range(2):
        email.send_mail(new_message(), to=GIL, key="one")
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == "one.eml"
    assert file.stat().st_mode & 0o077 == 0
    assert b"Message-ID: <one@localhost>\r\n" in file.read_bytes()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("g@münchen.example", "g@xn--mnchen-3ya.example"),
        ("gil@example.net", "gil@example.net"),
    ],
)
def test_domains_go_out_in_ascii(given: str, taken: str) -> None:
    assert email.require_mailable(given) == taken


def test_an_impossible_domain_is_for_good() -> None:
    with pytest.raises(Unaddressed):
        email.require_mailable("g@" + "ü" * 70 + ".example")


def test_who_mails_are_from(settings: Any) -> None:
    assert str(email.sender_mailbox("Acme, Inc.")) == '"Acme, Inc." <bookonce@localhost>'
    settings.EMAIL_FROM = "Front Desk <desk@acme.example>"
    assert str(email.sender_mailbox("Acme")) == "Front Desk <desk@acme.example>"
    settings.EMAIL_FROM = "desk@acme.example"
    assert str(email.sender_mailbox("Acme")) == "Acme <desk@acme.example>"


def test_a_sender_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="BOOKONCE_EMAIL_FROM must read like"):
        read_environment({"BOOKONCE_DATA": str(tmp_path), "BOOKONCE_EMAIL_FROM": "Front Desk"})
    assert own.EMAIL_FROM == ""


@pytest.mark.parametrize(
    "name",
    [
        "x" * 50 + ", Eve <eve@example.com>, " + "y" * 20,
        "Gil Guest " * 5 + ", eve@example.com, " + "B " * 10,
        "<eve@example.com> " + "w " * 40,
        'a\\"b, ' * 20,
        "Zoë, eve@example.com, " + "B " * 45,
    ],
)
@pytest.mark.parametrize("address", [GIL, f"{'g' * 60}@{'e' * 60}.example.net"])
def test_a_long_name_names_nobody_else(name: str, address: str) -> None:
    message = EmailMessage(policy=email.POLICY)
    message["Reply-To"] = email.named_mailbox(name, address)
    read = BytesParser(policy=default).parsebytes(message.as_bytes())
    assert [each.addr_spec for each in read["Reply-To"].addresses] == [address]


@pytest.mark.parametrize("header", ["To", "Reply-To"])
def test_a_name_keeps_its_spaces_wherever_it_is_broken(header: str) -> None:
    """Between two encoded words a reader sees no space (RFC 2047, sections 5 and 6.2)."""
    for length in range(1, 70):
        names = [f"{'Я' * length} Öz {'Ж' * (70 - length)}", "Guest, Gil", f"{'ü' * length} (A)"]
        message = EmailMessage(policy=email.POLICY)
        message[header] = ", ".join(str(email.named_mailbox(name, GIL)) for name in names)
        raw = message.as_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
        assert all(len(line) <= 78 for line in raw.split("\r\n"))
        assert not re.search(r"\?==\?", raw)
        found = getaddresses([raw.partition(": ")[2].replace("\r\n", "")])
        assert [str(make_header(decode_header(name))) for name, _ in found] == names
        assert {address for _, address in found} == {GIL}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("Gil Guest", "Gil Guest "),
        ("Dr. Gil Guest", "Dr. Gil Guest "),
        ("Praxis für Physiotherapie Müller-Lüdenscheidt-Hohenzollern & Kollegen", None),
        ("Александр Константинович Рождественский-Крестовоздвиженский", None),
        ("理学療法クリニック" * 6, None),
        ("Guest, Gil", '"Guest, Gil" '),
        ("Zoë <eve@example.com>", '"Zoë <eve@example.com>" '),
    ],
)
def test_whom_a_kept_mail_names(name: str, shown: str | None, settings: Any, tmp_path: Path) -> None:
    """A name that its file breaks in two is one name, whether the mail was kept or has just been made."""
    settings.DATA, settings.EMAIL_URL = tmp_path, ""
    message = EmailMessage(policy=email.POLICY)
    message["To"] = email.named_mailbox(name, GIL)
    email.send_mail(message, to=GIL, key="kept")
    kept = email.kept_mail("kept")
    assert kept is not None
    wanted = f"{name} <{GIL}>" if shown is None else f"{shown}<{GIL}>" if shown else GIL
    assert email.header_addresses(message, "To") == email.header_addresses(kept, "To") == wanted
    assert email.header_addresses(kept, "Reply-To") == ""
