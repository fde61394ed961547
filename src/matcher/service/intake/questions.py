"""The next best question: the one answer that is expected to settle most of what stands at the top.

For every field that is not answered yet, each answer it could have is supposed in turn (answers that no rule
tells apart are one, and all are taken as equally likely). What then changes is weighed by how high a candidate
stands now, and by what the answer costs: a fact the nurse knows comes before one that needs a biopsy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Possible
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.engines.planes.levels import Levels
from matcher.explanation.aside import asks_for_edition, asks_to_confirm, is_staged, without_edition
from matcher.explanation.questions import OPEN, Asker, answers_that_matter
from matcher.explanation.topics import events_of, fields_for, topic_of
from matcher.features.kind import Feature
from matcher.rules.graph import NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.service.intake.form import Effort, Form, Shape
from matcher.standing.ranking import Ranked
from matcher.standing.standing import Standing, StandingKind

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


@dataclass(frozen=True)
class Chooser:
    """The parts of a rulebook that questions need, worked out once."""

    rulebook: Rulebook
    form: Form

    @cached_property
    def _asker(self) -> Asker:
        return Asker.of(self.rulebook.graph)

    @cached_property
    def _levels(self) -> Levels:
        return Levels(self.rulebook.graph)

    def choose(
        self,
        ranked: Iterable[Ranked],
        table: VerdictTable,
        profile: Profile,
        answers: Mapping[str, object],
        most: int,
    ) -> tuple[NextQuestion, ...]:
        """The questions worth asking, best first; none where no answer could change anything."""
        considered = [each for each in ranked if each.standing.kind not in RULED_OUT]
        targets: dict[tuple[str, bool], list[NodeId]] = defaultdict(list)
        supposed: dict[NodeId, list[Possible]] = {}
        roots = (node for each in considered for node in each.standing.candidate.root_nodes())
        for node, feature in self.open_features(roots, table):
            target = self.target(feature, answers, profile)
            given = self._answers(node, feature, table.findings[0][node])
            if target is not None and len(given) > 1:
                targets[target].append(node)
                supposed[node] = given
        if not supposed:
            return ()
        worlds = _Worlds.of(self._levels, considered, table, supposed)
        found = [self._question(target, nodes, considered, worlds) for target, nodes in targets.items()]
        worth = [each for each in found if each is not None]
        in_order = sorted(worth, key=lambda each: (-each.value, each.field))
        return tuple(_in_context(in_order, profile, answers)[:most])

    @cached_property
    def _unrecorded(self) -> dict[NodeId, list[Possible]]:
        return {}

    def _answers(self, node: NodeId, feature: Feature, finding: Finding) -> list[Possible]:
        """The answers that some rule tells apart; those of a feature nothing is known of are remembered."""
        untold = finding.silent and finding.perhaps is None
        if untold and node in self._unrecorded:
            return self._unrecorded[node]
        found = answers_that_matter(finding.value, self._asker.tests[node], feature.domain)
        if untold:
            self._unrecorded[node] = found
        return found

    def target(
        self, feature: Feature, answers: Mapping[str, object], profile: Profile
    ) -> tuple[str, bool] | None:
        """The field to ask for a feature, and whether it has an answer that leaves the feature open.

        Nothing where the form has no field for it, or where the answer was that nobody knows.
        """
        names = [each for each in self._fields(feature) if not self._had(each, profile)]
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

    def open_features(self, roots: Iterable[NodeId], table: VerdictTable) -> Iterator[tuple[NodeId, Feature]]:
        """What is read below these nodes, and not known exactly."""
        graph = self.rulebook.graph
        for number in graph.below(*roots):
            node = graph[number]
            if not isinstance(node, Read) or table.findings[0][number].value.exact:
                continue
            if not self._asker.is_told(number, table.findings[0]):
                yield number, node.feature

    def _question(
        self,
        target: tuple[str, bool],
        nodes: Sequence[NodeId],
        considered: Sequence[Ranked],
        worlds: _Worlds,
    ) -> NextQuestion | None:
        name, again = target
        asked = self.form.find(name)
        chance, decided = worlds.of_any(nodes)
        if asked is None or not (chance.any() or decided.any()):
            return None
        topics = {node: topic_of(self._feature(node)) for node in nodes}
        weight = np.array([_weight(each.rank) for each in considered])
        share = decided / np.maximum(worlds.open_criteria, 1)
        value = float((weight * (chance + _PROGRESS * share)).sum())
        telling = max(nodes, key=lambda node: (worlds.telling(node), topics[node]))
        reached = (chance > 0) | (decided > 0)
        return NextQuestion(
            field=name,
            topic=topics[telling],
            text=self.words(
                name, [self._feature(node) for node in nodes], self._feature(telling), again=again
            ),
            settles=round(float(chance.sum()), 2),
            criteria=round(float(decided.sum()), 2),
            effort=asked.effort,
            candidates=tuple(
                sorted(
                    each.standing.candidate.id for each, hit in zip(considered, reached, strict=True) if hit
                )
            ),
            value=value / (2.0 if again else 1.0) / asked.effort**_EFFORT,
            again=again,
        )

    def words(self, name: str, features: Sequence[Feature], telling: Feature, *, again: bool) -> str:
        """What is asked: one field, in the words of what the rules want of it where those are about nothing else.

        A rule may ask for several illnesses as one ("tuberculosis, HIV, hepatitis B or C?"). A yes to that, written to
        the first of them, would be a diagnosis that nobody made. So a field that is answered with yes or no is asked
        for in its own words, and so is any other that a rule asks for together with more.
        """
        asked = self.form.find(name)
        assert asked is not None
        own = asked.shape is Shape.PRESENCE and not again
        topics = {topic_of(each) for each in features}
        if own or (len(topics) > 1 and not again) or any(self._fields(each) != [name] for each in features):
            return asked.question
        return telling.question or telling.title

    def _fields(self, feature: Feature) -> list[str]:
        """The fields of the form that a feature is read from."""
        named = (*fields_for(topic_of(feature), self.rulebook.formulary), *events_of(feature))
        return [each for each in named if self.form.find(each)]

    def _feature(self, node: NodeId) -> Feature:
        read = self.rulebook.graph[node]
        assert isinstance(read, Read)
        return read.feature


def _in_context(
    questions: Sequence[NextQuestion], profile: Profile, answers: Mapping[str, object]
) -> list[NextQuestion]:
    """In words that fit what was answered: of a suspected cancer whether it is confirmed, of a TNM its edition."""
    confirm, edition = asks_to_confirm(profile), asks_for_edition(profile)
    place = "tnm" if any(each.t or each.n or each.m for each in without_edition(profile)) else "stage"
    asked: dict[str, NextQuestion] = {}
    for each in questions:
        if confirm and each.field == "diagnosis":
            asked[each.field] = replace(each, text=confirm)
        elif edition and is_staged(each.topic) and not _final(answers.get(place)):
            asked.setdefault(place, replace(each, field=place, text=edition, again=True))
        else:
            asked[each.field] = each
    return list(asked.values())


@dataclass(frozen=True)
class _Worlds:
    """What each feature's answers do, all of them supposed at once.

    ``changes``: how likely a candidate's standing becomes another, by feature. ``decides``: how likely what is
    open about a candidate is decided; ``owner`` says whose it is.
    """

    place: Mapping[NodeId, int]
    changes: npt.NDArray[np.float64]
    decides: npt.NDArray[np.float64]
    owner: npt.NDArray[np.intp]
    open_criteria: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls,
        levels: Levels,
        considered: Sequence[Ranked],
        table: VerdictTable,
        supposed: Mapping[NodeId, Sequence[Possible]],
    ) -> _Worlds:
        planes = levels.run(table.findings[0], supposed)
        sizes = np.array([len(each) for each in supposed.values()])
        starts = np.cumsum([0, *sizes[:-1]])

        def likely(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
            """For each row and feature the share of the feature's answers in whose worlds the bit is set."""
            bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")[:, 1 : 1 + sizes.sum()]
            shares: npt.NDArray[np.float64] = np.add.reduceat(bits.astype(np.float64), starts, axis=1) / sizes
            return shares

        roots = [each.standing.candidate.roots for each in considered]
        assert all(roots), "what has no criteria has no standing"
        strict = planes[[each.strict for each in roots if each is not None]]
        screening = planes[[each.screening for each in roots if each is not None]]
        kinds = [each.standing.kind for each in considered]
        possible = np.array([each is StandingKind.POSSIBLE for each in kinds])[:, None]
        opened = np.array([each in OPEN for each in kinds])[:, None]
        undecided = screening[:, POSSIBLE] & ~screening[:, SURE]
        stays = ~strict[:, SURE] & np.where(possible, undecided, screening[:, SURE])
        unsettled = [_unsettled(each.standing, table) for each in considered]
        nodes = [node for each in unsettled for node in each]
        owner = np.repeat(np.arange(len(considered)), [len(each) for each in unsettled])
        decided = planes[nodes, SURE] | ~planes[nodes, POSSIBLE]
        return cls(
            {node: number for number, node in enumerate(supposed)},
            likely(np.ascontiguousarray(~stays)) * opened,
            likely(np.ascontiguousarray(decided)) if nodes else np.zeros((0, len(sizes))),
            owner,
            np.array([len(each) for each in unsettled]),
        )

    def of_any(self, nodes: Sequence[NodeId]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """By candidate: how likely some of these features' answers changes its standing; how much they decide."""
        places = [self.place[node] for node in nodes]
        chance = 1.0 - (1.0 - self.changes[:, places]).prod(axis=1)
        decided = 1.0 - (1.0 - self.decides[:, places]).prod(axis=1)
        return chance, np.bincount(self.owner, decided, len(self.open_criteria)).astype(np.float64)

    def telling(self, node: NodeId) -> float:
        """How much one feature's answers change and decide, all candidates together."""
        number = self.place[node]
        return float(self.changes[:, number].sum() + self.decides[:, number].sum() / 10)


def _unsettled(standing: Standing, table: VerdictTable) -> tuple[NodeId, ...]:
    """What is open about a candidate: its unknown criteria, and whether its evidence is about this disease."""
    applies = (each.applies for each in standing.candidate.evidence)
    unknown = (each.criterion.satisfied for each in standing.unknown)
    return tuple(
        dict.fromkeys((*unknown, *(each for each in applies if table.verdict(each) is Verdict.UNKNOWN)))
    )


def _weight(rank: int) -> float:
    """The top counts in full, what stands below it less and less."""
    return 1.0 if rank <= TOP else _BELOW / (_BELOW + rank - TOP)


def _final(answer: object) -> bool:
    """Whether there is nothing more to say: not known, or said to be all that is known."""
    if isinstance(answer, Mapping):
        return bool(answer.get("final")) or _final(answer.get("value", "known"))
    return isinstance(answer, str) and answer.strip().casefold() == "unknown"
