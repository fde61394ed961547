"""The door to patients: any file or folder of them, one outcome for each, in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.duckdb_tables import export_of, is_duckdb
from matcher.readers.entry import PatientSource
from matcher.readers.export import PACKED, Export, own_file
from matcher.readers.fhir import FhirFile
from matcher.readers.formats import foreign_source
from matcher.readers.json_profiles import JsonLines, json_file
from matcher.readers.mapped_file import MappedFile, wide_file
from matcher.readers.mapping import load_mapping, wide_mapping
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Outcome, Reading
from matcher.readers.parquet import is_parquet
from matcher.readers.tables import TableFolder
from matcher.vocabulary.formulary import Formulary

DELIMITED = (".csv", ".tsv", ".tab", ".psv", ".txt")
JSON_LINES = (".jsonl", ".ndjson")


class PatientFile:
    """The patients of a file. Iterating reads it; ``reading`` is the account of the latest iteration.

    Two patients with one identifier are both set aside (P002): neither record is trusted over the other. This
    takes a first pass over the identifiers, which also counts the patients.
    """

    def __init__(
        self,
        source: PatientSource,
        formulary: Formulary,
        as_of: date | None,
        today: date | None,
        name: str,
    ) -> None:
        self._source = source
        self._today = None if source.dated or as_of is not None else today
        counts = Counter(source.identifiers())
        repeated = frozenset(identifier for identifier, count in counts.items() if identifier and count > 1)
        self._reader = PatientReader(formulary, as_of or self._today, repeated)
        self._patients = counts.total()
        if not self._patients:
            raise PatientDataError([Diagnostic(name, None, None, "P013", "the file holds no patients")])
        self.reading = self.account()

    def account(self) -> Reading:
        """The account of a reading before its first patient."""
        return account_of(self._source, self._patients, self._today)

    def __len__(self) -> int:
        return self._patients

    def __iter__(self) -> Iterator[Outcome]:
        self.reading = reading = self.account()
        for outcome in self.between(0, len(self)):
            reading.count(outcome)
            yield outcome

    def between(self, start: int, stop: int) -> Iterator[Outcome]:
        """Some of the patients, by their order in the file, without counting them."""
        if isinstance(self._source, Export | FhirFile):
            entries = self._source.entries_between(start, stop, self._reader.as_of)
        else:
            entries = islice(self._source.entries(self._reader.as_of), start, stop)
        yield from map(self._reader.outcome, entries)


def account_of(source: PatientSource, patients: int, today: date | None) -> Reading:
    """The account of a reading before its first patient; ``today`` where it dates them."""
    reading = Reading(
        patients=patients, file_issues=list(source.file_issues), assumptions=list(source.assumptions)
    )
    if today is not None:
        reading.assume(
            f"patients without an as-of date of their own are seen as on {today}, the day of the run"
        )
    reading.issues.update(issue.code for issue in reading.file_issues)
    return reading


def read_patients(
    path: Path,
    *,
    formulary: Formulary,
    mapping: Path | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> PatientFile:
    """The patients of a CSV or Parquet file, a folder of tables, a JSON document or JSON Lines, each read or rejected.

    ``as_of`` serves records without an as-of date of their own, ``today`` only where the file has no column for
    one: a patient with a blank as-of date is never dated by the clock. A mapping describes one file of rows. What is
    wrong with mapping, header or file as a whole is raised here, before any patient is read.
    """
    return PatientFile(source_of(path, mapping), formulary, as_of, today, path.name)


def source_of(path: Path, mapping: Path | None) -> PatientSource:
    """The reader for the kind of file or folder it is."""
    if not path.exists():
        raise UsageError(f"there is no file or folder {path}", code="U002")
    if mapping is None and (foreign := foreign_source(path)) is not None:
        return foreign
    if path.is_dir():
        if mapping is None:
            return TableFolder(path)
        marked = load_mapping(mapping)
        return Export(path, marked) if marked.mapping.several else MappedFile(own_file(path, marked), marked)
    if is_duckdb(path):
        if mapping is None:
            raise UsageError(
                f"{path.name} is a DuckDB database", "say what its tables are, as --mapping omop", code="U011"
            )
        return export_of(path, load_mapping(mapping))
    kind = _kind(path)
    if mapping is not None:
        if kind != "rows":
            raise UsageError("a mapping describes a file of rows, and JSON was given", code="U001")
        marked = load_mapping(mapping)
        return Export(path, marked) if marked.mapping.several else MappedFile(path, marked)
    match kind:
        case "rows":
            return wide_file(path, wide_mapping())
        case "lines":
            return JsonLines(path)
    return json_file(path)


def _kind(path: Path) -> str:
    """By the name's ending, and by the first characters where that does not tell."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}", code="U009") from None
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        if head.startswith((b"PK\x03\x04", b"\x1f\x8b")) and path.suffix.casefold() in PACKED:
            message = f"{path.name} is packed"
            raise UsageError(
                message, "unpack it, and give the file or the folder that was in it", code="U011"
            )
        raise UsageError(f"{path.name} is not text: save it as CSV", code="U011")
    ending = path.suffix.casefold()
    if is_parquet(path):
        return "rows"
    if ending in JSON_LINES:
        return "lines"
    if ending == ".json":
        return "json"
    if ending in DELIMITED:
        return "rows"
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    return "json" if start in (b"{", b"[") else "rows"
