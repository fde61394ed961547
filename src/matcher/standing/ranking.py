"""The order of candidates: keys compared one after the other, declared in ``rules/ranking.yaml``.

There is no hidden score, and survival figures of different studies are never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from matcher.domain.possible import Op, test
from matcher.domain.verdict import Verdict
from matcher.rules.candidate import Candidate, CandidateKind, Criterion, Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.keys import (
    Credit,
    KeyValue,
    availability_key,
    compared,
    credit_of,
    direction_key,
    encoded_key,
    evaluation_key,
    evidence_key,
    identifier_key,
    level_key,
    no_credit,
    population_key,
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
    """A candidate's place within its kind, and the keys that put it there; ``tied`` where another has the same."""

    rank: int
    standing: Standing
    keys: tuple[KeyValue, ...]
    tied: bool = False


class Ranker:
    """The order of a rulebook's candidates. Made once for it: what a key can say depends on little, and is kept."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.ranking = rulebook.ranking
        self._keys = [KEYS[name] for name in rulebook.ranking.ranking]
        self.standing_key = partial(standing_key, rulebook.ranking)
        self.availability_key = partial(availability_key, rulebook.ranking)
        self.direction_key = partial(direction_key, rulebook.ranking)
        self.level_key = partial(level_key, rulebook.ranking)
        self.encoded_key = partial(encoded_key, rulebook.ranking)
        self.nothing = no_credit(rulebook.ranking, sought=False)
        self.not_credited = no_credit(rulebook.ranking, sought=True)
        self._selecting: dict[tuple[str, str], bool] = {}
        self._said: dict[tuple[Hashable, ...], KeyValue] = {}
        self._worth: dict[str, tuple[tuple[NodeId, Credit], ...]] = {}

    def rank(
        self, standings: Iterable[Standing], reading: ConditionReading
    ) -> dict[CandidateKind, tuple[Ranked, ...]]:
        """Trials and regimens apart: phase and level of evidence are not comparable."""
        judged: dict[CandidateKind, list[tuple[Standing, tuple[KeyValue, ...]]]]
        judged = {kind: [] for kind in CandidateKind}
        for standing in standings:
            judged[standing.candidate.kind].append((standing, self.keys(standing, reading)))
        for pairs in judged.values():
            pairs.sort(key=lambda pair: [each.value for each in pair[1]])
        return {kind: placed(pairs) for kind, pairs in judged.items()}

    def keys(self, standing: Standing, reading: ConditionReading) -> tuple[KeyValue, ...]:
        judgement = Judgement(standing, reading, self)
        return tuple([each(judgement) for each in self._keys])

    def say(self, make: Callable[..., KeyValue], *of: Hashable) -> KeyValue:
        """The key that is made of these few values."""
        found = self._said.get((make, *of))
        if found is None:
            found = self._said[make, *of] = make(*of)
        return found

    def selects(self, candidate: Candidate, criterion: Criterion) -> bool:
        """Whether the criterion selects any patient more closely than by age or fitness."""
        found = self._selecting.get((candidate.id, criterion.id))
        if found is None:
            found = criterion.role is Role.INCLUSION and may_select(criterion.condition)
            self._selecting[candidate.id, criterion.id] = found
        return found

    def worth(self, candidate: Candidate) -> tuple[tuple[NodeId, Credit], ...]:
        """What each piece of its evidence is worth, and the gate that says whether it applies."""
        found = self._worth.get(candidate.id)
        if found is None:
            found = self._worth[candidate.id] = tuple(
                (each.applies, credit_of(self.ranking, each.document.direction, each.document.level))
                for each in candidate.evidence
            )
        return found


def placed(pairs: Sequence[tuple[Standing, tuple[KeyValue, ...]]]) -> tuple[Ranked, ...]:
    """Sorted candidates with their ranks. Equals share one, and the next has the number of its place."""
    values = [compared(keys) for _, keys in pairs]
    found: list[Ranked] = []
    for place, (pair, value) in enumerate(zip(pairs, values, strict=True)):
        shared = bool(place) and values[place - 1] == value
        tied = shared or values[place + 1 : place + 2] == [value]
        found.append(Ranked(found[-1].rank if shared else place + 1, *pair, tied))
    return tuple(found)


class Judgement:
    """What the keys read: a standing, the patient it is about, and its criteria counted."""

    __slots__ = (
        "applies",
        "candidate",
        "credit",
        "outside",
        "ranker",
        "reading",
        "selected",
        "standing",
        "unknown",
        "unsatisfied",
    )

    def __init__(self, standing: Standing, reading: ConditionReading, ranker: Ranker) -> None:
        self.standing, self.reading, self.ranker = standing, reading, ranker
        self.candidate = standing.candidate
        self.unknown = self.unsatisfied = 0
        self.selected: set[str] = set()
        for criterion, _, satisfied in standing.considered:
            if satisfied is Verdict.UNKNOWN:
                self.unknown += 1
            elif satisfied is Verdict.NOT_MET:
                self.unsatisfied += 1
            elif ranker.selects(self.candidate, criterion):
                self.selected |= selected_by(criterion.condition, reading)
        self.outside = any(
            each.criterion.outside_study and each.verdict is Verdict.MET for each in standing.cautions
        )
        self.applies: Verdict | None = None
        self.credit = self._credit() if self.candidate.evidence else ranker.nothing

    def _credit(self) -> Credit:
        """The best of the evidence that is known to apply to this patient's disease."""
        verdicts = self.reading.table.verdicts[self.reading.row]
        worth = self.ranker.worth(self.candidate)
        self.applies = verdict_of_any([verdicts[applies] for applies, _ in worth])
        known = [credit for applies, credit in worth if verdicts[applies] is Verdict.MET]
        return min(known, key=lambda each: (each.direction, each.level), default=self.ranker.not_credited)


