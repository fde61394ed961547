"""A first mapping for an export nobody has described: its columns by name and by what stands in them.

What is sure is written out; what is not carries the word TODO, and is left for a person. Nothing is guessed silently:
the draft is a file to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from matcher.errors import UsageError
from matcher.readers.csv_rows import Table, open_table
from matcher.readers.guessed_columns import SLASHED, Column, mapped
from matcher.readers.known_export import known_export
from matcher.readers.mapping import load_mapping, shipped_mappings
from matcher.readers.mapping_model import FileForm
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet

SAMPLE = 2000
_NULLS = frozenset(
    [
        "na",
        "n/a",
        "n.a.",
        "null",
        "nan",
        "unknown",
        "unk",
        "not known",
        "not available",
        "not reported",
        "not recorded",
        "-",
        "--",
        "---",
        ".",
        "?",
        "'--",
        "k.a.",
        "k. a.",
        "unbekannt",
        "keine angabe",
        "[not available]",
        "[unknown]",
        "[not applicable]",
        "missing",
        "#n/a",
    ]
)
_IDENTIFIER = re.compile(
    r"^(?:patient|pat|case|subject|person|record|study)?[ _.-]?(?:id|nr|no|number|identifier|submitter id|mrn|pid|key)$"
    r"|^(?:mrn|pid|patnr|patid|patientid|fallnummer|case)$"
)
_PERSON = re.compile(r"patient|pat|subject|case|person|mrn|pid|barcode|fall")
#: so few rows may be those of one patient
_FEW_ROWS = 10
_COMMA_NUMBER = re.compile(r"[<>]?\s?-?\d+(?:\.\d{3})*,\d{1,2}|[<>]?\s?-?\d+,\d{4,}")
_POINT_NUMBER = re.compile(r"[<>]?\s?-?\d+(?:,\d{3})*\.\d+")


@dataclass(frozen=True, slots=True)
class Guess:
    """``shipped`` is the ready-made mapping that fits; else ``text`` is a draft, with ``todos`` places to fill in."""

    text: str
    shipped: str = ""

    @property
    def todos(self) -> int:
        return self.text.count("TODO")


def guess_mapping(path: Path) -> Guess:
    """The ready-made mapping of a known export, or a draft for the file."""
    known = known_export(path)
    if known:
        return Guess(f"# This is {load_mapping(Path(known)).mapping.mapping}.\n", known)
    if path.is_dir():
        raise UsageError(
            f"{path.name} is none of the exports that are known by their files",
            f"give one file, or write 'tables'; known are {', '.join(shipped_mappings())}",
            code="U012",
        )
    table = open_parquet(path) if is_parquet(path) else open_table(path, form=_form(path))
    return Guess("\n".join(_draft(table)) + "\n")


def _form(path: Path) -> FileForm:
    """Comment lines are passed over where the file begins with one and goes on without."""
    with path.open("rb") as stream:
        lines = [stream.readline(1 << 16) for _ in range(20)]
    comments = [line.startswith(b"#") for line in lines if line]
    return FileForm(comment="#") if comments and comments[0] and not all(comments) else FileForm()


def _columns(table: Table | ParquetTable) -> tuple[list[Column], int]:
    found = {name: Column(name) for name in table.header if name}
    rows = 0
    for row in islice((row for row in table.rows() if row.problem is None), SAMPLE):
        rows += 1
        for name, text in row.cells.items():
            if text and name in found:
                found[name].filled += 1
                found[name].values[text[:80]] += 1
    return list(found.values()), rows


def _draft(table: Table | ParquetTable) -> Iterator[str]:
    columns, rows = _columns(table)
    nulls = sorted({text for each in columns for text in each.values if text.casefold() in _NULLS})
    for each in columns:
        for text in nulls:
            each.filled -= each.values.pop(text, 0)
    identifier = _identifier(columns, rows)
    yield f"# A draft from {rows} rows of {table.path.name}. Read it; every TODO needs a person."
    yield f"mapping: {_quoted(table.path.name)}"
    several = identifier is not None and max(identifier.values.values(), default=1) > 1
    name = identifier.name if identifier is not None else "TODO the column with the patient's identifier"
    yield f"id: {{column: {_quoted(name)}}}"
    yield from _form_lines(table)
    if several:
        yield f"# {name} stands on several rows: each is read as a row of this table."
        yield f"tables: {{rows: {{by: {_quoted(name)}}}}}"
    if nulls:
        yield f"blank: [{', '.join(map(_quoted, nulls))}]"
    if any(each.share(_COMMA_NUMBER) > 0.5 for each in columns):
        yield "decimal: comma"
    elif any(each.share(_POINT_NUMBER) > 0.5 for each in columns):
        yield "decimal: point"
    yield from _dates(columns)
    rest = [each for each in columns if each is not identifier]
    yield from mapped(rest, several=several)


def _identifier(columns: Sequence[Column], rows: int) -> Column | None:
    """Whose a row is. Of columns that are named so, one of persons before one of studies or records.

    What is the same on every row names the study or the hospital: it would make one patient of all.
    """
    named = [
        each
        for each in columns
        if _IDENTIFIER.fullmatch(each.plain) or _IDENTIFIER.fullmatch(each.name.casefold())
    ]
    told = [
        each for each in columns if each.filled == rows == len(each.values) and _PERSON.search(each.plain)
    ]
    found = [each for each in named if len(each.values) > 1 or rows < _FEW_ROWS] or told
    return min(found, key=lambda each: (each.filled < rows, not _PERSON.search(each.plain)), default=None)


def _form_lines(table: Table | ParquetTable) -> Iterator[str]:
    if isinstance(table, Table):
        said = [f"delimiter: {_quoted(table.delimiter)}"] if table.delimiter != "," else []
        said += [f"comment: {_quoted(table.form.comment)}"] if table.form.comment else []
        if said:
            yield f"file: {{{', '.join(said)}}}"


def _dates(columns: Sequence[Column]) -> Iterator[str]:
    first = second = short = 0
    for each in columns:
        if each.share(SLASHED) > 0.8:
            for text in each.values:
                if (found := SLASHED.fullmatch(text)) is not None:
                    first, second = max(first, int(found[1])), max(second, int(found[2]))
                    short += len(found[3]) == 2
    if not first:
        return
    if first > 12 >= second:
        yield "dates: day_first"
    elif second > 12 >= first:
        yield "dates: month_first"
    else:
        yield "dates: day_first  # TODO day or month first: the dates can be read in both orders"
    if short:
        yield "pivot: 30  # TODO years of two digits up to this one are of this century"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if "\t" not in text else '"\\t"'
