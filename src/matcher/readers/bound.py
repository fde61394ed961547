"""A mapping bound to the columns of its files: every name settled."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field

from matcher.readers.code_systems import BUILT_IN, CodeTables
from matcher.readers.mapping_model import Cell, CodedPart, Condition, Mapping, Policy, RowPart
from matcher.vocabulary.observations import OBSERVATIONS


@dataclass(frozen=True, slots=True)
class BoundCell:
    """A cell with the columns of the file it reads; ``when`` pairs each condition with its column."""

    cell: Cell
    columns: tuple[str, ...] = ()
    when: tuple[tuple[Condition, str], ...] = ()
    stem: str = ""
    unit_column: str | None = None
    date: BoundCell | None = None
    #: the table whose rows are read; empty for the patient's own rows
    table: str = ""
    since: BoundCell | None = None
    text: str | None = None
    #: the column's name, or that of the unit, is only nearly the documented one: what stands there is not believed
    doubted: bool = False

    @property
    def from_column(self) -> bool:
        return bool(self.columns)


@dataclass(frozen=True, slots=True)
class BoundRow:
    """How one possible row of a table is drawn from a row of the file."""

    table: str
    part: RowPart
    fields: tuple[tuple[str, tuple[BoundCell, ...]], ...]
    when: tuple[tuple[Condition, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class BoundCoded:
    """How the rows of a table are sorted by their code; ``systems`` where no column says which it is of."""

    part: CodedPart
    code: BoundCell
    systems: tuple[str, ...]
    system: BoundCell | None
    text: str | None
    lists: tuple[tuple[str, tuple[tuple[str, tuple[BoundCell, ...]], ...]], ...]
    when: tuple[tuple[Condition, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class BoundTable:
    """The columns of a table that join it to the patients and choose its rows; ``unknown`` nothing reads."""

    by: str
    distinct: tuple[str, ...]
    when: tuple[tuple[Condition, str], ...]
    unknown: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping ready to read rows with; ``unknown`` are columns it says nothing about.

    ``nearly`` are columns of the documented form whose name is misspelt, each with the one that is meant: they hold
    something of that fact, and nobody knows what.
    """

    mapping: Mapping
    id: tuple[BoundCell, ...]
    index_date: tuple[BoundCell, ...]
    as_of: tuple[BoundCell, ...]
    facts: tuple[tuple[str, tuple[BoundCell, ...]], ...]
    rows: tuple[BoundRow, ...]
    policies: tuple[tuple[Policy, tuple[tuple[Condition, str], ...]], ...]
    used: frozenset[str]
    unknown: tuple[str, ...]
    nearly: tuple[tuple[str, str], ...] = ()
    coded: tuple[BoundCoded, ...] = ()
    tables: Mapping_[str, BoundTable] = field(default_factory=dict)
    shifted_by: tuple[BoundCell, ...] = ()
    codes: CodeTables = BUILT_IN

    @property
    def assumptions(self) -> Iterator[str]:
        """What the mapping takes for granted for every patient of the file."""
        mapping = self.mapping
        for policy in mapping.assume:
            if not policy.complete:
                yield policy.because
            elif not policy.when:
                yield f"{', '.join(policy.complete)}: what is not listed is absent ({policy.because})"
        if self.index_date and not self.index_date[0].columns:
            yield "days count from one day for all patients, by convention: only differences between days are known"
        elif mapping.index_month_day is not None and self.index_date:
            yield (
                f"days count from {mapping.index_month_day} of the year in "
                f"'{self.index_date[0].columns[0]}', by convention: only differences between days are known"
            )
        undated = sorted(
            name
            for name, cells in self.facts
            if name in OBSERVATIONS
            and OBSERVATIONS[name].max_age_days is not None
            and any(cell.date is None and cell.cell.undated == "current" and cell.columns for cell in cells)
        )
        if undated and mapping.columns == "required":
            yield f"without a date in the file and taken as current on the as-of day: {', '.join(undated)}"
