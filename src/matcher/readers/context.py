"""What every part of an assembly shares: the day, the places, and one way to say that a fact is unreadable."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from matcher.domain.dates import DateSpan
from matcher.domain.possible import DOUBTS, NOT_UNDERSTOOD, SUSPECTED, UNREAD, WRITTEN_DOUBTS, Codes, Interval
from matcher.domain.record import NOTHING_SAID, Absence, Components
from matcher.domain.source import Source
from matcher.readers.lookup import YES_NO, Lookup, treatment_members
from matcher.readers.outcome import LONGEST_TEXT, Issue
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ, UnreadableError, bounded, read_date, read_number
from matcher.vocabulary import units
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.marks import Assertion, assertion_of, marked
from matcher.vocabulary.qualities import QUALITIES, open_qualities

_ALTERNATIVES = re.compile(r"\s{1,9}or\s{1,9}|\s{0,9}\|\s{0,9}|\s{0,9}/\s{0,9}", re.IGNORECASE)
LONGEST_WRITTEN = 1000
"""Characters of a field of a row; what is longer is prose, and would take patterns long to look through."""
MOST_GUESSES = 50
"""So many findings about one patient still offer the nearest name: looking for it is what takes time."""
ENUMERATED = re.compile(r",| or | and | nor |;|/|\|| oder | und |&", re.IGNORECASE)
_UNKNOWN = frozenset({"unknown", "not known", "not stated", "not available", "n/a", "na", "?", ""})
#: a day of which many are born, and which programs write for zero
_EPOCH = 1970
#: days that programs write where they have none: the first of several calendars, and the ends of time
PLACEHOLDERS = frozenset(
    [
        date(1, 1, 1),
        date(1753, 1, 1),
        date(1800, 1, 1),
        *(date(1899, 12, day) for day in (30, 31)),
        date(1900, 1, 1),
        date(1900, 1, 2),
        date(1901, 1, 1),
        date(1970, 1, 1),
        date(2099, 12, 31),
        date(2100, 1, 1),
        date(2999, 12, 31),
        date(9999, 12, 31),
    ]
)


@dataclass(slots=True)
class Context:
    """One assembly: facts that cannot be read become issues here, and ``None`` where they were asked for."""

    as_of: date
    formulary: Formulary
    places: Places
    patient: str = ""
    index: date | None = None
    #: the first day the patient can have lived
    born: date | None = None
    issues: list[Issue] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    #: records of other lists than the one that is read (``misplaced``)
    elsewhere: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def guesses(self) -> bool:
        """Whether the nearest name is still looked for."""
        return len(self.issues) < MOST_GUESSES

    def source(self, path: str) -> Source:
        return self.places.of(path)

    def issue(self, code: str, path: str, reason: str, text: object = "") -> None:
        self.issues.append(
            Issue.of(code, reason, source=self.source(path), patient=self.patient, fact=path, text=text)
        )

    def refuse(self, path: str, error: UnreadableError, raw: object) -> None:
        self.issue(error.code, path, error.reason, error.text or raw)

    def assume(self, text: str) -> None:
        if text not in self.assumptions:
            self.assumptions.append(text)

    @property
    def agent(self) -> Lookup:
        """What a statement about agents can name: an agent or a class of them."""
        return Lookup("a known agent or class", self.formulary_members, self.formulary.nearest)

    @property
    def cause(self) -> Lookup:
        """What a condition can be due to: an agent, a class, a procedure, radiotherapy."""
        return Lookup("a known agent, class or procedure", self._cause, self.formulary.nearest)

    def _cause(self, name: str) -> frozenset[str] | None:
        return self.formulary_members(name) or treatment_members(name)

    def qualities(self, row: Mapping[str, Any], table: str, path: str) -> Components:
        """What was said of a record beside its name; what was not said is possible, and so is its absence."""
        said: dict[str, Codes] = {}
        for each in QUALITIES[table]:
            if each.name in row and (held := self.codes(row, each.name, path, YES_NO)) is not None:
                said[each.name] = Codes(
                    frozenset(each.code if code == "yes" else each.code_of_absence for code in held.members)
                )
        if not said:
            return NOTHING_SAID
        rest = open_qualities(table, frozenset(said))
        return (*said.values(), Codes(rest)) if rest else tuple(said.values())

    def formulary_members(self, name: str) -> frozenset[str] | None:
        """The agents of a class or name, or a leaf such as ``platinum_other`` itself."""
        if name in self.formulary.all_leaves:
            return frozenset({name})
        return self.formulary.members(name) if self.formulary.knows(name) else None

    def date(self, row: Mapping[str, Any], name: str, path: str) -> DateSpan | None:
        """The day of a record; nothing where none was written.

        A day that nobody can read is some day up to now, which is another thing than none: a record without a day
        is taken as current, one with such a day may be as old as can be.
        """
        raw = row.get(name)
        if is_unknown(raw):
            return None
        if raw is NOT_READ:
            return DateSpan(date.min, self.as_of)
        try:
            return self._possible_day(read_date(raw, self.index), raw, birth=name == "birth_date")
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return DateSpan(date.min, self.as_of)

    def _possible_day(self, span: DateSpan, raw: object, *, birth: bool) -> DateSpan:
        if span.exact and span.first in PLACEHOLDERS and not (birth and span.first.year == _EPOCH):
            raise UnreadableError("P106", "this day stands for no day", raw)
        if self.born is not None and span.last < self.born:
            raise UnreadableError("P106", "the day lies before the patient's birth", raw)
        return span

    def codes(
        self, row: Mapping[str, Any], name: str, path: str, lookup: Lookup, *, kept: bool = False
    ) -> Codes | None:
        """What the field could be; nothing where nothing is written, or where nobody can read it.

        With ``kept`` the unreadable is a value that could be anything, for fields whose latest value counts: no
        older one steps in for it.
        """
        raw = row.get(name)
        if is_unknown(raw):
            return None
        if raw is NOT_READ:
            return Codes(lookup.leaves | {NOT_UNDERSTOOD}) if kept else None
        try:
            return read_codes(raw, self._offering(lookup))
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return Codes(lookup.leaves | {NOT_UNDERSTOOD}) if kept else None

    def asserted(self, row: Mapping[str, Any], name: str, path: str, lookup: Lookup) -> Asserted:
        """What a name and the marks beside it say: "no HIV" is HIV, absent. Unreadable it could be anything."""
        raw = row.get(name)
        if is_unknown(raw) or raw is NOT_READ:
            return Asserted(None)
        try:
            return read_asserted(raw, self._offering(lookup))
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return Asserted(None)

    def assertion(self, row: Mapping[str, Any], path: str) -> Assertion | None:
        """What the row itself says of whether the thing is there: a status word nobody knows leaves it open."""
        raw = row.get("assertion")
        if is_unknown(raw):
            return None
        if raw is NOT_READ:
            return Assertion.SUSPECTED
        if isinstance(raw, bool):
            return Assertion.PRESENT if raw else Assertion.ABSENT
        said = assertion_of(str(raw))
        if said is None:
            self.issue("P105", at(path, "assertion"), "not present, suspected, absent or of the family", raw)
        return said or Assertion.SUSPECTED

    def _offering(self, lookup: Lookup) -> Lookup:
        return lookup if self.guesses else replace(lookup, suggest=None)

    def number(
        self,
        row: Mapping[str, Any],
        name: str,
        path: str,
        unit: str = "",
        low: float = 0.0,
        high: float = 1e12,
        *,
        kept: bool = False,
    ) -> Interval | None:
        """A number in ``unit`` inside its bounds; a stated unit (``unit`` of the row) is converted from.

        ``kept`` as in ``codes``.
        """
        raw = row.get(name)
        if is_unknown(raw):
            return None
        if raw is NOT_READ:
            return UNREAD if kept else None
        try:
            value, written = read_number(raw)
            written = written or (str(row.get("unit") or "") if unit else "")
            return bounded(converted(value, written, unit), low, high, name=name, text=raw)
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return UNREAD if kept else None


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asserted:
    """A name as possible codes (``None``: it could be anything), and what is said of it."""

    codes: Codes | None
    assertion: Assertion = Assertion.PRESENT
    history: bool = False

    def said_by(self, other: Assertion | None) -> Asserted:
        """The same with what a status beside the name says; two that differ leave it open."""
        if other is None or other is self.assertion or other is Assertion.PRESENT:
            return self
        if self.assertion is Assertion.PRESENT or other is Assertion.NOT_PATIENTS:
            return replace(self, assertion=other)
        return (
            self if self.assertion is Assertion.NOT_PATIENTS else replace(self, assertion=Assertion.SUSPECTED)
        )

    def of(
        self, record: Callable[[Codes | None], _T], label: str, on: DateSpan | None, source: Source
    ) -> _T | Absence | None:
        """The record, only possibly what it names where that is doubted; its absence where it is denied."""
        match self.assertion:
            case Assertion.PRESENT:
                return record(self.codes)
            case Assertion.SUSPECTED:
                return record(self.codes and self.codes.doubted(SUSPECTED))
            case Assertion.NOT_PATIENTS:
                return None
        # That something unnamed is not there says nothing.
        return None if self.codes is None else Absence(self.codes.members - DOUBTS, label, on, source)


def at(path: str, name: str) -> str:
    """The path of a field of a row, or of the profile itself."""
    return f"{path}.{name}" if path else name


def is_unknown(raw: object) -> bool:
    """Whether the value says in words that nothing is known, which is no mistake."""
    return raw is None or (isinstance(raw, str) and raw.strip().casefold() in _UNKNOWN)


def read_codes(raw: object, lookup: Lookup) -> Codes:
    """The leaves a value could be: a code, a name, several with "or" between them, or a list."""
    match raw:
        case bool():
            return read_codes("yes" if raw else "no", lookup)
        case int() | float():
            return read_codes(f"{raw:g}" if abs(raw) < 1e9 else str(raw), lookup)
        case str() if len(raw) > LONGEST_TEXT:
            raise UnreadableError("P120", f"a long text stands where {lookup.title} is expected", raw)
        case str():
            return Codes(_leaves(raw.strip(), lookup))
        case [_, *_]:
            named, doubts = without_doubts(raw)
            if named:
                return Codes(doubts.union(*(read_codes(each, lookup).members for each in named)))
    raise UnreadableError("P110", f"not {lookup.title}", raw)


def without_doubts(raw: Sequence[Any]) -> tuple[list[Any], frozenset[str]]:
    """A list of alternatives as a profile is written: the names, and why the thing may be none of them."""
    doubts = frozenset(each for each in raw if isinstance(each, str) and each in WRITTEN_DOUBTS)
    return [each for each in raw if not (isinstance(each, str) and each in doubts)], doubts


def read_asserted(raw: object, lookup: Lookup) -> Asserted:
    """A name with its marks; in a list of alternatives any mark leaves all of them open."""
    named, doubts = without_doubts(raw) if isinstance(raw, list) else ([], frozenset[str]())
    if named:
        several = [read_asserted(each, lookup) for each in named]
        leaves = [each.codes.members for each in several if each.codes is not None]
        said = {each.assertion for each in several}
        return Asserted(
            Codes(doubts.union(*leaves)),
            said.pop() if len(said) == 1 else Assertion.SUSPECTED,
            any(each.history for each in several),
        )
    try:
        return Asserted(read_codes(raw, lookup))
    except UnreadableError:
        found = _marked(raw.strip(), lookup) if isinstance(raw, str) else None
        if found is None:
            raise
        return found


def _marked(text: str, lookup: Lookup) -> Asserted | None:
    def named(
        name: str, resolve: Callable[[str], frozenset[str] | None] = lookup.resolve
    ) -> frozenset[str] | None:
        """The name, or several that are all meant: "no HIV, hepatitis B or hepatitis C"."""
        whole = resolve(name)
        if whole:
            return whole
        parts = [resolve(part) for part in ENUMERATED.split(name) if part.strip()]
        return frozenset().union(*(part for part in parts if part)) if len(parts) > 1 and all(parts) else None

    found = marked(text, lambda name: bool(named(name)))
    if found is None:
        return None
    is_denied = found.assertion is Assertion.ABSENT
    leaves = named(found.name, lookup.denied if is_denied else lookup.resolve)
    if leaves is None:
        return None
    if not is_denied and not lookup.resolve(found.name):
        # Which of several is meant, one or all, is not said: only a denial is of all of them.
        return Asserted(Codes(leaves | {SUSPECTED}), found.assertion, found.history)
    return Asserted(Codes(leaves), found.assertion, found.history)


def _leaves(text: str, lookup: Lookup) -> frozenset[str]:
    whole = lookup.resolve(text)
    if whole:
        return whole
    parts = [lookup.resolve(part) for part in _ALTERNATIVES.split(text) if part]
    if len(parts) > 1 and all(parts):
        return frozenset().union(*(part for part in parts if part))
    guess = lookup.nearest(text)
    raise UnreadableError(
        "P105", f"not {lookup.title}" + (f"; did you mean '{guess}'?" if guess else ""), text
    )


def converted(value: Interval, written: str, unit: str) -> Interval:
    """The interval in another unit; without a written one it is in that unit already."""
    if not written:
        return value
    try:
        if not unit and units.ucum(written) not in ("", "1"):
            raise UnreadableError(
                "P104", f"a unit ('{written}') stands behind a number that has none", written
            )
        return Interval(
            units.convert(value.low, written, unit),
            units.convert(value.high, written, unit),
            value.low_open,
            value.high_open,
        )
    except units.UnitError as error:
        raise unit_refused(error) from None
    except ValueError:
        raise UnreadableError("P115", "the interval holds nothing", written) from None


def unit_refused(error: units.UnitError) -> UnreadableError:
    code = "P104" if error.fault is units.UnitFault.DIMENSION else "P103"
    hint = f"; did you mean '{error.suggestion}'?" if error.suggestion else ""
    return UnreadableError(code, error.message + hint, error.unit)
