"""From what was written to a verdict, node by node: nothing summed up, nothing left out.

An explanation names what decided. A trace is for whoever doubts that: every part of the condition with its own verdict,
the value that each comparison read, the sources or the table that the value came from, and the records beneath.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matcher.domain.profile import Profile
from matcher.domain.source import Source
from matcher.engines.base import Finding, Note
from matcher.explanation.facts import shown
from matcher.explanation.reason import note_in_words
from matcher.explanation.wording import (
    NOT_RECORDED,
    comparison_in_words,
    condition_in_words,
    unit_of,
    value_in_words,
)
from matcher.features.kind import Domain
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group
from matcher.rules.graph import Choice, Combine, NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading

#: what stands in the file where a record was read, if that can be told
Written = Callable[[Source], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One node: what it is, what came out of it, and the nodes it was computed from.

    ``verdict`` is empty where a value came out, and for a record, which is where a trace ends.
    """

    text: str
    outcome: str
    below: tuple[Step, ...] = ()
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Tracer:
    """Follows one patient's verdicts down."""

    rulebook: Rulebook
    reading: ConditionReading
    profile: Profile
    written: Written

    def candidate(self, candidate: Candidate) -> tuple[Step, ...]:
        """Every criterion of a candidate and of its cohorts that holds on the patient's day."""
        own = [*candidate.criteria, *candidate.cautions]
        parts = [(each, "") for each in own]
        parts += [(each, f"{cohort.id}: ") for cohort in candidate.cohorts for each in cohort.criteria]
        return tuple(
            self._criterion(version, title)
            for each, title in parts
            for version in each.on(self.profile.as_of)
        )

    def _criterion(self, each: Criterion, cohort: str) -> Step:
        verdict = self.reading.table.verdict(each.node, self.reading.row).value
        outcome = verdict
        if each.role is not Role.INCLUSION:
            outcome = {"met": "applies", "not met": "does not apply"}.get(verdict, verdict)
        satisfied = self.reading.table.verdict(each.satisfied, self.reading.row).value
        mark = satisfied if each.role is not Role.CAUTION else "unknown" if verdict == "unknown" else ""
        return Step(f"{cohort}{each.id} {each.text}", outcome, (self._condition(each.condition),), mark)

    def _condition(self, condition: Condition) -> Step:
        verdict = self.reading.verdict(condition).value
        match condition:
            case Comparison():
                value = self._value(condition.value, condition.title)
                return Step(comparison_in_words(condition), verdict, (value,), verdict)
            case Group(members=()):
                return Step(condition_in_words(condition), verdict, (), verdict)
            case Group(members=members):
                return Step(gate_in_words(condition), verdict, tuple(map(self._condition, members)), verdict)
            case Branch(condition=asked, then=then, otherwise=otherwise):
                named = (("if", asked), ("then", then), ("otherwise", otherwise))
                return Step(
                    "depends on a condition", verdict, tuple(self._named(*each) for each in named), verdict
                )
        raise TypeError(f"unhandled condition {condition!r}")

    def _named(self, word: str, condition: Condition) -> Step:
        step = self._condition(condition)
        return Step(f"{word}: {step.text}", step.outcome, step.below, step.verdict)

    def _value(self, node: NodeId, title: str) -> Step:
        finding = self.reading.findings.get(node)
        match self.rulebook.graph[node]:
            case Read(feature=feature):
                words = self._outcome(finding, feature.domain, unit_of(feature))
                return Step(f"{title}, from the record", words, tuple(self._records(finding)))
            case Combine(sources=sources, domain=domain):
                below = tuple(self._value(each, title) for each in sources)
                return Step(f"{title}, from {len(sources)} sources", self._outcome(finding, domain), below)
            case Choice(domain=domain):
                return self._derived(node, title, self._outcome(finding, domain))
        raise TypeError(f"node {node} has no values")

    def _derived(self, node: NodeId, title: str, words: str) -> Step:
        found = next((each for each in self.rulebook.derivations if each.node == node), None)
        if found is None:
            return Step(title, words)
        below = [self._named("applies where", found.needs)] if found.needs is not None else []
        below += [self._named(f"row {place}", each) for place, each in enumerate(found.rows, start=1)]
        return Step(f"{found.title}, derived", words, tuple(below))

    def _outcome(self, finding: Finding | None, domain: Domain, unit: str = "") -> str:
        if finding is None:
            return "not needed"
        words = value_in_words(finding.value, domain, unit)
        return f"silent ({words})" if finding.silent and words != NOT_RECORDED else words

    def _records(self, finding: Finding | None) -> Iterator[Step]:
        for record in finding.facts if finding else ():
            fact = shown(record, self.profile.as_of)
            text = self.written(record.source)
            place = f"'{text}' in {fact.source}" if text is not None else fact.source
            yield Step(place, ", ".join(part for part in (fact.text, fact.date, fact.age) if part))
        for note in finding.notes if finding else ():
            yield from self._note(note)

    def _note(self, note: Note) -> Iterator[Step]:
        yield Step("note", note_in_words(note))


def gate_in_words(group: Group) -> str:
    """The gate alone, without what stands under it."""
    match group.gate:
        case Gate.ALL:
            return "all of"
        case Gate.ANY:
            return "one of"
        case Gate.NOT:
            return "not"
        case Gate.AT_LEAST if any(weight != 1 for weight in group.weights):
            return f"a score of at least {group.threshold:g} from weights {', '.join(f'{each:+g}' for each in group.weights)}"
        case Gate.AT_LEAST:
            return f"at least {group.threshold:g} of"
