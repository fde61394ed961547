"""Many patients as columns: the records of every table of the profile, one after the other.

The columns of a table are the fields of its record, by the same names. A frame is made from profiles, or from
columns by whoever reads many rows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import get_type_hints

import numpy as np

from matcher.domain.dates import DateSpan
from matcher.domain.judgement import Judgement
from matcher.domain.possible import Codes, Interval, Possible
from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import (
    Absence,
    Alteration,
    Biomarker,
    Components,
    Condition,
    Course,
    Diagnosis,
    Event,
    Laboratory,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.domain.source import Source
from matcher.engines.columnar.arrays import Bools, Days, Ids, Index
from matcher.engines.columnar.column import (
    CodeColumn,
    Column,
    ComponentColumn,
    MixedColumn,
    NameColumn,
    NumberColumn,
    SpanColumn,
)

RECORD_OF: Mapping[str, type[Record]] = {
    "observations": Observation,
    "diagnoses": Diagnosis,
    "staging": Staging,
    "labs": Laboratory,
    "biomarkers": Biomarker,
    "alterations": Alteration,
    "therapies": Course,
    "procedures": Procedure,
    "radiotherapy": Radiotherapy,
    "conditions": Condition,
    "medications": Medication,
    "events": Event,
    "judgements": Judgement,
}


@dataclass(frozen=True, slots=True)
class Absences:
    """Statements of absence: the codes each one covers, and when it was made."""

    rows: Ids
    codes: CodeColumn
    on: SpanColumn

    def between(self, start: int, stop: int) -> Absences:
        first, last = np.searchsorted(self.rows, np.array((start, stop), np.int32))
        held = slice(int(first), int(last))
        return Absences(self.rows[held] - np.int32(start), self.codes[held], self.on[held])


@dataclass(frozen=True, slots=True)
class Table:
    """The records of one table: ``rows`` is the patient of each, never falling.

    ``complete`` says for each patient that the list holds everything there is; without it no list does.
    """

    rows: Ids
    columns: Mapping[str, Column] = field(default_factory=dict)
    complete: Bools | None = None
    absences: Absences | None = None

    def between(self, start: int, stop: int) -> Table:
        first, last = np.searchsorted(self.rows, np.array((start, stop), np.int32))
        held = slice(int(first), int(last))
        return Table(
            self.rows[held] - np.int32(start),
            {name: column[held] for name, column in self.columns.items()},
            None if self.complete is None else self.complete[start:stop],
            None if self.absences is None else self.absences.between(start, stop),
        )


NO_RECORDS = Table(np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class PatientFrame:
    """Patients in columns. ``as_of`` is a day for each; a table that nobody has may be left out."""

    ids: Sequence[str]
    as_of: Days
    birth: SpanColumn
    tables: Mapping[str, Table]

    def __len__(self) -> int:
        return len(self.as_of)

    def table(self, name: str) -> Table:
        return self.tables.get(name, NO_RECORDS)

    def between(self, start: int, stop: int) -> PatientFrame:
        """Some of the patients, in their order."""
        return PatientFrame(
            self.ids[start:stop],
            self.as_of[start:stop],
            self.birth[start:stop],
            {name: table.between(start, stop) for name, table in self.tables.items()},
        )

    def chunks(self, size: int) -> Iterator[PatientFrame]:
        for start in range(0, len(self), size):
            yield self.between(start, min(start + size, len(self)))

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> PatientFrame:
        held = list(profiles)
        return cls(
            [each.id for each in held],
            np.array([each.as_of.toordinal() for each in held], np.int32),
            SpanColumn.of(each.birth for each in held),
            {name: _table(name, held) for name in RECORD_OF if any(_stated(each, name) for each in held)},
        )


def _stated(profile: Profile, name: str) -> bool:
    listing = profile.listing(name)
    return bool(listing.records or listing.absences or listing.complete)


def _table(name: str, profiles: Sequence[Profile]) -> Table:
    listings = [profile.listing(name) for profile in profiles]
    records = [record for listing in listings for record in listing.records]
    rows = _rows([len(each.records) for each in listings])
    columns = columns_of(RECORD_OF[name], records) if records else {}
    if name not in LISTS:
        return Table(rows, columns)
    absences = [absence for listing in listings for absence in listing.absences]
    return Table(
        rows,
        columns,
        np.array([each.complete for each in listings], np.bool_),
        _absences(_rows([len(each.absences) for each in listings]), absences) if absences else None,
    )


def _rows(lengths: Sequence[int]) -> Ids:
    numbers: Index = np.repeat(np.arange(len(lengths)), lengths)
    return numbers.astype(np.int32)


def _absences(rows: Ids, absences: Sequence[Absence]) -> Absences:
    codes = CodeColumn.of_sets(each.codes for each in absences)
    return Absences(rows, codes, SpanColumn.of(each.on for each in absences))


def columns_of(record: type[Record], records: Sequence[Record]) -> dict[str, Column]:
    """The fields of records of one type; where they stood is left out."""
    types = get_type_hints(record)
    return {
        each.name: _COLUMN_OF[types[each.name]](getattr(one, each.name) for one in records)
        for each in fields(record)
        if types[each.name] is not Source
        and each.name not in _WORDS_OF_THE_SOURCE
        and (each.name, types[each.name]) != _WHY_JUDGED
    }


_WORDS_OF_THE_SOURCE = ("label", "written", "elsewhere", "person", "document", "of")
#: of a judgement; the reason for a medicine or an operation is a condition that rules ask for
_WHY_JUDGED = ("reason", str)
#: the column for each type that a record's field can have
_COLUMN_OF: Mapping[object, Callable[..., Column]] = {
    Interval: NumberColumn.of,
    Interval | None: NumberColumn.of,
    Codes: CodeColumn.of,
    Codes | None: CodeColumn.of,
    Possible: MixedColumn.of,
    DateSpan: SpanColumn.of,
    DateSpan | None: SpanColumn.of,
    Components: ComponentColumn.of,
    str: NameColumn.of,
}
