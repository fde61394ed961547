"""The matches of a run as a file: CSV for people, Parquet and JSON Lines for programs; the same columns in each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from matcher.service.landing import Landing
from matcher.service.rendered import MATCH_COLUMNS

FORMATS = ("csv", "parquet", "jsonl")
#: rows of explained patients that make a group of their own in a Parquet file
_GROUP = 50_000


class Matches(Protocol):
    """Takes rows one patient at a time, or what a part of the file left in the same form."""

    def add(self, rows: bytes) -> None:
        """Rows of explained patients, as ``in_form`` writes them."""

    def add_part(self, path: Path) -> None:
        """The rows of a part, written for this format by ``bulk.rows``."""

    def close(self) -> None: ...


def matches_in(form: str, landing: Landing) -> Matches:
    """The file of a run's matches, in one of ``FORMATS``."""
    match form:
        case "parquet":
            return _Parquet(landing.path(f"matches.{form}"))
        case "jsonl":
            return _Text(landing.open(f"matches.{form}"))
    return _Text(landing.open(f"matches.{form}", newline=""), ",".join(MATCH_COLUMNS) + "\n")


class _Text:
    """Lines; those of a part are copied as they are."""

    def __init__(self, stream: IO[str], head: str = "") -> None:
        stream.write(head)
        stream.flush()
        self._stream: IO[bytes] = stream.buffer  # type: ignore[attr-defined]

    def add(self, rows: bytes) -> None:
        self._stream.write(rows)

    def add_part(self, path: Path) -> None:
        with path.open("rb") as part:
            shutil.copyfileobj(part, self._stream, 1 << 20)

    def close(self) -> None:
        self._stream.flush()


class _Parquet:
    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        from matcher.service.bulk.rows import SCHEMA

        self._writer = pq.ParquetWriter(
            path, SCHEMA, compression="zstd", write_statistics=["patient_id", "rank", "as_of"]
        )
        self._waiting: list[Sequence[Any]] = []

    def add(self, rows: bytes) -> None:
        self._waiting += json.loads(rows)
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
