"""What to ask for a named candidate: what may change its standing, and then all else that is unknown about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from matcher.domain.profile import Profile
from matcher.explanation.answer import CandidateShown, Question
from matcher.explanation.asking import considered
from matcher.explanation.questions import Asker
from matcher.features.kind import Feature
from matcher.rules.condition import Condition
from matcher.rules.graph import NodeId, Read
from matcher.standing.deciding import ConditionReading, beneath, is_derived, sources_of
from matcher.standing.standing import OPEN, Standing, StandingKind


def ask_about(
    standings: Sequence[Standing], asker: Asker, reading: ConditionReading, profile: Profile, most: int
) -> tuple[Question, ...]:
    """Best first. Where several facts are missing no answer alone may settle a thing: they are asked for all the same.

    Those that decide more criteria come first. What is ruled out, no answer brings back.
    """
    about = considered([(1, each) for each in standings], reading.table.verdicts[reading.row])
    asked = asker.ask(about, reading, profile, most)
    topics = {each.topic for each in asked}
    texts: dict[str, str] = {}
    needed: dict[str, list[tuple[str, str]]] = {}
    for standing in standings:
        if standing.kind is StandingKind.INELIGIBLE:
            continue
        for each in standing.unknown:
            for feature in _open_features(each.criterion.condition, reading):
                topic = feature.topic or feature.name
                if topic not in topics:
                    texts.setdefault(topic, feature.question or feature.title)
                    needed.setdefault(topic, []).append((standing.candidate.id, each.criterion.id))
    rest = [
        Question(topic, texts[topic], 0.0, tuple(dict.fromkeys(candidate for candidate, _ in criteria)))
        for topic, criteria in sorted(needed.items(), key=lambda each: -len(set(each[1])))
    ]
    return (*asked, *rest)[:most]


def missing_of(shown: Iterable[Sequence[CandidateShown]]) -> Iterator[tuple[str, str]]:
    """What is missing for whom, among those that an answer could still change."""
    for candidates in shown:
        for each in candidates:
            if each.standing in OPEN:
                yield from ((each.id, title) for title in each.missing)


def _open_features(condition: Condition, reading: ConditionReading) -> Iterator[Feature]:
    """What is open below the comparisons that leave the condition open."""
    for each in reading.decided_by(condition):
        for node in _read_for(each.value, reading):
            read = reading.graph[node]
            if isinstance(read, Read) and node in reading.findings and not reading.findings[node].value.exact:
                yield read.feature


def _read_for(node: NodeId, reading: ConditionReading) -> Iterator[NodeId]:
    graph, verdicts = reading.graph, reading.table.verdicts[reading.row]
    for each in sources_of(graph, node) or (node,):
        if is_derived(graph, each):
            yield from beneath(graph, each, verdicts.get)
        else:
            yield each
