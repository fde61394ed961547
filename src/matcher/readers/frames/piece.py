"""What one slot gives for one combination of texts, read by the profile readers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import nan
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval
from matcher.domain.profile import Profile
from matcher.domain.record import (
    Absence,
    Diagnosis,
    Laboratory,
    Listing,
    Record,
)
from matcher.domain.source import Source
from matcher.domain.wire.model import LISTS
from matcher.readers.assemble import TABLES
from matcher.readers.context import Context
from matcher.readers.csv_rows import Row
from matcher.readers.disease import TwoIndexCancersError, read_diagnoses, site_of
from matcher.readers.frames import slots
from matcher.readers.frames.slots import Slot
from matcher.readers.labs import SAID_IN_WORDS
from matcher.readers.mapped import Drawn, draw
from matcher.readers.outcome import Issue
from matcher.readers.person import read_birth
from matcher.readers.settle import Tables, settle, with_implied
from matcher.readers.value import UnreadableError, read_date
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.laboratory import LAB_TESTS, LabTest

#: stands for the day in a slot's ``days`` with this rank among them; no mapping has a reason to name such days
_RANKED = tuple(date(1902 + 3 * rank, 7, 23) for rank in range(64))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a patient. Days that stand for others are found in ``stand_ins``: which column each one is of.

    ``whole`` says that the row must be read as a whole: it cannot be read at all, or what is said of it names a day.
    ``wire_rows`` counts the rows of each table as the mapping makes them, for the paths of issues.
    """

    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    assumptions: tuple[str, ...] = ()
    birth: DateSpan | None = None
    as_of: date | None = None
    drawn: tuple[Issue, ...] = ()
    read: tuple[Issue, ...] = ()
    wire_rows: Mapping[str, int] = field(default_factory=dict)
    stand_ins: Mapping[date, str] = field(default_factory=dict)
    cancers: tuple[Diagnosis, ...] = ()
    whole: bool = False
    #: the slot whose measured value the only record leaves open, to be filled in for each patient
    measured: int | None = None

    def listed(self) -> Tables:
        """What it holds of lists, to be settled with other pieces."""
        names = LISTS & (self.records.keys() | self.absences.keys())
        return {name: Listing(self.records.get(name, ()), self.absences.get(name, ())) for name in names}

    def earliest(self) -> int:
        """The earliest day by which any of its records had ended, of days that stand for themselves; 0 for none."""
        spans = (
            getattr(entry, name)
            for entries in (*self.records.values(), *self.absences.values())
            for entry in entries
            for name in ("on", "start", "end", "progression")
            if getattr(entry, name, None) is not None
        )
        return min((each.last.toordinal() for each in spans if each.last not in self.stand_ins), default=0)

    @property
    def issues(self) -> bool:
        return bool(self.drawn or self.read)

    @property
    def site(self) -> str | None:
        """The organ of the index cancer, for the slot of the diagnoses."""
        return site_of(self.cancers)

    def without_entries(self) -> Piece:
        """The rest of the piece where records and absences are held elsewhere."""
        return replace(self, records={}, absences={}, stand_ins={}, measured=None)

    def key(self) -> tuple[object, ...]:
        """What tells a piece without entries from others."""
        issues = (self.drawn, self.read, tuple(self.wire_rows.items()))
        return self.complete, self.assumptions, self.birth, self.as_of, issues, self.cancers, self.whole


WHOLE = Piece(whole=True)


@dataclass(frozen=True, slots=True)
class Measured:
    """A piece whose value is left open, and how the numbers of its column become values of the test."""

    piece: Piece
    test: LabTest
    unit: str

    def canonical(self, number: float) -> float:
        """The number in the unit of the test; not a number where no patient has such a value."""
        value = self.test.in_unit(number, self.unit)
        return value if self.test.plausible(value) else nan


