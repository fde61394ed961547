"""What the cases of a rulebook do not yet exercise: verdicts, limits and results that nobody has shown.

Only what a case *expects*, and gets, counts: a verdict that no case states would change without notice. An
expected standing of ``eligible`` states every criterion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.cases.limits import LimitCheck
from matcher.cases.run import CaseResult
from matcher.domain.possible import Codes
from matcher.domain.verdict import Verdict
from matcher.engines.reference import ReferenceEngine
from matcher.errors import Diagnostic, in_order
from matcher.explanation.criterion import verdict_in_words
from matcher.readers.assemble import assemble
from matcher.rulebook.lint.book import Book, Placed, criteria_of
from matcher.rulebook.load import Loaded
from matcher.rulebook.marked import Location
from matcher.rules.candidate import Candidate, Role
from matcher.rules.graph import Choice, NodeId
from matcher.rules.rulebook import Derivation
from matcher.standing.standing import StandingKind

_CODES = {Verdict.MET: "L001", Verdict.NOT_MET: "L002", Verdict.UNKNOWN: "L003"}
#: expected standings that state every criterion of a candidate, what screening establishes aside
_ALL_SATISFIED = frozenset(
    {
        StandingKind.ELIGIBLE.value,
        StandingKind.ELIGIBLE_PENDING_SCREENING.value,
        StandingKind.MEETS_KNOWN_CRITERIA.value,
    }
)
#: any day: a patient of whom nothing is known has no dates
_SOME_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is missing, and how many of the demands on the cases are fulfilled."""

    diagnostics: tuple[Diagnostic, ...]
    exercised: int
    wanted: int

    @property
    def percent(self) -> float:
        """100 only when nothing is missing."""
        return 100.0 * self.exercised / self.wanted if self.wanted else 100.0


@dataclass(frozen=True, slots=True)
class _Demand:
    """One thing that a case must show; ``missing`` is the finding where none does."""

    missing: Diagnostic | None = None


def coverage(loaded: Loaded, results: Sequence[CaseResult]) -> Coverage:
    """What the results show of every criterion, limit and derived result of a loaded rulebook."""
    if loaded.rulebook is None:
        return Coverage((), 0, 0)
    audit = _Audit(
        Book(loaded, loaded.rulebook), [each for each in results if not (each.failures or each.overridden)]
    )
    demands = list(audit.demands())
    missing = [each.missing for each in demands if each.missing is not None]
    found = in_order([*missing, *repeated_cases(results)])
    return Coverage(tuple(found), len(demands) - len(missing), len(demands))


