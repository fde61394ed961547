"""The door to patients: any file or folder of them, one outcome for each, in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.assemble import assemble
from matcher.readers.entry import Entry, PatientSource
from matcher.readers.json_profiles import JsonLines, json_file
from matcher.readers.mapped_file import MappedFile, wide_file
from matcher.readers.mapping import load_mapping, wide_mapping
from matcher.readers.outcome import Issue, Outcome, Patient, Reading, Reject
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
        self._formulary = formulary
        self._as_of = as_of
        self._today = None if source.dated or as_of is not None else today
        counts = Counter(source.identifiers())
        self._repeated = frozenset(
            identifier for identifier, count in counts.items() if identifier and count > 1
        )
        self._patients = counts.total()
        if not self._patients:
            raise PatientDataError([Diagnostic(name, None, None, "P013", "the file holds no patients")])
        self.reading = self._account()

    def _account(self) -> Reading:
        reading = Reading(
            patients=self._patients,
            file_issues=list(self._source.file_issues),
            assumptions=list(self._source.assumptions),
        )
        if self._today is not None:
            reading.assume(
                f"patients without an as-of date of their own are seen as on {self._today}, the day of the run"
            )
        reading.issues.update(issue.code for issue in reading.file_issues)
        return reading

    def __len__(self) -> int:
        return self._patients

    def __iter__(self) -> Iterator[Outcome]:
        self.reading = reading = self._account()
        for entry in self._source.entries(self._as_of or self._today):
            outcome = self._outcome(entry)
            reading.count(outcome)
            yield outcome

    def _outcome(self, entry: Entry) -> Outcome:
        code, reason = entry.problem or self._identity_problem(entry) or ("", "")
        if code:
            return Reject.of(code, reason, source=entry.source, patient=entry.patient, text=entry.text)
        assembled = assemble(
            entry.wire, as_of=self._as_of or self._today, formulary=self._formulary, sources=entry.places
        )
        if assembled.profile is None:
            assert assembled.reject is not None
            return assembled.reject
        return Patient(assembled.profile, _each_once(entry.issues + assembled.issues))

    def _identity_problem(self, entry: Entry) -> tuple[str, str] | None:
        if not entry.patient:
            return "P001", "the record has no identifier"
        if entry.patient in self._repeated:
            return "P002", "another record has the same identifier"
        return None


def _each_once(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    return tuple(dict.fromkeys(issues))


def read_patients(
    path: Path,
    *,
    formulary: Formulary,
    mapping: Path | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> PatientFile:
    """The patients of a CSV, a folder of tables, a JSON document or JSON Lines, each read or rejected.

    ``as_of`` serves records without an as-of date of their own, ``today`` only where the file has no column for
    one: a patient with a blank as-of date is never dated by the clock. A mapping describes one delimited file. What is
    wrong with mapping, header or file as a whole is raised here, before any patient is read.
    """
    return PatientFile(_source(path, mapping), formulary, as_of, today, path.name)


def _source(path: Path, mapping: Path | None) -> PatientSource:
    if not path.exists():
        raise UsageError(f"there is no file or folder {path}", code="U002")
    if path.is_dir():
        if mapping is not None:
            raise UsageError("a mapping describes one file, and a folder of tables was given", code="U001")
        return TableFolder(path)
    kind = _kind(path)
    if mapping is not None:
        if kind != "delimited":
            raise UsageError("a mapping describes a delimited file, and JSON was given", code="U001")
        return MappedFile(path, load_mapping(mapping))
    match kind:
        case "delimited":
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
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"PAR1")):
        raise UsageError(f"{path.name} is not text: save it as CSV", code="U011")
    ending = path.suffix.casefold()
    if ending in JSON_LINES:
        return "lines"
    if ending == ".json":
        return "json"
    if ending in DELIMITED:
        return "delimited"
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    return "json" if start in (b"{", b"[") else "delimited"
