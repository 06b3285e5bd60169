"""A setting that cannot be used ends the command with one sentence, never with a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bookonce.foundation.database_url import database_settings, printable_database_address
from bookonce.foundation.environment import read_environment
from bookonce.foundation.setting_values import BadSetting
from tests.interfaces.commands.shell import INIT, Shell, free_port

HERE = {"BOOKONCE_SECRET_KEY": "a key for tests, long enough and known to everybody"}
BAD = {
    "BOOKONCE_PORT": ["many", "²", "٣", "0", "65536"],
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
        "https://ana@a.example",
        "https://a b",
    ],
    "BOOKONCE_EMAIL_URL": [
        "smtp://a:xyz",
        "smtp://[::1",
        "http://a",
        "smtp://",
        "smtps://user:password@:465",
    ],
    "BOOKONCE_TRUSTED_PROXIES": ["0.0.0.0/0", "10.0.0.1, ::/0", "everybody"],
    "BOOKONCE_METRICS_TOKEN": ["x", "fifteen letters"],
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
        ("http://nas", "http://nas"),
        ("HTTPS://Example.ORG:443/Termine/", "https://example.org/Termine"),
        ("https://example.org/~hana/a.b_c-d", "https://example.org/~hana/a.b_c-d"),
    ],
)
def test_the_address_is_an_origin_as_browsers_write_it(given: str, kept: str) -> None:
    assert read_environment(HERE | {"BOOKONCE_BASE_URL": given}).base_url == kept


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite:///:memory:", "sqlite:////srv/data/", "sqlite://srv/x"]
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


@pytest.mark.parametrize("url", ["postgres://a@127.0.0.1:abc/x", "postgres://[::1/x", "mysql://a/b"])
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