@dataclass(frozen=True)
class PieceReader:
    """``as_of`` serves rows that have no day of their own."""

    file: str
    formulary: Formulary
    as_of: date | None

    def ranked(
        self, slot: Slot, texts: Sequence[str], ranks: Sequence[int | None], cancers: Piece | None
    ) -> Piece:
        """Read with days that stand in the same order; the last rank is the as-of day's."""
        days = [None if rank is None else _RANKED[rank] for rank in ranks]
        cells = dict(zip(slot.columns, texts, strict=True))
        cells |= {
            name: "" if day is None else day.isoformat() for name, day in zip(slot.days, days, strict=False)
        }
        stand_ins = {
            day: name for day, name in zip(days, (*slot.days, slots.AS_OF), strict=True) if day is not None
        }
        as_of = days[-1]
        assert as_of is not None
        piece = self.plain(slot, cells, as_of, cancers)
        said = " ".join(f"{each.reason} {each.text}" for each in (*piece.drawn, *piece.read))
        if any(str(day.year) in said for day in stand_ins):
            return WHOLE
        return replace(piece, stand_ins=stand_ins)

    def measured(self, slot: Slot, texts: Sequence[str], ranks: Sequence[int | None]) -> Measured | None:
        """A laboratory value read as an example of all others in its column; nothing where they may be more than that.

        It is one where nothing is said of it, and its value is the number written, in the unit of its test.
        """
        piece = self.ranked(slot, texts, ranks, None)
        records = piece.records.get("labs", ())
        if piece.whole or piece.issues or piece.records.keys() != {"labs"} or len(records) != 1:
            return None
        (record,) = records
        assert isinstance(record, Laboratory)
        test = LAB_TESTS.get(next(iter(record.test.members)))
        if test is None or not record.test.exact or test.code in SAID_IN_WORDS:
            return None
        cells = dict(zip(slot.columns, texts, strict=True))
        (row,) = draw(slot.bound, Row(0, cells), self.file, self.as_of).wire.get("labs", [{}])
        example = Measured(replace(piece, measured=slot.number), test, str(row.get("unit") or "1"))
        value = example.canonical(float(texts[slot.columns.index(slot.measured or "")]))
        return example if record.value == Interval.exactly(value) else None

    def plain(self, slot: Slot, cells: dict[str, str], as_of: date, cancers: Piece | None) -> Piece:
        drawn = draw(slot.bound, Row(0, cells), self.file, as_of)
        if drawn.issues and not slot.drawn:
            # Their place among the issues of other facts is known only from the whole row.
            return WHOLE
        context = Context(as_of, self.formulary, drawn.places)
        match slot.table:
            case slots.BIRTH | slots.AGED:
                birth, _ = read_birth(context, drawn.wire)
                return Piece(birth=birth, drawn=drawn.issues, read=tuple(context.issues))
            case slots.SAID:
                return self._said(drawn)
        try:
            listing = self._listing(slot, context, drawn.wire, () if cancers is None else cancers.cancers)
        except TwoIndexCancersError:
            return WHOLE
        if context.elsewhere:
            return WHOLE
        if slot.table == "judgements" and listing.records:
            # Which of several counts is settled among all of them.
            return WHOLE
        if slot.table in LISTS and not listing.complete:
            # A row that nobody can read keeps its list open.
            return WHOLE
        if any(issue.fact.startswith("karnofsky") for issue in context.issues):
            # What is said of Karnofsky 0 depends on whether an ECOG stands beside it.
            return WHOLE
        records = self._with_implied(slot.table, listing)
        if records is None:
            return WHOLE
        return Piece(
            records,
            {slot.table: listing.absences} if listing.absences else {},
            drawn=drawn.issues,
            read=tuple(context.issues),
            wire_rows={name: len(held) for name, held in drawn.wire.items() if isinstance(held, list)},
            cancers=listing.records if slot.table == "diagnoses" else (),
        )

    def _with_implied(self, name: str, listing: Listing[Any]) -> dict[str, tuple[Any, ...]] | None:
        """The records by table; nothing where they contradict or repeat each other."""
        if name not in LISTS:
            return {name: listing.records} if listing.records else {}
        own, elsewhere = with_implied(name, listing.records, self.formulary)
        if len(listing.records) + len(listing.absences) > 1:
            tables: Tables = {each: Listing() for each in LISTS}
            tables[name] = listing
            settle(tables, self.formulary, frozenset({name}))
            if tables[name].records != own or tables[name].absences != listing.absences:
                return None
        found = {name: own} | elsewhere
        return {table: held for table, held in found.items() if held}

    def dated(self, slot: Slot, cells: dict[str, str]) -> Piece:
        """The as-of day; a row without a usable one is read whole."""
        drawn = draw(slot.bound, Row(0, cells), self.file, None)
        stated = drawn.wire.get("as_of")
        try:
            day = DateSpan.on(self.as_of) if stated is None and self.as_of else read_date(stated)
        except UnreadableError:
            return WHOLE
        return Piece(as_of=day.first) if day.exact and not drawn.issues else WHOLE

    def _listing(
        self, slot: Slot, context: Context, wire: Mapping[str, Any], cancers: tuple[Diagnosis, ...]
    ) -> Listing[Any]:
        complete = frozenset({slot.table})
        if slot.table == "diagnoses":
            return read_diagnoses(context, wire, complete)
        return TABLES[slot.table](context, wire, complete, cancers)

    def _said(self, drawn: Drawn) -> Piece:
        lists = drawn.wire.get("complete", [])
        if not all(isinstance(each, str) and each in LISTS for each in lists):
            return WHOLE
        return Piece(
            complete=frozenset(lists),
            assumptions=tuple(drawn.wire.get("assumptions", ())),
            drawn=drawn.issues,
        )


def whole_piece(profile: Profile) -> Piece:
    """A patient who was read as a whole, as the only piece of the row."""
    tables = {name: profile.listing(name) for name in ("diagnoses", *TABLES)}
    return Piece(
        {name: listing.records for name, listing in tables.items() if listing.records},
        {name: listing.absences for name, listing in tables.items() if listing.absences},
        frozenset(name for name in LISTS if tables[name].complete),
        profile.assumptions,
        profile.birth,
        profile.as_of,
    )


def placed(
    issue: Issue, patient: str, file: str, line: int, preceding: Mapping[str, int], columns: frozenset[str]
) -> Issue:
    """The issue of a piece as that of a row: whose it is, where, and with the row's own numbers in its path."""
    fact = _renumbered(issue.fact, preceding)
    column = issue.source.column
    if column not in columns:
        column = _renumbered(column, preceding)
    return replace(issue, patient=patient, fact=fact, source=Source(file, line, column))


def _renumbered(path: str, preceding: Mapping[str, int]) -> str:
    table, bracket, rest = path.partition("[")
    number, closing, tail = rest.partition("]")
    if not (bracket and closing and preceding.get(table)):
        return path
    return f"{table}[{int(number) + preceding[table]}]{tail}"
