"""The order of questions, one for page, report, command line and API.

For every fact that is not known each answer it could have is supposed in turn (answers that no rule tells apart are
one, and all are taken as equally likely). What then changes is weighed by how high a candidate stands now, and by what
the answer costs. Facts that one answer gives are one question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.explanation.effort import effort_of
from matcher.explanation.topics import events_of, fields_for, topic_of
from matcher.features.kind import Feature
from matcher.rules.graph import NodeId
from matcher.standing.standing import Standing, StandingKind
from matcher.vocabulary.formulary import Formulary

# Expected change of standing alone asked for what is rare and cheap last and for whole batteries of laboratory values
# first. Three things mend the order, and each has one number below: a candidate far down counts less than one of the
# first five; an answer that settles the last open criteria of a candidate is worth more than the standing it changes;
# and what the answer costs (`effort`) counts with a small power, so that a biopsy is asked for late and not never.
# What the order is worth is measured by `make questions`, on patients generated anew for each seed.
RULED_OUT = frozenset({StandingKind.INELIGIBLE, StandingKind.NOT_YET, StandingKind.NEEDS_WAIVER})
TOP = 5
"""How many candidates of each kind are meant by "the top"."""
#: so many of each kind are asked about
MOST_CONSIDERED = 50
#: what a candidate counts that stands below the top, the less the further down
_BELOW = 12.0
#: what settling all open criteria of a candidate counts beside a change of its standing
_PROGRESS = 2.0
#: how much an answer has to be worth its effort: not at all at 0, in proportion at 1
_EFFORT = 0.2
#: what is asked of whom no therapy is listed, whatever rules want of one
THERAPIES = "Which therapies has the patient had, and when?"
#: values that differ by less are the same
_PLACES = 9

Numbers: TypeAlias = npt.NDArray[np.integer]
#: the field that answers a feature; nothing where nobody is to be asked
FieldOf: TypeAlias = Callable[[Feature], str | None]


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate that answers may move: what it counts, and the nodes of what is open about it."""

    standing: Standing
    weight: float
    unsettled: tuple[NodeId, ...]

    @property
    def id(self) -> str:
        return self.standing.candidate.id


def considered(
    ranked: Iterable[tuple[int, Standing]], verdicts: Mapping[NodeId, Verdict]
) -> tuple[Considered, ...]:
    """Those at the top and the next below; what is ruled out, no answer brings back."""
    return tuple(
        Considered(standing, _weight(rank), _unsettled(standing, verdicts))
        for rank, standing in ranked
        if standing.kind not in RULED_OUT and rank <= MOST_CONSIDERED
    )


@dataclass(frozen=True, slots=True)
class Supposition:
    """What supposed answers do: for each feature how many there are, and how many of them change each candidate.

    ``decides``: how many decide each of ``nodes``, what is open about any of the candidates.
    """

    features: Sequence[tuple[NodeId, int]]
    changes: Numbers
    nodes: Sequence[NodeId]
    decides: Numbers

    @property
    def telling(self) -> Supposition:
        """The features of which some answer does anything."""
        kept = np.flatnonzero(self.changes.any(axis=0) | self.decides.any(axis=0))
        features = [self.features[each] for each in kept.tolist()]
        return Supposition(features, self.changes[:, kept], self.nodes, self.decides[:, kept])


@dataclass(frozen=True, slots=True)
class Asked:
    """A field to ask for. ``settles`` is the expected number of candidates whose standing the answer changes.

    ``criteria`` is the expected number of criteria it decides, ``value`` what the order goes by. Of the ``features``
    that it answers ``telling`` is the one that most depends on.
    """

    field: str
    features: tuple[Feature, ...]
    telling: Feature
    settles: float
    criteria: float
    candidates: tuple[str, ...]
    value: float

    @property
    def text(self) -> str:
        """In the words of what the rules want most of it."""
        whole = self.field == "therapies" and len(set(map(topic_of, self.features))) > 1
        return THERAPIES if whole else self.telling.question or self.telling.title


