"""``bookonce mint`` prints links, a line each, that were committed before."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bookonce import cli
from bookonce.domain.links.models import Link
from tests import make
from tests.interfaces.commands.shell import INIT, Shell

Mint = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mint(hana: make.Team, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Mint:
    """``bookonce mint`` in this very process: its exit code, and what it said to whom."""

    def run(*words: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        code = cli.main(["mint", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_one_link_is_one_line(shell: Shell) -> None:
    shell.says(*INIT)
    [link] = shell.says("mint", "intro-call").splitlines()
    assert link.startswith(f"http://localhost:{shell.settings['BOOKONCE_PORT']}/o/")


def test_many_links_are_all_different(mint: Mint) -> None:
    code, said, _ = mint("acme/intro-call", "--count", "50")
    assert (code, len(set(said.splitlines()))) == (0, 50)


def test_without_an_end_they_live_as_long_as_links_do_in_their_workspace(mint: Mint, hana: make.Team) -> None:
    make.living(hana.workspace, 14)
    for words, end in (([], 14), (["--expires", "3d"], 3)):
        assert mint("intro-call", *words)[0] == 0
        link = Link.objects.order_by("-pk")[0]
        assert link.expires_at == link.created_at + timedelta(days=end)


def test_a_table_comes_back_with_a_link_in_each_row(mint: Mint, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes('\ufeffname,email,city\nJo,jo@example.net,"Köln, Süd"\nAl,,Rom\n'.encode())
    code, said, _ = mint("intro-call", "--csv", str(table))
    rows = list(csv.DictReader(io.StringIO(said)))
    assert code == 0
    assert [(row["name"], row["city"]) for row in rows] == [("Jo", "Köln, Süd"), ("Al", "Rom")]
    assert len({row["url"] for row in rows}) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nope"], "There is no calendar nope. There is: acme/intro-call."),
        (["intro-call", "--count", "0"], "--count: Say a number from 1 to 100000."),
        (["intro-call", "--expires", "soon"], "--expires: Say 2027-01-31T18:00:00Z (with its offset)"),
        (["intro-call", "--expires", "2020-01-01T00:00:00Z"], "--expires: Choose a time that lies ahead."),
        (
            ["intro-call", "--expires", "9999-12-31T23:59:59-12:00"],
            "--expires: Choose a time between the years 1971 and 2998.",
        ),
        (["intro-call", "--label", "x" * 201], "--label: Shorten this to 200 characters."),
        (
            ["intro-call", "--csv", "-"],
            "--csv: Row 3, email: This is no e-mail address. Enter one like ana@example.org.",
        ),
    ],
)
def test_what_cannot_be_minted_is_said(mint: Mint, words: list[str], sentence: str) -> None:
    code, said, why = mint(*words, given="name,email\nJo,jo@example.net\nAl,nowhere\n")
    assert (code, said) == (1, "")
    assert why.startswith(f"bookonce: {sentence}")


def test_a_tables_numbers_are_dialled_where_the_calendar_is(mint: Mint, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,phone\nJo,030 123456\nAl,+44 (0)20 7946 0958\n", encoding="utf-8")
    code, _, _ = mint("acme/intro-call", "--csv", str(table))
    assert code == 0
    numbers = Link.objects.order_by("pk").values_list("recipient_phone", flat=True)
    assert list(numbers) == ["+4930123456", "+442079460958"]
    table.write_text("phone\n030 123456 ext. 12\n", encoding="utf-8")
    code, _, said = mint("acme/intro-call", "--csv", str(table))
    assert code != 0
    assert "Row 2, phone: Leave the extension out" in said
