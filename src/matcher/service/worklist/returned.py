"""The file as it was sent, given back with a column that says what is wrong with each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from matcher.readers.csv_rows import open_table
from matcher.service.cell import cell

COLUMN = "problems"


def with_problems(patients: Path, problems: Path) -> Iterator[str]:
    """Line after line; cells are those that were sent, and in the same order."""
    table = open_table(patients)
    said = _by_row(problems)
    last = 0
    for record in table.records():
        head = record.line == table.header_line
        words = [COLUMN if head else "; ".join(said.get(str(record.line), ()))]
        last = record.line
        yield _line([*record.cells, *words], table.delimiter)
    if said.get("") and last:
        yield _line(["", "; ".join(said[""])], table.delimiter)


def _by_row(problems: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with problems.open(encoding="utf-8", newline="") as stream:
        for each in csv.DictReader(stream):
            where = f"{each['column']}: " if each["column"] else ""
            found.setdefault(each["row"], []).append(f"{where}{each['what is wrong']} {each['what to do']}")
    return found


def _line(cells: list[str], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow([cell(each) for each in cells])
    return text.getvalue()
