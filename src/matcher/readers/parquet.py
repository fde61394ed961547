"""A Parquet file as rows of texts: the same columns as a CSV, numbers and days as a CSV writes them.

Whoever reads a CSV asks here whether it is one: what opens such a file is imported when one is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.csv_rows import Row

MAGIC = b"PAR1"
ENDINGS = (".parquet", ".pq")
_ROWS = 8192


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file whose schema has been read. Its rows are counted from 1; those without any text are none."""

    path: Path
    header: tuple[str, ...]
    repeated: frozenset[str]
    rows_in_file: int
    #: columns that hold no cells, with what they hold
    strange: Mapping[str, str]
    #: where the header stands, for those who ask a delimited file the same
    header_line: int | None = None

    def refuse_strange(self, used: Collection[str]) -> None:
        """An error where one of the columns that are used holds records or bytes."""
        found = [(name, kind) for name, kind in self.strange.items() if name in used]
        if found:
            raise PatientDataError(
                Diagnostic(
                    self.path.name,
                    None,
                    None,
                    "P014",
                    f"the column '{name}' holds {kind}: no text, number or day",
                )
                for name, kind in found
            )

    def rows(self, columns: Collection[str] | None = None) -> Iterator[Row]:
        """The rows, with all their cells or those of some columns."""
        import pyarrow.parquet as pq

        from matcher.readers.coded import Coded

        wanted = [name for name in self.header if name and (columns is None or name in columns)]
        self.refuse_strange(wanted)
        number = 0
        with reading(self.path), pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(_ROWS, columns=wanted):
                held = {name: Coded.of(batch.column(name)) for name in wanted}
                for row in range(batch.num_rows):
                    number += 1
                    if (
                        found := row_of(number, {name: each.text(row) for name, each in held.items()})
                    ) is not None:
                        yield found


def is_parquet(path: Path) -> bool:
    """By the name's ending or the first characters."""
    if path.suffix.casefold() in ENDINGS:
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def open_parquet(path: Path) -> ParquetTable:
    """The file with its schema; one that ends too early or is none is an error (P014)."""
    import pyarrow.parquet as pq

    from matcher.readers.coded import has_texts

    with reading(path), pq.ParquetFile(path) as file:
        names: Sequence[str] = file.schema_arrow.names
        repeated = frozenset(name for name in names if name and names.count(name) > 1)
        strange = {each.name: str(each.type) for each in file.schema_arrow if not has_texts(each.type)}
        table = ParquetTable(path, tuple(names), repeated, file.metadata.num_rows, strange)
    if not table.rows_in_file:
        raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file holds no patients")])
    return table


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What a broken file gives away only while it is read, as an error of the file."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
        said = "a text is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        reason = f"the file cannot be read as Parquet: {(said.splitlines() or [''])[0][:200]}"
        raise PatientDataError([Diagnostic(path.name, None, None, "P014", reason)]) from None


def row_of(number: int, cells: dict[str, str]) -> Row | None:
    """A row by its columns; nothing where it is blank."""
    if not any(cells.values()):
        return None
    return Row(number, cells, None, ",".join(cells.values()))
