"""A setting that cannot be used ends the command with one sentence, never with a traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bookonce.foundation.database_url import database_settings, printable_database_address
from bookonce.foundation.environment import (
    read_environment,
    read_rate,
    trusted_networks,
    unknown_settings,
)
from bookonce.foundation.setting_values import BadSetting
from tests.house.house import ROOT
from tests.interfaces.commands.shell import INIT, Shell, free_port

HERE = {"BOOKONCE_SECRET_KEY": "a key for tests, long enough and known to everybody"}
BAD = {
    "BOOKONCE_DATA": ["~/bookonce", "~"],
    "BOOKONCE_PORT": ["many", "²", "٣", "0", "65536", "80.0", "-1", "9" * 5000, "tcp://10.0.0.7:8000"],
    "BOOKONCE_WORKERS": ["2,5", "0", "all"],
    "BOOKONCE_THREADS": ["4x", "65"],
    "BOOKONCE_HOST": ["nas", "*", "127.0.0.1:8000", "http://127.0.0.1"],
    "BOOKONCE_RATE_LIMITS": ["false", "0"],
    "BOOKONCE_STYLE_PAGE": ["yes"],
    "BOOKONCE_BASE_URL": [
        "http://a:xyz/",
        "http://a:99999",
        "http://[::1",
        "ftp://a",
        "http://",
        "https://a.example/../x",
        "https://a.example/x//y",
        "https://a.example/b%C3%BCro",
        "https://a.example/o",
        "https://a.example/Bookings/x",
        "https://a.example/x?y",
        "http://0.0.0.0:8000",
        "http://0:8000",
        "http://[0::0]:8000",
        "http://127.1:8000",
        "http://0x7f000001",
        "http://999.1.1.1",
        "http://[fe80::1%25eth0]",
        "https://ana@a.example",
        "https://a b",
    ],
    "BOOKONCE_EMAIL_URL": [
        "smtp://a:xyz",
        "smtp://[::1",
        "http://a",
        "smtp://",
        "smtps://user:password@:465",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org/?tls=1",
        "smtp://mail.example.org:587/inbox",
        "smtp://user@mail.example.org",
        "smtp://:password@mail.example.org",
        "smtp://user:pass#word@mail.example.org",
        "smtp://mail.example.org:465",
        "smtp+tls://mail.example.org:465",
        "smtps://mail.example.org:587",
    ],
    "BOOKONCE_TRUSTED_PROXIES": [
        "0.0.0.0/0",
        "0.0.0.0/1, 128.0.0.0/1",
        "2000::/3",
        "10.0.0.1, ::/0",
        "everybody",
        "10.0.0.7/8",
        "::1;::2",
    ],
    "BOOKONCE_METRICS_TOKEN": ["x", "fifteen letters", "sechzehn-möchten-wir"],
    "BOOKONCE_EMAIL_FROM": [
        "Acme",
        "a b@example.org",
        "Acme <book@example.org> and more",
        "Acme <book@example.org>, Sam <sam@example.org>",
        "Acme <bü@example.org>",
        "Acme\nBcc: sam@example.org <book@example.org>",
        "Acme <book@>",
        "<>",
    ],
    "BOOKONCE_SECRET_KEY": ["short", "fifteen letters"],
    "BOOKONCE_SECRET_KEY_FALLBACKS": ["short", f"{'a long secret':x<32}, fifteen letters"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_environment(HERE | {name: value})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://book.example.org:443/", "https://book.example.org"),
        ("http://book.example.org:80", "http://book.example.org"),
        ("https://book.example.org:80", "https://book.example.org:80"),
        (" HTTPS://Book.Example.ORG ", "https://book.example.org"),
        ("https://termine.müller.example", "https://termine.xn--mller-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://192.0.2.7:8000", "http://192.0.2.7:8000"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://[::ffff:192.0.2.7]", "http://[::ffff:c000:207]"),
        ("http://nas", "http://nas"),
        ("HTTPS://Example.ORG:443/Termine/", "https://example.org/Termine"),
        ("https://example.org/~hana/a.b_c-d", "https://example.org/~hana/a.b_c-d"),
    ],
)
def test_the_address_is_an_origin_as_browsers_write_it(given: str, kept: str) -> None:
    assert read_environment(HERE | {"BOOKONCE_BASE_URL": given}).base_url == kept


def test_a_start_that_is_refused_leaves_no_secret_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BadSetting, match="BOOKONCE_WORKERS"):
        read_environment({"BOOKONCE_DATA": str(data), "BOOKONCE_WORKERS": "many"})
    assert not data.exists()


def test_what_stands_around_a_value_in_a_file_is_not_part_of_it() -> None:
    given = {
        "BOOKONCE_PORT": "8001\r",
        "BOOKONCE_WORKERS": " 3",
        "BOOKONCE_HOST": "[::1] ",
        "BOOKONCE_EMAIL_URL": " smtp://mail.example.org\r",
        "BOOKONCE_STYLE_PAGE": "On\r",
        "BOOKONCE_METRICS_TOKEN": "sixteen-or-more-letters\r",
        "BOOKONCE_DATABASE_URL": " sqlite:////srv/x.sqlite3 ",
        "BOOKONCE_DATA": "/srv\r",
    }
    read = read_environment(HERE | given)
    assert (read.port, read.workers, read.host, read.style_page) == (8001, 3, "::1", True)
    assert (read.email_url, read.metrics_token) == ("smtp://mail.example.org", "sixteen-or-more-letters")
    assert (read.database_url, str(read.data)) == ("sqlite:////srv/x.sqlite3", "/srv")
    assert read_environment(HERE | {"BOOKONCE_HOST": "localhost"}).host == "127.0.0.1"


def test_a_proxy_of_ipv4_is_known_however_it_is_written() -> None:
    """A client's address of IPv4 in IPv6 is taken for the one in IPv4 (middleware.py)."""
    assert trusted_networks(("::ffff:10.0.0.7", "::ffff:10.1.0.0/112")) == trusted_networks(
        ("10.0.0.7", "10.1.0.0/16")
    )


