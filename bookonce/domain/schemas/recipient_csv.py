"""Recipients as CSV, parsed here for the API and the command alike."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice

from bookonce.domain.schemas.parsing import is_storable
from bookonce.foundation.errors import Invalid, Sentence

COLUMNS = ("name", "email", "phone", "label", "note")
"""The columns about a recipient."""
WHO = COLUMNS[:3]
_PLACE = re.compile(r"/recipients/(\d+)(?:/(.*))?")


@dataclass(frozen=True, slots=True)
class RecipientTable:
    """Column names, cells, and the number of each row in the file, where the line of names is row 1."""

    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]

    def recipients(self) -> list[dict[str, str]]:
        """The rows as the JSON that says the same, where an empty cell says nothing; ``links.Row``
        judges them. ``Invalid`` where a row has not as many cells as there are columns."""
        known = [(at, name) for at, name in enumerate(self.columns) if name in COLUMNS]
        for place, cells in enumerate(self.rows):
            if len(cells) != len(self.columns):
                raise Invalid((f"/recipients/{place}", "Give as many values as there are columns."))
        return [{name: cells[at] for at, name in known if cells[at].strip()} for cells in self.rows]

    def faults(self, refusal: Invalid) -> list[str]:
        """The faults by row and column, for somebody who looks at the table."""
        places = [(_PLACE.fullmatch(error["pointer"]), error["detail"]) for error in refusal.data["errors"]]
        by_row = sorted((int(place[1]), place[2], mend) for place, mend in places if place)
        return [
            *(mend for place, mend in places if place is None),
            *(f"Row {self.numbers[row]}{f', {name}' if name else ''}: {mend}" for row, name, mend in by_row),
        ]


def parse_recipient_csv(
    raw: bytes, *, other_columns: bool = False, most: int | None = None
) -> RecipientTable:
    """The table in these bytes, or ``Invalid``.

    ``other_columns``: whether columns that are not about a recipient are allowed. ``most``: after so many
    rows the rest is not read.
    """
    try:
        # Excel begins a file with a byte order mark, which would become part of the first column's name.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(("", "This is not text in UTF-8. Save it as “CSV UTF-8”.")) from None
    if not is_storable(text):
        raise Invalid(("", "Leave out the character U+0000."))
    # Line breaks untouched, since within quotes they belong to a cell; strict, so that a quote that is never
    # closed is a fault and does not swallow the rows below it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        # An empty line is no recipient, but counts as a row of the file.
        found = list(islice(((number, cells) for number, cells in enumerate(reader, 2) if cells), most))
    except csv.Error as fault:
        raise Invalid(
            ("", Sentence("Line {line} is not CSV: {fault}.", line=reader.line_num, fault=fault))
        ) from None
    others = set(columns) - set(COLUMNS)
    if not set(columns) & set(WHO) or (others and not other_columns):
        raise Invalid(
            ("", Sentence("Let the first line name the columns: of {names}.", names=", ".join(COLUMNS)))
        )
    if len(set(columns)) < len(columns):
        raise Invalid(("", "Name each column once."))
    return RecipientTable(columns, [cells for _, cells in found], [number for number, _ in found])
