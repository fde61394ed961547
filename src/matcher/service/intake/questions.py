"""The next best question: the one answer that is expected to settle most of what stands at the top.

For every field that is not answered yet, each answer it could have is supposed in turn (answers that no rule
tells apart are one, and all are taken as equally likely). What then changes is weighed by how high a candidate
stands now, and by what the answer costs: a fact the nurse knows comes before one that needs a biopsy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.explanation.questions import Asker
from matcher.explanation.supposing import Supposing
from matcher.features.kind import Feature
from matcher.rules.graph import NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.service.intake.form import Effort, Form, Shape
from matcher.service.intake.topics import events_of, fields_for, topic_of
from matcher.standing.ranking import Ranked
from matcher.standing.standing import Standing, StandingKind, standing_kind

RULED_OUT = frozenset({StandingKind.INELIGIBLE, StandingKind.NOT_YET, StandingKind.NEEDS_WAIVER})
TOP = 5
"""How many candidates of each kind are meant by "the top"."""
#: what a candidate counts that stands below the top, the less the further down
_BELOW = 12.0
#: what settling all open criteria of a candidate counts beside a change of its standing
_PROGRESS = 2.0
#: how much an answer has to be worth its effort: not at all at 0, in proportion at 1
_EFFORT = 0.2


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """A field to ask for. ``settles`` is the expected number of candidates whose standing the answer changes.

    ``criteria`` is the expected number of criteria it decides, ``value`` what the order goes by. ``again``: there
    is an answer, and it leaves open what the rules ask.
    """

    field: str
    topic: str
    text: str
    settles: float
    criteria: float
    effort: Effort
    candidates: tuple[str, ...]
    value: float
    again: bool = False


@dataclass(slots=True)
class _Gain:
    """What the answers to one field's features are expected to do, candidate by candidate."""

    unsettled: Mapping[str, frozenset[NodeId]]
    topics: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    texts: dict[str, str] = field(default_factory=dict)
    stays: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))
    criteria: dict[str, dict[NodeId, float]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True)
