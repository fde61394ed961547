"""Cases by criteria: what each case expects, beside what comes out, and the empty cells where one is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from matcher.cases.run import CaseResult
from matcher.errors import Diagnostic
from matcher.explanation.criterion import verdict_in_words
from matcher.explanation.description import describe
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.rulebook import Derivation
from matcher.service.match import Matcher, MatchOptions
from matcher.service.workbench.checked import Checked
from matcher.standing.standing import stand

#: the codes of a missing verdict, in the order in which a criterion has them
_VERDICTS = ("L001", "L002", "L003")
STANDING = "standing"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A criterion: its text, what it asks in words, and the verdicts it can have."""

    id: str
    text: str
    asks: str
    verdicts: tuple[str, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a case expects here, and what comes out. What nobody has said anything about is not told."""

    column: str
    expected: str = ""
    actual: str = ""

    @property
    def red(self) -> bool:
        return bool(self.expected) and self.expected != self.actual


@dataclass(frozen=True, slots=True)
class Row:
    """One case. ``line`` is where it stands; ``failures`` say in words what did not come out."""

    name: str
    as_of: str
    index: int
    line: int | None
    cells: tuple[Cell, ...]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that is empty: nobody has shown this verdict, or this side of a limit.

    ``verdict`` is empty for a limit; ``key`` names it in an excuse, and is another as soon as what it asks for is.
    """

    key: str
    column: str
    verdict: str
    said: str
    hint: str
    code: str


@dataclass(frozen=True, slots=True)
class Grid:
    """``problems`` are what keeps cases from being read."""

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    missing: tuple[Missing, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    exercised: int = 0
    wanted: int = 0
    red: int = field(default=0)


def grid_of(checked: Checked) -> Grid:
    """Nothing but the problems where the rule itself cannot be used."""
    subject = checked.subject
    if subject is None:
        return Grid(problems=checked.of_cases)
    columns = tuple(_columns(checked, subject))
    rows = tuple(_row(each, columns, subject) for each in checked.results)
    found = checked.coverage
    return Grid(
        columns,
        rows,
        tuple(_missing(each, columns) for each in found.diagnostics if each.code != "L016"),
        checked.of_cases,
        found.exercised,
        found.wanted,
        sum(bool(each.failures) for each in rows),
    )


def words_of(role: Role) -> tuple[str, ...]:
    if role is Role.INCLUSION:
        return ("met", "not met", "unknown")
    return ("applies", "does not apply", "unknown")


def _columns(checked: Checked, subject: Candidate | Derivation) -> Iterator[Column]:
    marked = checked.loaded.files[0].marked
    if isinstance(subject, Derivation):
        values = (each.rpartition(".")[2] for each in subject.values)
        yield Column("value", subject.title, "", (*values, "unknown"))
        if subject.document.applies_to is not None:
            yield Column("applies", "Applies to the patient", "", ("True", "False", "unknown"))
        return
    asked = {each.id: each.asks for section in describe(subject).sections for each in section.criteria}
    for each in subject.every_criterion:
        line = marked.key_mark(_place(subject, each)).line if marked is not None else None
        yield Column(each.id, each.text, asked.get(each.id, ""), words_of(each.role), line)


def _place(candidate: Candidate, criterion: Criterion) -> tuple[str, ...]:
    for cohort in candidate.cohorts:
        if criterion in cohort.criteria:
            return ("cohorts", cohort.id, criterion.role.value, criterion.id)
    role = "cautions" if criterion.role is Role.CAUTION else criterion.role.value
    return (role, criterion.id)


def _row(result: CaseResult, columns: tuple[Column, ...], subject: Candidate | Derivation) -> Row:
    case = result.case
    expect = case.document.expect
    failures = tuple(each.message.removeprefix(f"{case.name}: ") for each in result.failures)
    line = case.marked.mark((case.index,)).line
    if isinstance(subject, Candidate):
        cells = tuple(_cell(result, each, subject, expect) for each in columns)
        cells = (_standing(result, subject, expect), *cells)
    else:
        cells = tuple(
            Cell(each.id, str(expect[each.id]), _found(failures, str(expect[each.id])))
            for each in columns
            if each.id in expect
        )
    return Row(case.name, case.document.as_of.isoformat(), case.index, line, cells, failures)


def _cell(result: CaseResult, column: Column, subject: Candidate, expect: dict[str, object]) -> Cell:
    if column.id not in expect:
        return Cell(column.id)
    criterion = next(each for each in subject.every_criterion if each.id == column.id)
    actual = verdict_in_words(criterion.role, result.table.verdict(criterion.node))
    return Cell(column.id, str(expect[column.id]), actual)


def _standing(result: CaseResult, subject: Candidate, expect: dict[str, object]) -> Cell:
    if STANDING not in expect:
        return Cell(STANDING)
    found = stand(subject, result.table)
    return Cell(STANDING, str(expect[STANDING]), found.kind.value if found else "never matched")


def _found(failures: tuple[str, ...], expected: str) -> str:
    """What came out where this was expected: that itself, unless a failure says otherwise."""
    said = (each.partition(f"expected '{expected}', found ")[2].strip("'") for each in failures)
    return next(filter(None, said), expected)


def _missing(found: Diagnostic, columns: tuple[Column, ...]) -> Missing:
    column = _column_of(found, columns)
    name, verdict = (column.id, "") if column is not None else ("", "")
    if column is not None and found.code in _VERDICTS:
        verdict = column.verdicts[_VERDICTS.index(found.code)]
    return Missing(f"{name}: {found.message}", name, verdict, found.message, found.hint, found.code)


def _column_of(found: Diagnostic, columns: tuple[Column, ...]) -> Column | None:
    """The criterion that the place of the finding lies in: the last that begins above it."""
    above = [each for each in columns if each.line is not None and each.line <= (found.line or 0)]
    return max(above, key=lambda each: each.line or 0, default=columns[0] if columns else None)


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion across the board: a cell for each case, and what no case shows."""

    column: Column
    cells: tuple[Cell, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Red:
    """A case that does not come out as it says: each criterion with both verdicts and the fact that decided."""

    row: Row
    cells: tuple[tuple[Cell, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The grid to look at: criteria down, cases across, the red ones in full."""

    grid: Grid
    lines: tuple[Line, ...]
    red: tuple[Red, ...]
    excuses: Mapping[str, str]

    @property
    def open_cells(self) -> int:
        """Empty cells that nobody has excused."""
        return sum(each.key not in self.excuses for each in self.grid.missing)


def board(checked: Checked, grid: Grid, excuses: Mapping[str, str]) -> Board:
    titled = Column(STANDING, "How the patient stands", "", ())
    columns = grid.columns if checked.candidate is None else (titled, *grid.columns)
    lines = tuple(
        Line(
            column,
            tuple(_in(row, column) for row in grid.rows),
            tuple(each for each in grid.missing if each.column == column.id),
        )
        for column in columns
    )
    red = tuple(_told(checked, row) for row in grid.rows if row.failures)
    return Board(grid, lines, red, excuses)


def _in(row: Row, column: Column) -> Cell:
    return next((each for each in row.cells if each.column == column.id), Cell(column.id))


def _told(checked: Checked, row: Row) -> Red:
    """With the reason in the words that a patient's page has."""
    reasons: dict[str, str] = {}
    case = next(each.case for each in checked.results if each.case.index == row.index)
    if checked.ready is not None and isinstance(case.subject, Candidate):
        options = MatchOptions(include_closed=True, include_deceased=True, questions=0)
        shown = Matcher(checked.ready, options).match_one(case.profile)
        for candidate in shown.candidates:
            reasons = {each.id: each.reason for each in (*candidate.criteria, *candidate.cautions)}
            against = [each for each in candidate.criteria if each.satisfied == "not met"]
            open_ones = [each for each in candidate.criteria if each.satisfied == "unknown"]
            told = [f"{each.id} {each.verdict}: {each.reason}" for each in (against or open_ones)[:_NAMED]]
            reasons[STANDING] = "; ".join(told)
    return Red(row, tuple((each, reasons.get(each.column, "")) for each in row.cells if each.red))
