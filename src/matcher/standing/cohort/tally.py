"""Counting from bit planes: a few operations on words of 64 patients for each criterion of a rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.engines.columnar.arrays import Words
from matcher.engines.planes.chunk import POSSIBLE, SURE, Planes
from matcher.rules.graph import Graph, NodeId
from matcher.standing.cohort.counts import CohortCounts, Counts
from matcher.standing.cohort.entry import Entry
from matcher.standing.cohort.missing import Missing, Topic
from matcher.standing.standing import StandingKind

#: words at a time: what one candidate needs of so many stays in the processor's cache
_WORDS = 1024
_ORDER = list(StandingKind)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts into ``into``, whose rows stand in the order of the entries and of the topics."""

    graph: Graph
    entries: Sequence[Entry]
    topics: Sequence[Topic]
    into: CohortCounts

    def count(self, planes: Planes, everyone: Words) -> None:
        """``everyone`` has a bit for each patient who counts."""
        for start in range(0, len(everyone), _WORDS):
            words = slice(start, start + _WORDS)
            _Chunk(self, planes, words, everyone[words]).count()


@dataclass(slots=True)
class _Chunk:
    """Some words of every plane, counted into ``into``."""

    tally: Tally
    planes: Planes
    words: slice
    everyone: Words
    _missing: Missing = field(init=False)
    _overall: dict[Topic, tuple[Words, Words]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._missing = Missing(self.tally.graph, self.planes, self.words)

    def count(self) -> None:
        for entry in self.tally.entries:
            self._standings(entry)
            still_open = self._criteria(entry)
            if still_open.any():
                self._facts(entry, still_open)
        for number, topic in enumerate(self.tally.topics):
            if topic in self._overall:
                self.tally.into.overall[number, :2] += _patients(np.stack(self._overall[topic]))

    def _plane(self, node: NodeId, which: int) -> Words:
        plane: Words = self.planes.bits[self.planes.rows[node], which, self.words]
        return plane

    def _standings(self, entry: Entry) -> None:
        reached = np.zeros_like(self.everyone)
        before = 0
        for node, which, kind in entry.steps():
            reached |= self._plane(node, which) & self.everyone
            now = int(_patients(reached))
            self.tally.into.standings[entry.number, _ORDER.index(kind)] += now - before
            before = now
        self.tally.into.standings[entry.number, -1] += int(_patients(self.everyone)) - before

    def _criteria(self, entry: Entry) -> Words:
        """Counts every criterion; the patients for whom the entry is possible."""
        if not entry.criteria:
            return np.zeros_like(self.everyone)
        nodes = [self.planes.rows[each.satisfied] for each in entry.criteria]
        own = self.planes.bits[nodes, :, self.words] & self.everyone
        sure, possible = own[:, SURE], own[:, POSSIBLE]
        screened = np.array([each.at_screening for each in entry.criteria])
        presumed = np.where(screened[:, None], possible, sure) if screened.any() else sure
        left, without = _all_and_all_but(possible, self.everyone)
        left_fitting, without_sure = _all_and_all_but(presumed, self.everyone)
        now_open, now_fitting = left[-1], left_fitting[-1]

        here = slice(entry.first_criterion, entry.first_criterion + len(entry.criteria))
        met, not_ruled_out, everybody = _patients(sure), _patients(possible), _patients(self.everyone)
        fitting_without = _patients(without_sure) - _patients(now_fitting)
        near = _patients(without) - _patients(now_open)
        near_fitting = _patients(without_sure & ~now_open)
        columns = [
            met,
            everybody - not_ruled_out,
            not_ruled_out - met,
            _patients(left),
            _patients(left_fitting),
            near_fitting,
            near - near_fitting,
            fitting_without - near_fitting,
        ]
        self.tally.into.criteria[here, : len(columns)] += np.stack(columns, axis=1)
        for place, each in enumerate(entry.criteria):
            if each.waived == each.satisfied:
                continue
            moved_possible = self._plane(each.waived, POSSIBLE)
            moved = moved_possible if each.at_screening else self._plane(each.waived, SURE)
            more_fitting = _patients(without_sure[place] & moved) - _patients(now_fitting)
            more_open = _patients(without[place] & moved_possible) - _patients(now_open)
            self.tally.into.criteria[entry.first_criterion + place, len(columns) :] += (
                more_fitting,
                more_open,
            )
        still_open: Words = now_open & ~now_fitting
        return still_open

    def _facts(self, entry: Entry, still_open: Words) -> None:
        lacking: dict[Topic, Words] = {}
        for criterion in entry.criteria:
            if criterion.at_screening:
                continue
            for topic, plane in self._missing.behind(criterion.satisfied).items():
                lacking[topic] = lacking[topic] | plane if topic in lacking else plane
        topics = [topic for topic in entry.topics if topic in lacking]
        if not topics:
            # Of what is unknown here nothing is a fact that somebody could record.
            return
        held = np.stack([lacking[topic] for topic in topics]) & still_open
        one, several = np.zeros_like(still_open), np.zeros_like(still_open)
        for plane in held:
            several |= one & plane
            one |= plane
        alone = held & ~several
        numbers = np.stack([_patients(held), _patients(alone)], axis=1)
        places = [entry.first_fact + entry.topics.index(topic) for topic in topics]
        self.tally.into.facts[places] += numbers
        for place, topic in enumerate(topics):
            self._add(topic, held[place], alone[place], numbers[place])

    def _add(self, topic: Topic, held: Words, alone: Words, numbers: Counts) -> None:
        """To the counts over all candidates."""
        self.tally.into.overall[self.tally.topics.index(topic), 2:] += numbers
        if topic in self._overall:
            for known, more in zip(self._overall[topic], (held, alone), strict=True):
                np.bitwise_or(known, more, known)
        else:
            self._overall[topic] = held.copy(), alone.copy()


def _patients(planes: Words) -> Counts:
    """How many bits are set in each plane."""
    counts: Counts = np.bitwise_count(planes).sum(axis=-1, dtype=np.int64)
    return counts


def _all_and_all_but(planes: Words, everyone: Words) -> tuple[Words, Words]:
    """For each plane: all up to and with it, and all without it."""
    up_to = np.empty_like(planes)
    without = np.empty_like(planes)
    before = everyone
    for place, plane in enumerate(planes):
        without[place] = before
        before = np.bitwise_and(before, plane, up_to[place])
    after = everyone.copy()
    for place in range(len(planes) - 1, -1, -1):
        without[place] &= after
        after &= planes[place]
    return up_to, without
