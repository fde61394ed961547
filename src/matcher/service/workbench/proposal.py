"""A case for an empty cell, as far as it can be worked out: on a limit, beside it, without the fact.

Everything proposed is tried first. What must come out is never said: that is the author's to state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matcher.cases.limits import reach
from matcher.domain.possible import Interval, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.engines.planes.single import SingleEngine
from matcher.features.kind import Age, Since
from matcher.readers.assemble import assemble
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Comparison, comparisons
from matcher.rules.rulebook import Rulebook
from matcher.service.workbench.casefile import CaseWritten
from matcher.service.workbench.checked import Checked
from matcher.service.workbench.grid import Missing, words_of
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS

_ON, _BESIDE = "on the limit", "beside the limit"
Wire = dict[str, Any]


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
    wanted = words_of(criterion.role).index(missing.verdict)
    return trying.settled(at_limit=wanted == 0) or _base(checked, criterion, missing.verdict, today)


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
        for comparison, limit in self._limits():
            if comparison.title not in missing.said:
                continue
            step = reach(comparison, limit)
            values = (limit - step, limit + step) if beside else (limit,)
            on = self._passes(comparison, limit)
            for value in values:
                wire = self._found(comparison, value)
                if wire is not None and (not beside or self._passes(comparison, value) != on):
                    title = comparison.title
                    name = f"{self.criterion.id}: {title} {_BESIDE if beside else _ON}, {value:g}"
                    return Proposal(
                        CaseWritten(name, self.today, wire), f"{title}: {value:g}. Nothing else is known."
                    )
        return None

    def settled(self, *, at_limit: bool) -> Proposal | None:
        """A patient with every fact the criterion asks for, on the side that passes or on the other."""
        wire: Wire = {}
        for comparison, limit in self._limits():
            step = reach(comparison, limit)
            passing = [limit, limit + step, limit - step]
            wanted = [each for each in passing if self._passes(comparison, each) is at_limit]
            found = self._found(comparison, wanted[0]) if wanted else None
            if found is None:
                return None
            wire = _joined(wire, found)
        if not wire or self._unknown(wire):
            return None
        case = CaseWritten(
            f"{self.criterion.id}: {'within' if at_limit else 'outside'} the limit", self.today, wire
        )
        return Proposal(case, "Only what this criterion asks for is known.")

    def _limits(self) -> Iterator[tuple[Comparison, float]]:
        for comparison in comparisons(self.criterion.condition):
            for bound in comparison.bounds:
                if isinstance(bound.limit, float):
                    yield comparison, bound.limit

    def _passes(self, comparison: Comparison, value: float) -> bool:
        held = Interval.exactly(value)
        return all(
            test(held, each.op, each.limit) is Verdict.MET
            for each in comparison.bounds
            if isinstance(each.limit, float)
        )

    def _found(self, comparison: Comparison, value: float) -> Wire | None:
        """A patient who has exactly this value, as the engine reads it."""
        for wire in _wires(comparison, value, self.today):
            table = self._table(wire)
            finding = table.findings[0].get(comparison.value) if table is not None else None
            held = finding.value if finding is not None else None
            if isinstance(held, Interval) and held.exact and held.low == value:
                return wire
        return None

    def _unknown(self, wire: Wire) -> bool:
        table = self._table(wire)
        return table is None or table.verdict(self.criterion.node).name == "UNKNOWN"

    def _table(self, wire: Wire) -> VerdictTable | None:
        profile = self._profile(wire)
        if profile is None:
            return None
        return SingleEngine().evaluate(self.book.graph, (profile,), roots=self.candidate.root_nodes())

    def _profile(self, wire: Wire) -> Profile | None:
        read = assemble({"id": "case", **wire}, as_of=self.today, formulary=self.book.formulary)
        return None if read.issues else read.profile


def _wires(comparison: Comparison, value: float, today: date) -> Iterator[Wire]:
    """Ways of writing a number down as the fact that is asked for."""
    feature = comparison.feature
    if feature is None:
        return
    kind, _, name = feature.topic.partition(":")
    number: float | int = int(value) if value == int(value) else value
    if isinstance(feature.kind, Age):
        yield {"age": number}
    elif kind == "lab" and name in LAB_TESTS:
        day = today.isoformat()
        yield {"labs": [{"test": name, "value": number, "unit": LAB_TESTS[name].unit, "date": day}]}
        yield {"labs": [{"test": name, "value": number, "date": day}]}
    elif isinstance(feature.kind, Since):
        day = (today - timedelta(days=int(value))).isoformat()
        yield {"therapies": [{"agents": [name], "start": day, "end": day}], "complete": ["therapies"]}
    elif kind in OBSERVATIONS or feature.topic in OBSERVATIONS:
        for written in (number, {"value": number, "date": today.isoformat()}):
            yield {feature.topic if feature.topic in OBSERVATIONS else kind: written}


def _joined(one: Wire, other: Wire) -> Wire:
    found = dict(one)
    for key, value in other.items():
        held = found.get(key)
        found[key] = [*held, *value] if isinstance(held, list) and isinstance(value, list) else value
    return found