class Chooser:
    """The parts of a rulebook that questions need, worked out once."""

    rulebook: Rulebook
    form: Form
    asker: Asker

    @cached_property
    def _users(self) -> Sequence[Sequence[NodeId]]:
        return self.rulebook.graph.users()

    @cached_property
    def _roots(self) -> Mapping[str, frozenset[NodeId]]:
        return {each.id: frozenset(each.root_nodes()) for each in self.rulebook.candidates}

    def choose(
        self,
        ranked: Iterable[Ranked],
        table: VerdictTable,
        profile: Profile,
        answers: Mapping[str, object],
        most: int,
    ) -> tuple[NextQuestion, ...]:
        """The questions worth asking, best first; none where no answer could change anything."""
        places = {each.standing.candidate.id: each.rank for each in ranked}
        standings = [each.standing for each in ranked if each.standing.kind not in RULED_OUT]
        unsettled = {each.candidate.id: _unsettled(each, table) for each in standings}
        gains: dict[tuple[str, bool], _Gain] = defaultdict(lambda: _Gain(unsettled))
        supposing = Supposing(
            self.rulebook.graph, self._users, dict(table.verdicts[0]), dict(table.findings[0])
        )
        for node, feature in self._open_features(standings, table):
            target = self.target(feature, answers, profile)
            if target is not None:
                self._weigh(gains[target], node, feature, standings, supposing)
        found = [self._question(target, gain, standings, places) for target, gain in gains.items()]
        worth = [each for each in found if each is not None]
        return tuple(sorted(worth, key=lambda each: (-each.value, each.field))[:most])

    def target(
        self, feature: Feature, answers: Mapping[str, object], profile: Profile
    ) -> tuple[str, bool] | None:
        """The field to ask for a feature, and whether it has an answer that leaves the feature open.

        Nothing where the form has no field for it, or where the answer was that nobody knows.
        """
        named = (*fields_for(topic_of(feature), self.rulebook.formulary), *events_of(feature))
        names = [each for each in named if self.form.find(each) and not self._had(each, profile)]
        for name in names:
            if name not in answers:
                return self._unit(name, answers), False
        again = next((each for each in names if not _final(answers[each])), None)
        return None if again is None else (again, True)

    def _had(self, name: str, profile: Profile) -> bool:
        """Whether it is about a therapy that was given: what is open is then in its course."""
        word, _, code = name.partition(":")
        if word != "therapy":
            return False
        wanted = self.rulebook.formulary.members(code)
        return any(
            component is not None and component.members <= wanted
            for course in profile.therapies.records
            for component in course.components
        )

    def _unit(self, name: str, answers: Mapping[str, object]) -> str:
        """All therapies are one question until somebody has begun to list them."""
        found = self.form.find(name)
        listed = found is not None and found.shape is Shape.PRESENCE and found.table == "therapies"
        begun = any(each.partition("/")[0] == "therapies" for each in answers)
        return "therapies" if listed and not begun else name

    def _open_features(
        self, standings: Sequence[Standing], table: VerdictTable
    ) -> Iterator[tuple[NodeId, Feature]]:
        graph = self.rulebook.graph
        for number in graph.below(*(node for each in standings for node in each.candidate.root_nodes())):
            node = graph[number]
            if isinstance(node, Read) and not table.findings[0][number].value.exact:
                yield number, node.feature

    def _weigh(
        self,
        gain: _Gain,
        node: NodeId,
        feature: Feature,
        standings: Sequence[Standing],
        supposing: Supposing,
    ) -> None:
        """Adds what the answers to one feature would do."""
        answers = self.asker.answers(node, supposing.findings[node].value)
        if len(answers) < 2:
            return
        supposed = VerdictTable(("",), (supposing.verdicts,), (supposing.findings,))
        likely = 1.0 / len(answers)
        changes: dict[str, float] = defaultdict(float)
        settled: dict[str, dict[NodeId, float]] = defaultdict(lambda: defaultdict(float))
        for answer in answers:
            with supposing.that(node, answer) as differing:
                for each in standings:
                    name = each.candidate.id
                    if differing.isdisjoint(self._roots[name]):
                        continue
                    if standing_kind(each.candidate, supposed) is not each.kind:
                        changes[name] += likely
                    for open_one in gain.unsettled[name] & differing:
                        settled[name][open_one] += likely
        topic = topic_of(feature)
        gain.texts.setdefault(topic, feature.question or feature.title)
        gain.topics[topic] += (
            sum(changes.values()) + sum(sum(each.values()) for each in settled.values()) / 10
        )
        for name, chance in changes.items():
            gain.stays[name] *= 1.0 - min(chance, 1.0)
        for name, criteria in settled.items():
            held = gain.criteria[name]
            for criterion, chance in criteria.items():
                held[criterion] = 1.0 - (1.0 - held.get(criterion, 0.0)) * (1.0 - min(chance, 1.0))

    def _question(
        self,
        target: tuple[str, bool],
        gain: _Gain,
        standings: Sequence[Standing],
        places: Mapping[str, int],
    ) -> NextQuestion | None:
        name, again = target
        asked = self.form.find(name)
        if asked is None or not (gain.stays or gain.criteria):
            return None
        value = settles = criteria = 0.0
        for each in standings:
            chance = 1.0 - gain.stays[each.candidate.id] if each.candidate.id in gain.stays else 0.0
            decided = sum(gain.criteria.get(each.candidate.id, {}).values())
            settles += chance
            criteria += decided
            share = decided / max(len(gain.unsettled[each.candidate.id]), 1)
            value += _weight(places[each.candidate.id]) * (chance + _PROGRESS * share)
        topic = max(sorted(gain.topics), key=lambda each: gain.topics[each])
        return NextQuestion(
            field=name,
            topic=topic,
            text=gain.texts[topic] if again or len(gain.topics) == 1 else asked.question,
            settles=round(settles, 2),
            criteria=round(criteria, 2),
            effort=asked.effort,
            candidates=tuple(sorted({*gain.stays, *gain.criteria})),
            value=value / (2.0 if again else 1.0) / asked.effort**_EFFORT,
            again=again,
        )


def _unsettled(standing: Standing, table: VerdictTable) -> frozenset[NodeId]:
    """What is open about a candidate: its unknown criteria, and whether its evidence is about this disease."""
    applies = (each.applies for each in standing.candidate.evidence)
    return frozenset(
        (
            *(each.criterion.satisfied for each in standing.unknown),
            *(each for each in applies if table.verdict(each) is Verdict.UNKNOWN),
        )
    )


def _weight(rank: int) -> float:
    """The top counts in full, what stands below it less and less."""
    return 1.0 if rank <= TOP else _BELOW / (_BELOW + rank - TOP)


def _final(answer: object) -> bool:
    """Whether there is nothing more to say: not known, or said to be all that is known."""
    if isinstance(answer, Mapping):
        return bool(answer.get("final")) or _final(answer.get("value", "known"))
    return isinstance(answer, str) and answer.strip().casefold() == "unknown"
