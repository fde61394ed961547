"""The matches of a run as a file: CSV for people, Parquet and JSON Lines for programs; the same columns in each."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from matcher.service.cell import cell
from matcher.service.landing import Landing

FORMATS = ("csv", "parquet", "jsonl")
MATCH_COLUMNS = (
    "patient_id",
    "kind",
    "rank",
    "tied",
    "candidate",
    "cohort",
    "title",
    "standing",
    "availability",
    "because",
    "missing",
    "blocking",
    "cautions",
    "earliest_date",
    "rulebook",
    "as_of",
)
#: rows of explained patients that make a group of their own in a Parquet file
_GROUP = 50_000


class Matches(Protocol):
    """Takes rows one patient at a time, or what a part of the file left in the same form."""

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Rows of values in the order of ``MATCH_COLUMNS``."""

    def add_part(self, path: Path) -> None:
        """The rows of a part, written for this format by ``bulk.rows``."""

    def close(self) -> None: ...


def matches_in(form: str, landing: Landing) -> Matches:
    """The file of a run's matches, in one of ``FORMATS``."""
    match form:
        case "parquet":
            return _Parquet(landing.path(f"matches.{form}"))
        case "jsonl":
            return _JsonLines(landing.open(f"matches.{form}"))
    return _Csv(landing.open(f"matches.{form}", newline=""))


class _Text:
    """Lines; those of a part are copied as they are."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def add_part(self, path: Path) -> None:
        self._stream.flush()
        with path.open("rb") as part:
            shutil.copyfileobj(part, self._stream.buffer, 1 << 20)  # type: ignore[attr-defined]

    def close(self) -> None:
        self._stream.flush()


class _Csv(_Text):
    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self._table = csv.writer(stream, lineterminator="\n")
        self._table.writerow(MATCH_COLUMNS)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        self._table.writerows([cell(value) for value in row] for row in rows)


class _JsonLines(_Text):
    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            values = {name: stated(value) for name, value in zip(MATCH_COLUMNS, row, strict=True)}
            self._stream.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")


class _Parquet:
    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        from matcher.service.bulk.rows import SCHEMA

        self._writer = pq.ParquetWriter(
            path, SCHEMA, compression="zstd", write_statistics=["patient_id", "rank", "as_of"]
        )
        self._waiting: list[Sequence[Any]] = []

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        self._waiting += rows
        if len(self._waiting) >= _GROUP:
            self._flush()

    def add_part(self, path: Path) -> None:
        from matcher.service.bulk.rows import tables_of

        self._flush()
        for table in tables_of(path):
            self._writer.write_table(table)

    def _flush(self) -> None:
        from matcher.service.bulk.rows import table_of

        if self._waiting:
            self._writer.write_table(table_of(self._waiting))
            self._waiting = []

    def close(self) -> None:
        self._flush()
        self._writer.close()


def stated(value: Any) -> Any:
    """Nothing instead of an empty text, where a format can say so."""
    return None if value == "" else value


def columns_of(rows: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
    """The same values column by column."""
    return ([stated(row[place]) for row in rows] for place in range(len(MATCH_COLUMNS)))
