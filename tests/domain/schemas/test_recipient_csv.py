"""A table of recipients is read alike by the command and by the API, and its faults are told by row."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from bookonce import cli
from bookonce.domain.links.models import Link
from bookonce.domain.schemas.links import Row
from bookonce.domain.schemas.recipient_csv import COLUMNS, parse_recipient_csv
from bookonce.foundation.errors import Invalid
from tests import make
from tests.interfaces.api.conftest import Program

TABLE = 'name,email,label,note\n"Böll, Gil",gil@example.net,Own,"Likes\ntea"\n\nAna, ,,\n'


def _kept() -> list[tuple[str, ...]]:
    links = Link.objects.order_by("pk")
    return [(one.recipient_name, one.recipient_email, one.label, one.note) for one in links]


def test_command_and_api_read_the_same(hana: make.Team, tmp_path: Path) -> None:
    answer = Program(hana.api_key).post(
        "/links/batch?calendar=intro-call&label=Spring", TABLE.encode(), Content_Type="text/csv"
    )
    assert answer.status_code == 201, answer.content
    by_api = _kept()
    Link.objects.all().delete()
    table = tmp_path / "people.csv"
    table.write_text(TABLE, encoding="utf-8-sig")
    assert cli.main(["mint", "intro-call", "--label", "Spring", "--csv", str(table)]) == 0
    assert _kept() == by_api
    assert by_api == [("Böll, Gil", "gil@example.net", "Own", "Likes\ntea"), ("Ana", "", "Spring", "")]


def test_what_a_table_can_say_is_what_a_row_can_carry() -> None:
    assert set(COLUMNS) <= set(Row.model_fields)


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("name,email\nAl,x\n\nBo,\nCy,y\n", ["Row 2, email", "Row 5, email"]),
        ("name,phone\n" + "Al,\n" * 9 + f"{'x' * 201},1\n", ["Row 11, name", "Row 11, phone"]),
        ("name,email\nAl\n", ["Row 2"]),
        ("name,email\nAl,a@example.net,more\n", ["Row 2"]),
        ("name,name\nAl,Bo\n", ["Name each column once."]),
        ("city\nRome\n", ["Let the first line name the columns"]),
        ("name,url\nAl,there\n", ["Rename the column url"]),
        ('name\n"Al\n', ["Line 2 is not CSV"]),
        ("name\nA\0l\n", ["Leave out the character U+0000."]),
        ("name\n", ["Give from 1 to 100000 rows"]),
        ("", ["Let the first line name the columns"]),
    ],
)
def test_every_fault_is_told_by_row_and_column(
    hana: make.Team, table: str, faults: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table.encode())))
    assert cli.main(["mint", "intro-call", "--csv", "-"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(faults)
    for line, fault in zip(said, faults, strict=True):
        assert line.startswith(f"bookonce: --csv: {fault}")
    assert not Link.objects.exists()


def test_the_api_takes_no_other_column() -> None:
    with pytest.raises(Invalid):
        parse_recipient_csv(b"name,city\nAl,Rome\n")
    assert parse_recipient_csv(b"name,city\nAl,Rome\n", other_columns=True).recipients() == [{"name": "Al"}]