def rank(
    standings: Iterable[Standing], reading: ConditionReading, rulebook: Rulebook
) -> dict[CandidateKind, tuple[Ranked, ...]]:
    """The order for one patient of a rulebook that is not met again."""
    return Ranker(rulebook).rank(standings, reading)


def _standing(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(
        judgement.ranker.standing_key, judgement.standing.kind, judgement.candidate.background
    )


def _availability(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(judgement.ranker.availability_key, judgement.standing.availability)


def _specificity(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(specificity_key, frozenset(judgement.selected))


def may_select(condition: Condition) -> bool:
    """Whether there is any patient of whom ``selected_by`` would say something."""
    return any(each.word in SELECTING for each in comparisons(condition))


def selected_by(condition: Condition, reading: ConditionReading) -> set[str]:
    """The kinds of selection without which the condition would not hold for this patient.

    Of several ways to meet an ``any`` only what all of those that hold have in common was needed.
    """
    if isinstance(condition, Comparison) and condition.word not in SELECTING:
        return set()
    if reading.verdict(condition) is not Verdict.MET:
        return set()
    match condition:
        case Comparison(word=word):
            return {SELECTING[word]}
        case Group(gate=Gate.NOT):
            untreated = any(each.word in LINES for each in reading.decided_by(condition))
            return {"line of therapy"} if untreated else set()
        case Group(gate=Gate.ANY, members=members):
            holding = [each for each in members if reading.verdict(each) is Verdict.MET]
            return set.intersection(*(selected_by(each, reading) for each in holding)) if holding else set()
        case Group(members=members):
            return set().union(*(selected_by(each, reading) for each in members))
        case Branch(then=then, otherwise=otherwise):
            return selected_by(then, reading) or selected_by(otherwise, reading)
    raise TypeError(f"unhandled condition {condition!r}")


def _setting(judgement: Judgement) -> KeyValue:
    settings = judgement.candidate.settings
    derivation = judgement.ranker.rulebook.derived.get("setting")
    verdict = None
    if settings and derivation is not None:
        found = judgement.reading.findings[derivation.node].value
        verdict = test(found, Op.IN, frozenset(settings))
    return judgement.ranker.say(setting_key, settings, verdict)


def verdict_of_any(verdicts: Collection[Verdict]) -> Verdict:
    """Met where one is, not met where none can be."""
    if Verdict.MET in verdicts:
        return Verdict.MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.NOT_MET


def _evaluation(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(evaluation_key, judgement.candidate.evaluation)


def _evidence(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(evidence_key, judgement.candidate.kind, judgement.applies)


def _population(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(population_key, judgement.candidate.kind, judgement.outside)


def _encoded(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(judgement.ranker.encoded_key, judgement.candidate.encoded)


def _direction(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(judgement.ranker.direction_key, judgement.candidate.kind, judgement.credit)


def _level(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(judgement.ranker.level_key, judgement.candidate.kind, judgement.credit)


def _unknowns(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(unknowns_key, judgement.unknown)


def _unsatisfied(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(unsatisfied_key, judgement.unsatisfied)


def _identifier(judgement: Judgement) -> KeyValue:
    return judgement.ranker.say(identifier_key, judgement.candidate.id)


KEYS: Mapping[str, Callable[[Judgement], KeyValue]] = {
    "standing": _standing,
    "availability": _availability,
    "evaluation": _evaluation,
    "evidence": _evidence,
    "population": _population,
    "specificity": _specificity,
    "setting": _setting,
    "direction": _direction,
    "level": _level,
    "encoded": _encoded,
    "unknowns": _unknowns,
    "unsatisfied": _unsatisfied,
    "identifier": _identifier,
}
