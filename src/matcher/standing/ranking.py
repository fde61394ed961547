"""The order of candidates: keys compared one after the other, declared in ``rules/ranking.yaml``.

There is no hidden score, and survival figures of different studies are never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.domain.possible import Op, test
from matcher.domain.verdict import Verdict
from matcher.rules.candidate import Candidate, CandidateKind, Evidence, Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import Standing

#: words whose criteria select a patient more closely than age or fitness do, by what they select
_SELECTING = {
    "biomarker": "biomarker",
    "alteration": "biomarker",
    "histology": "histology",
    "lines_of_therapy": "line of therapy",
    "prior": "prior therapy",
    "progressed": "prior therapy",
}
SELECTIONS = tuple(sorted(set(_SELECTING.values())))

#: words that, denied, ask for an untreated patient
_LINES = frozenset({"prior", "lines_of_therapy"})


class KeyValue(NamedTuple):
    """One key of the order for one candidate: smaller is better, and the words for it."""

    key: str
    value: tuple[int, ...] | tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place within its kind, and the keys that put it there."""

    rank: int
    standing: Standing
    keys: tuple[KeyValue, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the keys read: a standing and the verdicts and findings of the patient it is about."""

    standing: Standing
    reading: ConditionReading
    rulebook: Rulebook

    @property
    def candidate(self) -> Candidate:
        return self.standing.candidate

    def credited(self) -> list[Evidence]:
        """The evidence that is known to apply to this patient's disease."""
        return [
            each
            for each in self.candidate.evidence
            if self.reading.table.verdict(each.applies, self.reading.row) is Verdict.MET
        ]


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
    """The declared order; what is an option for everybody comes after all that is possible in particular."""
    kind = judgement.standing.kind.value
    order = judgement.rulebook.ranking.standings
    place, words = order.index(kind), kind.replace("_", " ")
    if judgement.candidate.background:
        return KeyValue(
            "standing", (max(place, order.index("possible")), 1), f"{words}; an option for everybody"
        )
    return KeyValue("standing", (place, 0), words)


def _availability(judgement: Judgement) -> KeyValue:
    name = judgement.standing.availability.name.lower()
    order = judgement.rulebook.ranking.availability
    words = "" if name == "not_applicable" else f"recruitment {judgement.standing.availability.value}"
    return KeyValue("availability", (order.index(name),), words)


def _specificity(judgement: Judgement) -> KeyValue:
    """How many kinds of selection (biomarker, histology, line, prior therapy) are known to be met."""
    found: set[str] = set()
    for criterion, _, satisfied in judgement.standing.considered:
        if satisfied is Verdict.MET and criterion.role is Role.INCLUSION:
            found |= selected_by(criterion.condition, judgement.reading)
    words = f"selects by {', '.join(sorted(found))}" if found else ""
    return KeyValue("specificity", (-len(found),), words)


def may_select(condition: Condition) -> bool:
    """Whether there is any patient of whom ``selected_by`` would say something."""
    return any(each.word in _SELECTING for each in comparisons(condition))


def selected_by(condition: Condition, reading: ConditionReading) -> set[str]:
    """The kinds of selection without which the condition would not hold for this patient.

    Of several ways to meet an ``any`` only what all of those that hold have in common was needed.
    """
    if isinstance(condition, Comparison) and condition.word not in _SELECTING:
        return set()
    if reading.decide(condition).verdict is not Verdict.MET:
        return set()
    match condition:
        case Comparison(word=word):
            return {_SELECTING[word]}
        case Group(gate=Gate.NOT):
            untreated = any(each.word in _LINES for each in reading.decide(condition).by)
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
    """Whether the patient's setting is one the regimen is for: known, possible, or another."""
    settings = judgement.candidate.settings
    derivation = judgement.rulebook.derived.get("setting")
    if not settings or derivation is None:
        return KeyValue("setting", (1,), "")
    found = judgement.reading.findings[derivation.node].value
    verdict = test(found, Op.IN, frozenset(settings))
    *others, last = (each.replace("_", " ") for each in settings)
    named = f"{', '.join(others)} or {last}" if others else last
    words = {Verdict.MET: f"for {named} disease", Verdict.UNKNOWN: f"for {named} disease, setting not known"}
    place = {Verdict.MET: 0, Verdict.UNKNOWN: 1, Verdict.NOT_MET: 2}[verdict]
    return KeyValue("setting", (place,), words.get(verdict, f"for {named} disease, this is another setting"))


def _best(judgement: Judgement, order: Sequence[str], value: Callable[[Evidence], str]) -> tuple[int, str]:
    places = {name: place for place, name in enumerate(order)}
    best = min((places.get(value(each), len(order)) for each in judgement.credited()), default=len(order))
    return best, order[best] if best < len(order) else ""


def _direction(judgement: Judgement) -> KeyValue:
    if judgement.candidate.kind is CandidateKind.TRIAL:
        return KeyValue("direction", (0,), "")
    order = judgement.rulebook.ranking.directions
    if not judgement.candidate.evidence:
        return KeyValue("direction", (len(order),), "")
    place, name = _best(judgement, order, lambda each: each.document.direction)
    words = {
        "favours": "evidence favours it",
        "no_survival_difference": "no survival difference shown",
        "unclear": "evidence unclear",
    }.get(name, "no evidence that applies to this disease")
    return KeyValue("direction", (place,), words)


def _level(judgement: Judgement) -> KeyValue:
    """The best level among the evidence in the best direction."""
    if judgement.candidate.kind is CandidateKind.TRIAL:
        return KeyValue("level", (0,), "")
    ranking = judgement.rulebook.ranking
    _, direction = _best(judgement, ranking.directions, lambda each: each.document.direction)
    order = ranking.levels

    def level(evidence: Evidence) -> str:
        return evidence.document.level if evidence.document.direction == direction else ""

    place, name = _best(judgement, order, level)
    words = f"level of evidence {name}" if name and name != "not stated" else ""
    return KeyValue("level", (place,), words)


def _unknowns(judgement: Judgement) -> KeyValue:
    number = len(judgement.standing.unknown)
    return KeyValue("unknowns", (number,), _counted(number, "unknown") or "nothing unknown")


def _unsatisfied(judgement: Judgement) -> KeyValue:
    number = len(judgement.standing.blocking)
    return KeyValue("unsatisfied", (number,), _counted(number, "not satisfied"))


def _counted(number: int, what: str) -> str:
    if not number:
        return ""
    return f"{number} {'criterion' if number == 1 else 'criteria'} {what}"


def _identifier(judgement: Judgement) -> KeyValue:
    return KeyValue("identifier", (judgement.candidate.id,), "")


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
