"""A case for an empty cell, as far as it can be worked out: on a limit, beside it, without the fact.

Everything proposed is tried first. What must come out is never said: that is the author's to state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from matcher.cases.limits import as_written
from matcher.domain.possible import Interval
from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.engines.planes.single import SingleEngine
from matcher.explanation.criterion import verdict_in_words
from matcher.readers.assemble import assemble
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Bound, Comparison, comparisons
from matcher.rules.rulebook import Rulebook
from matcher.service.workbench.casefile import CaseWritten
from matcher.service.workbench.checked import Checked
from matcher.service.workbench.facts import Wire, does_pass, of_side, of_value, step_beside
from matcher.service.workbench.grid import Missing, words_of
from matcher.vocabulary.units import round9

_ON, _BESIDE = "on the limit", "beside the limit"
_SETTLED = (Verdict.MET, Verdict.NOT_MET)
#: questions of a criterion of which every combination is tried
_MOST = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case without expectations, and what is still to be done about it, in words."""

    case: CaseWritten
    said: str


def proposal(checked: Checked, missing: Missing, today: date) -> Proposal | None:
    """None where the rule cannot be read."""
    candidate, book = checked.candidate, checked.ready
    if candidate is None or book is None:
        return None
    criterion = next((each for each in candidate.every_criterion if each.id == missing.column), None)
    if criterion is None:
        return None
    if missing.code == "L003":
        return Proposal(
            CaseWritten(f"{criterion.id}: nothing is known", today, {}), "Nothing is known of this patient."
        )
    trying = _Trying(candidate, criterion, book, today)
    if missing.code == "L004":
        return trying.limit(missing) or _base(checked, criterion, missing.said, today)
    wanted = _SETTLED[words_of(criterion.role).index(missing.verdict)]
    return trying.settled(wanted) or _base(checked, criterion, missing.verdict, today)


def _base(checked: Checked, criterion: Criterion, said: str, today: date) -> Proposal:
    """A patient of another case to go on from: the first that says anything about this criterion."""
    held = [each.case for each in checked.results if not each.failures]
    stating = [each for each in held if criterion.id in each.document.expect] or held
    words = f"Change what this patient has so that the case shows: {said}."
    if not stating:
        return Proposal(
            CaseWritten(f"{criterion.id}: {said}", today, {}), "Write what is known of this patient."
        )
    document = stating[0].document
    return Proposal(CaseWritten(f"{criterion.id}: {said}", document.as_of, document.patient), words)


@dataclass(frozen=True)
class _Trying:
    """Patients with single facts, tried on one criterion."""

    candidate: Candidate
    criterion: Criterion
    book: Rulebook
    today: date

    def limit(self, missing: Missing) -> Proposal | None:
        """The one that is asked for: exactly on the limit, or right beside it on the side that is judged otherwise."""
        beside = _ON not in missing.said
        for comparison in comparisons(self.criterion.condition):
            if comparison.title not in missing.said:
                continue
            for bound in comparison.bounds:
                if not isinstance(bound.limit, float) or not _is_about(missing.said, bound):
                    continue
                step, on = step_beside(comparison, bound.limit), does_pass(comparison, bound.limit)
                near = (round9(bound.limit - step), round9(bound.limit + step))
                values = near if beside else (bound.limit,)
                for value in values:
                    if (not beside or does_pass(comparison, value) != on) and (
                        wire := self._with_value(comparison, value)
                    ) is not None:
                        return self._limit(comparison, value, wire, beside=beside)
        return None

    def _limit(self, comparison: Comparison, value: float, wire: Wire, *, beside: bool) -> Proposal:
        name = f"{self.criterion.id}: {comparison.title} {value:g}, {_BESIDE if beside else _ON}"
        return Proposal(
            CaseWritten(name, self.today, wire), f"{comparison.title}: {value:g}. Nothing else is known."
        )

    def settled(self, verdict: Verdict) -> Proposal | None:
        """A patient of whom enough is known: a fact for each question, on one side or the other, or a single one."""
        held = list(comparisons(self.criterion.condition))[:_MOST]
        sides = [
            {passes: list(of_side(each, self.today, passes=passes)) for passes in (True, False)}
            for each in held
        ]
        for chosen in product((True, False), repeat=len(held)):
            firsts = [side[passes][:1] for side, passes in zip(sides, chosen, strict=True)]
            found = self._shows(_joined([wire for first in firsts for wire in first]), verdict)
            if found is not None:
                return found
        singly = (wire for side in sides for wires in side.values() for wire in wires)
        return next(filter(None, (self._shows(each, verdict) for each in singly)), None)

    def _shows(self, wire: Wire, verdict: Verdict) -> Proposal | None:
        table = self._table(wire) if wire else None
        if table is None or table.verdict(self.criterion.node) is not verdict:
            return None
        words = verdict_in_words(self.criterion.role, verdict)
        case = CaseWritten(f"{self.criterion.id}: {words}", self.today, wire)
        return Proposal(case, "Only what this criterion asks for is known.")

    def _with_value(self, comparison: Comparison, value: float) -> Wire | None:
        """A patient who has exactly this value, as the engine reads it."""
        for wire in of_value(comparison, value, self.today):
            table = self._table(wire)
            finding = table.findings[0].get(comparison.value) if table is not None else None
            held = finding.value if finding is not None else None
            if isinstance(held, Interval) and held.exact and held.low == value:
                return wire
        return None

    def _table(self, wire: Wire) -> VerdictTable | None:
        read = assemble({"id": "case", **wire}, as_of=self.today, formulary=self.book.formulary)
        if read.profile is None or read.issues:
            return None
        return SingleEngine().evaluate(self.book.graph, (read.profile,), roots=self.candidate.root_nodes())


def _is_about(said: str, bound: Bound) -> bool:
    """Whether a finding names this limit: of *18 to 65* there are two."""
    named, of = said.partition("limit, ")[2], as_written(bound)
    return named == of or named.startswith((f"{of},", f"{of};"))


def _joined(wires: Sequence[Wire]) -> Wire:
    found: Wire = {}
    for each in wires:
        for key, value in each.items():
            held = found.get(key)
            found[key] = [*held, *value] if isinstance(held, list) and isinstance(value, list) else value
    return found