def in_order(
    about: Sequence[Considered],
    supposed: Supposition,
    fields: Sequence[str | None],
    features: Sequence[Feature],
    told: Sequence[bool],
) -> list[Asked]:
    """The questions worth asking, best first; for each feature of the supposition its field, and whether it is told.

    An answer that was given already, and leaves open what the rules ask, is worth half.
    """
    places = sorted(
        (name, supposed.features[each][0], each) for each, name in enumerate(fields) if name is not None
    )
    if not places:
        return []
    starts = [n for n, (name, _, _) in enumerate(places) if not n or name != places[n - 1][0]]
    columns = [each for _, _, each in places]
    numbers = np.array([supposed.features[each][1] for each in columns], np.float64)
    changing, deciding = supposed.changes[:, columns] / numbers, supposed.decides[:, columns] / numbers
    chance, decided = _of_any(changing, starts), _of_any(deciding, starts)
    open_about = _open_about(about, supposed.nodes)
    weights, sizes = np.array([each.weight for each in about]), np.maximum(open_about.sum(axis=1), 1)
    worth = weights @ chance + (weights * _PROGRESS / sizes) @ open_about @ decided
    candidates_of = open_about.sum(axis=0)
    settles, criteria = chance.sum(axis=0), candidates_of @ decided
    telling = (changing.sum(axis=0) + candidates_of @ deciding / 10).round(_PLACES).tolist()
    reached = (chance > 0) | (open_about @ (decided > 0) > 0)
    found: list[Asked] = []
    for number, (first, last) in enumerate(zip(starts, [*starts[1:], len(places)], strict=True)):
        name, held = places[first][0], [features[each] for each in columns[first:last]]
        value = float(worth[number]) / effort_of(name) ** _EFFORT
        again = any(told[each] for each in columns[first:last])
        found.append(
            Asked(
                name,
                tuple(held),
                max(zip(telling[first:last], map(topic_of, held), count(), held, strict=False))[-1],
                round(float(settles[number]), 2),
                round(float(criteria[number]), 2),
                tuple(sorted(about[each].id for each in np.flatnonzero(reached[:, number]).tolist())),
                round(value / (2.0 if again else 1.0), _PLACES),
            )
        )
    return sorted(found, key=lambda each: (-each.value, each.field))


def _open_about(about: Sequence[Considered], nodes: Sequence[NodeId]) -> npt.NDArray[np.float64]:
    """For each candidate which of these nodes are open about it: 1 or 0."""
    place = {node: number for number, node in enumerate(nodes)}
    found = np.zeros((len(about), len(nodes)))
    for row, each in zip(found, about, strict=True):
        row[[place[node] for node in each.unsettled]] = 1.0
    return found


@dataclass(frozen=True)
class Fields:
    """Which fields of a form answer what a rulebook asks, and which of them a patient would be asked for."""

    formulary: Formulary
    _known: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def of(self, feature: Feature) -> tuple[str, ...]:
        """In the order to ask for them."""
        key = topic_of(feature), feature.name
        found = self._known.get(key)
        if found is None:
            named = (*fields_for(key[0], self.formulary), *events_of(feature))
            found = self._known[key] = tuple(dict.fromkeys(named))
        return found

    def first(self, feature: Feature, profile: Profile) -> str:
        """The one to ask for; of what no form has a field for the topic."""
        names = (each for each in self.of(feature) if not self.had(each, profile))
        name = next(names, topic_of(feature))
        listed = profile.therapies.records or profile.therapies.complete
        return "therapies" if is_therapy(name) and not listed else name

    def had(self, name: str, profile: Profile) -> bool:
        """Whether it is about a therapy that was given: what is open is then in its course."""
        if not is_therapy(name):
            return False
        agent = name.partition(":")[2]
        if not self.formulary.knows(agent):
            return bool(profile.therapies.records)
        wanted = self.formulary.members(agent)
        return any(
            component is not None and component.members <= wanted
            for course in profile.therapies.records
            for component in course.components
        )


def is_therapy(name: str) -> bool:
    """Whether the field is about a therapy by its name: all of them are one question until somebody lists them."""
    return name.startswith("therapy:")


def _of_any(shares: npt.NDArray[np.float64], starts: Sequence[int]) -> npt.NDArray[np.float64]:
    """How likely some of the answers that come together does it."""
    found: npt.NDArray[np.float64] = 1.0 - np.multiply.reduceat(1.0 - shares, starts, axis=1)
    return found


def _weight(rank: int) -> float:
    """The top counts in full, what stands below it less and less."""
    return 1.0 if rank <= TOP else _BELOW / (_BELOW + rank - TOP)


def _unsettled(standing: Standing, verdicts: Mapping[NodeId, Verdict]) -> tuple[NodeId, ...]:
    """What is open about a candidate: its unknown criteria, and whether its evidence is about this disease."""
    applies = (each.applies for each in standing.candidate.evidence)
    unknown = (each.criterion.satisfied for each in standing.unknown)
    return tuple(dict.fromkeys((*unknown, *(each for each in applies if verdicts[each] is Verdict.UNKNOWN))))