def test_a_folder_with_signs_in_its_name_holds_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "50%20 of #1?"
    read = read_environment(HERE | {"BOOKONCE_DATA": str(folder)})
    assert database_settings(read.database_url)["NAME"] == f"{folder}/bookonce.sqlite3"


@pytest.mark.parametrize("rate", ["600", "600/", "0/60", "600/0", "-1/60", "600 / 60", "1/9999999999", "off"])
def test_a_rate_that_cannot_be_used_is_named(rate: str) -> None:
    with pytest.raises(BadSetting, match="BOOKONCE_RATE_GUEST must read like 600/60"):
        read_rate("GUEST", "600/60", {"BOOKONCE_RATE_GUEST": rate})


def test_names_that_are_no_setting_are_told_with_the_one_that_is_meant() -> None:
    given = ["BOOKONCE_BASEURL", "bookonce_port", "BOOKONCE_RATE_GUESTS", "BOOKONCE_SMS_URL", "BOOKONCE_DATA"]
    assert unknown_settings(["guest"], dict.fromkeys([*given, "BOOKONCE_TEST_TODAY", "PATH"], "x")) == {
        "BOOKONCE_BASEURL": "BOOKONCE_BASE_URL",
        "BOOKONCE_RATE_GUESTS": "BOOKONCE_RATE_GUEST",
        "BOOKONCE_SMS_URL": "",
        "bookonce_port": "BOOKONCE_PORT",
    }


def test_every_setting_of_the_page_is_known() -> None:
    told = re.findall(r"^\| `(BOOKONCE_\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert len(told) > 25
    assert unknown_settings(settings.RATES, dict.fromkeys(told, "x")) == {}


@pytest.mark.parametrize(
    "url",
    [
        *("sqlite:///", "sqlite:///:memory:", "sqlite:////srv/data/", "sqlite://srv/x", "sqlite:x.sqlite3"),
    ],
)
def test_a_database_of_sqlite_is_a_file(url: str) -> None:
    with pytest.raises(BadSetting, match="BOOKONCE_DATABASE_URL must name a file"):
        database_settings(url)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("book@example.org", "book@example.org"),
        (" <book@example.org> ", "book@example.org"),
        ("Acme <book@example.org>", '"Acme" <book@example.org>'),
        (
            '"Müller, Söhne & Co." <book@münchen.example>',
            '"Müller, Söhne & Co." <book@xn--mnchen-3ya.example>',
        ),
        ("bookonce@localhost", "bookonce@localhost"),
    ],
)
def test_the_sender_is_one_mailbox(given: str, kept: str) -> None:
    assert read_environment(HERE | {"BOOKONCE_EMAIL_FROM": given}).email_from == kept


