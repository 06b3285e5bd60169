"""``bookonce mint`` prints links, a line each, that were committed before."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.shell import INIT, Shell


@pytest.fixture(autouse=True)
def acme(shell: Shell) -> None:
    shell.says(*INIT)


def test_one_link_is_one_line(shell: Shell) -> None:
    [link] = shell.says("mint", "intro-call").splitlines()
    assert link.startswith(f"http://localhost:{shell.settings['BOOKONCE_PORT']}/o/")


def test_many_links_are_all_different(shell: Shell) -> None:
    assert len(set(shell.says("mint", "acme/intro-call", "--count", "50").splitlines())) == 50


def test_a_table_comes_back_with_a_link_in_each_row(shell: Shell, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes('\ufeffname,email,city\nJo,jo@example.net,"Köln, Süd"\nAl,,Rom\n'.encode())
    rows = list(csv.DictReader(io.StringIO(shell.says("mint", "intro-call", "--csv", str(table)))))
    assert [(row["name"], row["city"]) for row in rows] == [("Jo", "Köln, Süd"), ("Al", "Rom")]
    assert len({row["url"] for row in rows}) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nope"], "There is no calendar nope. There is: acme/intro-call."),
        (["intro-call", "--count", "0"], "--count: Say a number from 1 to 100000."),
        (["intro-call", "--expires", "soon"], "--expires: Say 2027-01-31T18:00:00Z (with its offset)"),
        (["intro-call", "--expires", "2020-01-01T00:00:00Z"], "--expires: Say a time that is still to come."),
        (
            ["intro-call", "--csv", "-"],
            "--csv: Row 3, email: This is no e-mail address. Enter one like ana@example.org.",
        ),
    ],
)
def test_what_cannot_be_minted_is_said(shell: Shell, words: list[str], sentence: str) -> None:
    refused = shell.run("mint", *words, given="name,email\nJo,jo@example.net\nAl,nowhere\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"bookonce: {sentence}")
