"""What a mapping makes of an export: column by column what was read, and a few patients beside their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.profile import Profile
from matcher.domain.wire.dump import dump
from matcher.errors import UsageError
from matcher.readers.entry import Entry
from matcher.readers.export import Export
from matcher.readers.mapped_file import MappedFile
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Issue, Patient, Reading, shown
from matcher.readers.read import account_of, source_of
from matcher.vocabulary.formulary import Formulary

SHOWN_PATIENTS = 3
_BESIDE_FACTS = frozenset({"id", "as_of", "index_date", "assumptions", "vital_status"})


@dataclass(slots=True)
class ColumnCheck:
    """``read`` cells became facts, ``not_understood`` did not; the rest of the filled ones chose or dated others."""

    file: str
    column: str
    read: int = 0
    not_understood: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Beside:
    """A patient's cells as they stand, and the profile they became."""

    patient: str
    cells: tuple[tuple[str, str], ...]
    profile: dict[str, Any]


@dataclass(slots=True)
class MappingCheck:
    """The account of one run of a mapping over a file or folder."""

    reading: Reading
    columns: dict[tuple[str, str], ColumnCheck] = field(default_factory=dict)
    facts: Counter[str] = field(default_factory=Counter)
    shown: list[Beside] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every patient was read and nothing needs a second look."""
        return not self.warnings and not self.reading.rejected


def check_mapping(
    path: Path, mapping: Path, *, formulary: Formulary, as_of: date | None, today: date
) -> MappingCheck:
    """Reads everything once. A mapping that cannot be used is refused with all its faults, as when it is matched."""
    source = source_of(path, mapping)
    if not isinstance(source, Export | MappedFile):
        raise UsageError("a mapping describes rows, and this file has none", code="U001")
    counts = Counter(source.identifiers())
    repeated = frozenset(name for name, number in counts.items() if name and number > 1)
    reader = PatientReader(formulary, as_of or (None if source.dated else today), repeated)
    found = MappingCheck(account_of(source, counts.total(), None))
    empty: list[str] = []
    for entry in source.entries(reader.as_of):
        outcome = reader.outcome(entry)
        found.reading.count(outcome)
        _count_cells(found, entry)
        if isinstance(outcome, Patient):
            _count_issues(found, outcome.issues)
            if not _count_facts(found, outcome.profile):
                empty.append(outcome.profile.id)
            if len(found.shown) < SHOWN_PATIENTS:
                found.shown.append(_beside(source, entry, outcome.profile))
    found.warnings += _warnings(found, source, repeated, empty)
    return found


def _count_cells(found: MappingCheck, entry: Entry) -> None:
    for place in {each for each in entry.places.by_path.values() if each.column}:
        _column(found, place.file, place.column).read += 1


def _count_issues(found: MappingCheck, issues: Sequence[Issue]) -> None:
    for issue in issues:
        if issue.source.column and issue.text:
            _column(found, issue.source.file, issue.source.column).not_understood[issue.text] += 1


def _column(found: MappingCheck, file: str, column: str) -> ColumnCheck:
    return found.columns.setdefault((file, column), ColumnCheck(file, column))


def _count_facts(found: MappingCheck, profile: Profile) -> bool:
    """Counts the facts of a patient; whether there is any beside the identifier."""
    held = [name for name, value in dump(profile).items() if name not in _BESIDE_FACTS and value]
    found.facts.update(held)
    return bool(held)


def _beside(source: Export | MappedFile, entry: Entry, profile: Profile) -> Beside:
    cells: dict[str, str] = {}
    for place in sorted(
        set(entry.places.by_path.values()), key=lambda each: (each.file, each.row or 0, each.column)
    ):
        if place.column:
            cells[f"{place.file}, row {place.row}, {place.column}"] = ""
    written = _texts(source, entry.patient, cells)
    return Beside(profile.id, tuple(written.items()), dump(profile))


def _texts(source: Export | MappedFile, patient: str, places: dict[str, str]) -> dict[str, str]:
    """The cells at these places, as they stand in the rows of the patient."""
    found = dict(places)
    for file, row in _rows(source, patient):
        for column, text in row.cells.items():
            name = f"{file}, row {row.line}, {column}"
            if name in found:
                found[name] = shown(text)
    return found


def _rows(source: Export | MappedFile, patient: str) -> Iterator[tuple[str, Any]]:
    if isinstance(source, Export):
        yield from ((sheet.file, sheet.row) for sheet in source.rows_of(patient))
    else:
        from matcher.readers.mapped import identify

        for row in source.rows():
            if identify(source.bound, row) == patient:
                yield source.table.path.name, row
                return


def _warnings(
    found: MappingCheck, source: Export | MappedFile, repeated: frozenset[str], empty: Sequence[str]
) -> Iterator[str]:
    reading = found.reading
    if repeated:
        yield f"{len(repeated)} identifiers stand on several rows, which are rejected: join them with 'tables'"
    if empty:
        yield f"{len(empty)} patients have no fact at all: {', '.join(empty[:5])}"
    if reading.issues["P102"]:
        yield f"{reading.issues['P102']} values are impossible in their unit: is the unit, or the decimal mark, right?"
    if reading.issues["P106"]:
        yield f"{reading.issues['P106']} dates are not understood, or lie before birth: is 'dates' right?"
    bound = source.bound
    fed = {column for _, column in found.columns}
    asked = {column for _, column in _asked(source)}
    idle = sorted(bound.used - fed - asked) + sorted(
        column
        for table in bound.tables.values()
        for column in table.used - fed - asked - {table.by, *table.distinct}
    )
    if idle:
        yield f"columns that the mapping names and that feed nothing: {', '.join(dict.fromkeys(idle[:20]))}"
    if bound.unknown or any(each.unknown for each in bound.tables.values()):
        names = [*bound.unknown, *(name for each in bound.tables.values() for name in each.unknown)]
        names = list(dict.fromkeys(names))
        yield f"{len(names)} columns are not read and not ignored: {', '.join(names[:10])}"


def _asked(source: Export | MappedFile) -> Iterator[tuple[str, str]]:
    """Columns that choose rows or identify patients: they feed no fact of their own."""
    bound = source.bound
    for cell in (*bound.id, *bound.as_of, *bound.index_date, *bound.shifted_by):
        yield from (("", column) for column in cell.columns)
    for row in bound.rows:
        yield from (("", column) for _, column in row.when)
        for _, cells in row.fields:
            for cell in cells:
                yield from (("", column) for _, column in cell.when)
                yield "", cell.text or ""
    for _, cells in bound.facts:
        for cell in cells:
            yield from (("", column) for _, column in cell.when)
            if cell.date is not None:
                yield from (("", column) for column in cell.date.columns)
    for coded in bound.coded:
        yield from (("", column) for _, column in coded.when)
        yield from (("", column) for column in (coded.text or "", *coded.code.columns))
        if coded.system is not None:
            yield from (("", column) for column in coded.system.columns)
    for table in bound.tables.values():
        yield from (("", column) for _, column in table.when)