@pytest.mark.parametrize(
    "url",
    [
        *(
            "postgres://a@127.0.0.1:abc/x",
            "postgres://[::1/x",
            "mysql://a/b",
            "postgres://a",
            "postgres://a/",
        ),
        *("postgres://a/b?sslmod=require", "postgres://a/b?sslmode", "postgres://a/b?prepare=no"),
        *("postgres://u:pass#word@a/b", "sqlite:////srv/x?timeout=5", "sqlite:///~/x.sqlite3"),
    ],
)
def test_a_database_address_that_cannot_be_read_is_named(url: str) -> None:
    with pytest.raises(BadSetting, match="BOOKONCE_DATABASE_URL"):
        database_settings(url)


def test_a_machine_that_vanishes_does_not_keep_its_locks() -> None:
    def said(url: str) -> Any:
        return database_settings(url)["OPTIONS"].get("options")  # type: ignore[attr-defined]

    assert said("postgres://a/b") == "-c idle_in_transaction_session_timeout=60s"
    assert said("postgres://a/b?prepare=off") is None
    assert said("postgres://a/b?options=-c%20x=1") == "-c x=1"


def test_a_secret_that_is_short_and_no_more_is_left_to_the_doctor() -> None:
    assert read_environment({"BOOKONCE_SECRET_KEY": "sixteen is short"}).secret_key == "sixteen is short"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://ana:s3cret@db:5432/x?password=s3cret", "postgres://ana@db:5432/x"),
        ("postgres://ana:s3:cr@et@db/x", "postgres://ana@db/x"),
        ("postgres://db/x", "postgres://db/x"),
        ("sqlite:////var/x.sqlite3", "sqlite:////var/x.sqlite3"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert printable_database_address(url) == shown


def refused(settings: dict[str, str], *words: str) -> tuple[int, str]:
    done = Shell(settings | {"BOOKONCE_PORT": str(free_port())}).run(*words)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("key", [{}, {"BOOKONCE_SECRET_KEY": ""}])
@pytest.mark.parametrize("command", [("serve",), INIT])
def test_a_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, key: dict[str, str], command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")
    for folder in ("/proc/x", str(tmp_path / "file"), str(tmp_path / "file" / "deeper")):
        code, said = refused(key | {"BOOKONCE_DATA": folder}, *command)
        assert (code, said.startswith(f"bookonce: BOOKONCE_DATA: {folder} cannot be used (")) == (2, True)


@pytest.mark.parametrize("command", [("serve",), INIT, ("migrate",)])
def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    url = f"postgres://ana:s3cret@127.0.0.1:{free_port()}/x"
    code, said = refused({"BOOKONCE_DATA": str(tmp_path), "BOOKONCE_DATABASE_URL": url}, *command)
    assert code == 1
    assert said.startswith(f"bookonce: The database {url.replace(':s3cret', '')} cannot be used: ")
    assert "s3cret" not in said


def test_a_database_that_does_not_exist_is_one_sentence(own_database: str, tmp_path: Path) -> None:
    missing = f"{own_database}_not_there" if own_database.startswith("postgres") else "sqlite:////proc/x/y"
    code, said = refused({"BOOKONCE_DATA": str(tmp_path), "BOOKONCE_DATABASE_URL": missing}, *INIT)
    assert code in (1, 2)
    assert "not_there" in said or "BOOKONCE_DATABASE_URL" in said


def test_an_address_of_another_machine_is_said_so(tmp_path: Path) -> None:
    for host in ("999.1.1.1", "192.0.2.1"):
        code, said = refused({"BOOKONCE_DATA": str(tmp_path), "BOOKONCE_HOST": host}, "serve")
        assert code == 2
        assert said.startswith(f"bookonce: BOOKONCE_HOST: {host} is no address of this machine")
