"""What stands in a file where a fact was read, letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from matcher.domain.source import Source
from matcher.errors import MatcherError
from matcher.readers.csv_rows import Row, open_table

_DELIMITED = (".csv", ".tsv", ".txt")


def written_in(patients: Path) -> Callable[[Source], str | None]:
    """Gives the cell of a source in a delimited file, or a folder of them; nothing where there is none."""

    @cache
    def rows(path: Path) -> dict[int, Row]:
        try:
            return {row.line: row for row in open_table(path).rows()}
        except (MatcherError, OSError):
            return {}

    def written(source: Source) -> str | None:
        path = patients / source.file if patients.is_dir() else patients
        if path.name != source.file or path.suffix.lower() not in _DELIMITED or source.row is None:
            return None
        row = rows(path).get(source.row)
        return row.cells.get(source.column) if row is not None else None

    return written
