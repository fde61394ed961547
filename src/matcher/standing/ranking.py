"""The order of candidates: keys compared one after the other, declared in ``rules/ranking.yaml``.

There is no hidden score, and survival figures of different studies are never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.possible import Op, test
from matcher.domain.verdict import Verdict
from matcher.rules.candidate import Candidate, CandidateKind, Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.keys import (
    Credit,
    KeyValue,
    availability_key,
    credit_of,
    direction_key,
    identifier_key,
    level_key,
    no_credit,
    setting_key,
    specificity_key,
    standing_key,
    unknowns_key,
    unsatisfied_key,
)
from matcher.standing.standing import Standing

#: words whose criteria select a patient more closely than age or fitness do, by what they select
SELECTING = {
    "biomarker": "biomarker",
    "alteration": "biomarker",
    "histology": "histology",
    "lines_of_therapy": "line of therapy",
    "prior": "prior therapy",
    "progressed": "prior therapy",
}
SELECTIONS = tuple(sorted(set(SELECTING.values())))

#: words that, denied, ask for an untreated patient
LINES = frozenset({"prior", "lines_of_therapy"})


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place within its kind, and the keys that put it there."""

    rank: int
    standing: Standing
    keys: tuple[KeyValue, ...]


@dataclass(frozen=True)
class Judgement:
    """What the keys read: a standing and the verdicts and findings of the patient it is about."""

    standing: Standing
    reading: ConditionReading
    rulebook: Rulebook

    @property
    def candidate(self) -> Candidate:
        return self.standing.candidate

    @cached_property
    def credit(self) -> Credit:
        """The best of the evidence that is known to apply to this patient's disease."""
        ranking, evidence = self.rulebook.ranking, self.candidate.evidence
        nothing = no_credit(ranking, sought=bool(evidence))
        worth = [
            credit_of(ranking, each.document.direction, each.document.level)
            for each in evidence
            if self.reading.table.verdict(each.applies, self.reading.row) is Verdict.MET
        ]
        return min(worth, key=lambda each: (each.direction, each.level), default=nothing)


def rank(
    standings: Sequence[Standing], reading: ConditionReading, rulebook: Rulebook
) -> dict[CandidateKind, tuple[Ranked, ...]]:
    """Trials and regimens apart: phase and level of evidence are not comparable."""
    ranked: dict[CandidateKind, tuple[Ranked, ...]] = {}
    for kind in CandidateKind:
        judged = [
            (standing, keys(Judgement(standing, reading, rulebook)))
            for standing in standings
            if standing.candidate.kind is kind
        ]
        judged.sort(key=lambda pair: [each.value for each in pair[1]])
        ranked[kind] = tuple(
            Ranked(position, standing, values) for position, (standing, values) in enumerate(judged, start=1)
        )
    return ranked


def keys(judgement: Judgement) -> tuple[KeyValue, ...]:
    return tuple(KEYS[name](judgement) for name in judgement.rulebook.ranking.ranking)


def _standing(judgement: Judgement) -> KeyValue:
    background = judgement.candidate.background
    return standing_key(judgement.rulebook.ranking, judgement.standing.kind, background=background)


def _availability(judgement: Judgement) -> KeyValue:
    return availability_key(judgement.rulebook.ranking, judgement.standing.availability)


def _specificity(judgement: Judgement) -> KeyValue:
    found: set[str] = set()
    words_of = judgement.reading.nodes.words_of
    for criterion, _, satisfied in judgement.standing.considered:
        if satisfied is not Verdict.MET or criterion.role is not Role.INCLUSION:
            continue
        if not words_of(criterion.condition).isdisjoint(SELECTING):
            found |= selected_by(criterion.condition, judgement.reading)
    return specificity_key(found)


def may_select(condition: Condition) -> bool:
    """Whether there is any patient of whom ``selected_by`` would say something."""
    return any(each.word in SELECTING for each in comparisons(condition))


def selected_by(condition: Condition, reading: ConditionReading) -> set[str]:
    """The kinds of selection without which the condition would not hold for this patient.

    Of several ways to meet an ``any`` only what all of those that hold have in common was needed.
    """
    if isinstance(condition, Comparison) and condition.word not in SELECTING:
        return set()
    if reading.decide(condition).verdict is not Verdict.MET:
        return set()
    match condition:
        case Comparison(word=word):
            return {SELECTING[word]}
        case Group(gate=Gate.NOT):
            untreated = any(each.word in LINES for each in reading.decide(condition).by)
            return {"line of therapy"} if untreated else set()
        case Group(gate=Gate.ANY, members=members):
            holding = [each for each in members if reading.decide(each).verdict is Verdict.MET]
            return set.intersection(*(selected_by(each, reading) for each in holding)) if holding else set()
        case Group(members=members):
            return set().union(*(selected_by(each, reading) for each in members))
        case Branch(then=then, otherwise=otherwise):
            return selected_by(then, reading) or selected_by(otherwise, reading)
    raise TypeError(f"unhandled condition {condition!r}")


def _setting(judgement: Judgement) -> KeyValue:
    settings = judgement.candidate.settings
    derivation = judgement.rulebook.derived.get("setting")
    if not settings or derivation is None:
        return setting_key(settings, None)
    found = judgement.reading.findings[derivation.node].value
    return setting_key(settings, test(found, Op.IN, frozenset(settings)))


def _direction(judgement: Judgement) -> KeyValue:
    return direction_key(judgement.rulebook.ranking, judgement.candidate.kind, judgement.credit)


def _level(judgement: Judgement) -> KeyValue:
    return level_key(judgement.rulebook.ranking, judgement.candidate.kind, judgement.credit)


def _unknowns(judgement: Judgement) -> KeyValue:
    return unknowns_key(len(judgement.standing.unknown))


def _unsatisfied(judgement: Judgement) -> KeyValue:
    return unsatisfied_key(len(judgement.standing.blocking))


def _identifier(judgement: Judgement) -> KeyValue:
    return identifier_key(judgement.candidate.id)


KEYS: Mapping[str, Callable[[Judgement], KeyValue]] = {
    "standing": _standing,
    "availability": _availability,
    "specificity": _specificity,
    "setting": _setting,
    "direction": _direction,
    "level": _level,
    "unknowns": _unknowns,
    "unsatisfied": _unsatisfied,
    "identifier": _identifier,
}