class _Audit:
    """Goes through the rulebook and looks up, for each demand, a case that shows it."""

    def __init__(self, book: Book, passed: Sequence[CaseResult]) -> None:
        self._book = book
        self._passed = passed
        self._limits = LimitCheck(book)
        blank = assemble({"id": "nobody"}, as_of=_SOME_DAY, formulary=book.rulebook.formulary).profile
        assert blank is not None
        self._unknowing = ReferenceEngine().evaluate(book.rulebook.graph, (blank,))

    def demands(self) -> Iterator[_Demand]:
        for candidate in self._book.rulebook.candidates:
            results = [each for each in self._passed if each.case.subject is candidate]
            for placed in criteria_of(candidate):
                stating = [each for each in results if _states(each, candidate, placed)]
                yield from self._verdicts(candidate, placed, stating)
                for missing in self._limits.check(candidate.file, placed.criterion.condition, stating):
                    yield _Demand(missing)
        for derivation in self._book.rulebook.derivations:
            results = [each for each in self._passed if each.case.subject is derivation]
            yield from self._results(derivation, results)

    def _verdicts(
        self, candidate: Candidate, placed: Placed, stating: Sequence[CaseResult]
    ) -> Iterator[_Demand]:
        criterion = placed.criterion
        shown = {each.table.verdict(criterion.node) for each in stating}
        for verdict in Verdict:
            if verdict in shown:
                yield _Demand()
            elif self._attainable(criterion.node, verdict):
                words = verdict_in_words(criterion.role, verdict)
                message = f"no case expects {criterion.id} to be '{words}'"
                if criterion.role is not Role.INCLUSION and verdict is not Verdict.UNKNOWN:
                    message = f"no case expects that {criterion.id} {words}"
                yield _Demand(self._book.report(candidate.file, _CODES[verdict], placed.path, message))

    def _attainable(self, node: NodeId, verdict: Verdict) -> bool:
        """Whether any patient has this verdict.

        Knowing more never makes a verdict unknown again: what is settled for a patient of whom nothing is
        known is settled for all.
        """
        match verdict:
            case Verdict.MET:
                return not self._book.solver.never(node)
            case Verdict.NOT_MET:
                return not self._book.solver.always(node)
            case Verdict.UNKNOWN:
                return self._unknowing.verdict(node) is Verdict.UNKNOWN

    def _results(self, derivation: Derivation, results: Sequence[CaseResult]) -> Iterator[_Demand]:
        choice = self._book.rulebook.graph[derivation.node]
        assert isinstance(choice, Choice)
        stating = [each for each in results if "value" in each.case.document.expect]
        shown = {
            value.members
            for each in stating
            if each.table.verdict(derivation.applies) is Verdict.MET
            and isinstance(value := each.table.findings[0][derivation.node].value, Codes)
        }
        for path, outcome in _outcomes(derivation, choice):
            missing = None
            if outcome not in shown:
                message = f"no case has the result {_in_words(derivation, outcome)}"
                missing = self._book.report(derivation.file, "L025", path, message)
            yield _Demand(missing)
        if derivation.document.applies_to is not None:
            elsewhere = any(each.case.document.expect.get("applies") is False for each in results)
            message = "no case expects 'applies: false'"
            report = self._book.report(derivation.file, "L025", ("applies_to",), message)
            yield _Demand(None if elsewhere else report)
        for condition in derivation.conditions:
            for found in self._limits.check(derivation.file, condition, stating):
                yield _Demand(found)


def _states(result: CaseResult, candidate: Candidate, placed: Placed) -> bool:
    """Whether the case says what it expects of the criterion, by name or through the standing."""
    expect = result.case.document.expect
    criterion = placed.criterion
    if criterion.id in expect:
        return True
    satisfied = expect.get("standing") in _ALL_SATISFIED and not candidate.cohorts
    return satisfied and criterion.role is not Role.CAUTION and not criterion.at_screening


def _outcomes(derivation: Derivation, choice: Choice) -> Iterator[tuple[Location, frozenset[str]]]:
    """Each result that a row, or what is left, can give; once, where it first stands."""
    document = derivation.document
    count = document.count is not None
    places: list[Location] = [("count",) if count else ("table", index) for index in range(len(choice.rows))]
    seen: set[frozenset[str]] = set()
    rest: Location = ("count",) if count else ("otherwise",)
    outcomes = [*(outcome for _, outcome in choice.rows), choice.otherwise]
    for path, outcome in zip([*places, rest], outcomes, strict=True):
        if outcome not in seen:
            seen.add(outcome)
            yield path, outcome


def _in_words(derivation: Derivation, outcome: frozenset[str]) -> str:
    if len(outcome) == len(derivation.values):
        return "'unknown'"
    return " or ".join(f"'{code.rpartition('.')[2]}'" for code in sorted(outcome))


def repeated_cases(results: Sequence[CaseResult]) -> Iterator[Diagnostic]:
    """Cases that describe the same patient and expect the same."""
    seen: dict[str, str] = {}
    for result in results:
        case = result.case
        document = case.document
        key = repr((case.marked.file, document.as_of, document.patient, document.expect))
        if key in seen:
            message = f"the same patient and expectations as '{seen[key]}'"
            yield case.marked.report("L016", (case.index, "case"), message, on_key=True)
        seen.setdefault(key, case.name)
