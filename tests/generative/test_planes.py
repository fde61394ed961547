"""Every carrier of bits, in every order of work, says of every node what the reference engine says.

Patients as bits go in steps; one patient goes by what changed, or level by level; and one patient in many supposed
worlds goes either way.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.possible import Codes, Interval, Possible
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.columnar import ColumnarEngine
from matcher.engines.planes.algebra import Words
from matcher.engines.planes.chunk import POSSIBLE, SURE, bit
from matcher.engines.planes.levels import Levels
from matcher.engines.planes.single import SingleEngine, Supposed, Supposing
from matcher.engines.reference import ReferenceEngine, walk
from matcher.features.kind import CodeDomain, Domain
from matcher.rules.graph import Graph, NodeId, Read
from tests.generative.equality import differences
from tests.generative.graphs import WANTED, Made, graphs
from tests.generative.profiles import profiles

REFERENCE, IN_STEPS = ReferenceEngine(), ColumnarEngine()
BY_CHANGE, BY_LEVEL = SingleEngine(by_level=False), SingleEngine(by_level=True)
PATIENTS = st.lists(profiles(), min_size=1, max_size=2)
# A graph and patients together are much to draw.
much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)
#: the two bits of a node in a world
Bits = Callable[[NodeId, int], tuple[int, int]]


@pytest.mark.parametrize("wanted", WANTED)
@given(data=st.data(), patients=PATIENTS)
# So that all kinds of node together have what the profile asks for: 20,000 in a hunt.
@settings(much, max_examples=max(10, settings().max_examples // len(WANTED)))
def test_every_node_is_the_same(wanted: str, data: st.DataObject, patients: list[Profile]) -> None:
    made = data.draw(graphs(wanted))
    patients = [*patients, data.draw(profiles(made.tables, made.names))]
    expected = REFERENCE.evaluate(made.graph, patients)
    for engine in (IN_STEPS, BY_CHANGE, BY_LEVEL):
        assert differences(made.graph, expected, engine.evaluate(made.graph, patients)) == [], engine
    # For one patient the records and notes behind it as well.
    for roots in (None, [made.root]):
        asked = REFERENCE.evaluate(made.graph, patients, roots=roots)
        found = BY_CHANGE.evaluate(made.graph, patients, roots=roots)
        assert found == asked
        assert [list(each) for each in found.findings] == [list(each) for each in asked.findings]
    assert BY_LEVEL.evaluate(made.graph, patients).findings == expected.findings


@given(made=graphs(), day=st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_of_nothing_known_the_day_means_nothing(made: Made, day: date) -> None:
    nobody = Profile("nobody", day)
    assert BY_CHANGE.evaluate(made.graph, [nobody]) == REFERENCE.evaluate(made.graph, [nobody])


@given(made=graphs(), patients=PATIENTS, data=st.data())
@much
def test_every_gate_is_the_same_in_every_supposed_world(
    made: Made, patients: list[Profile], data: st.DataObject
) -> None:
    graph = made.graph
    domains = {
        number: node.feature.domain for number, node in enumerate(graph.nodes) if isinstance(node, Read)
    }
    asked = data.draw(st.lists(st.sampled_from(sorted(domains)), unique=True, max_size=70))
    answers = {number: answers_to(domains[number]) for number in asked}
    supposing, levels = Supposing(graph, answers), Levels(graph)
    for patient in [*patients, patients[0]]:
        known = REFERENCE.evaluate(graph, [patient])
        world = Worlds(graph, patient, known)
        world.check(
            in_words(levels.run(known.findings[0], answers)), [(*each, True) for each in answers.items()]
        )
        differing = supposing.differing(known.findings[0])
        again = data.draw(st.sets(st.sampled_from(sorted(domains))))
        given_now = {
            each: answers_to(domains[each])[: data.draw(st.integers(0, 2))]
            for each in differing
            if each in again
        }
        found = supposing.run(known.findings[0], differing, given_now)
        bits = in_numbers(found)
        # The worlds of a feature of which something is known stay behind unused.
        always = [(*each, each[0] not in differing) for each in answers.items()]
        beyond = world.check(bits, [*always, *((*each, True) for each in found.added)])
        world.same(bits, beyond)


def in_words(planes: Words) -> Bits:
    return lambda node, world: (bit(planes[node, SURE], world), bit(planes[node, POSSIBLE], world))


def in_numbers(found: Supposed) -> Bits:
    return lambda node, world: (found.sure[node] >> world & 1, found.possible[node] >> world & 1)


class Worlds:
    """What the reference engine says of one patient, as recorded and wherever one feature has another answer."""

    def __init__(self, graph: Graph, patient: Profile, known: VerdictTable) -> None:
        self.graph, self.patient, self.known = graph, patient, known
        self.clock = Clock.at(patient.as_of)

    def check(self, bits: Bits, supposed: Sequence[tuple[NodeId, Sequence[Possible], bool]]) -> int:
        """The first world is as recorded, then come those of each feature; how many there are."""
        self.same(bits, 0)
        world = 1
        for feature, answers, used in supposed:
            for place, answer in enumerate(answers if used else ()):
                self.same(bits, world + place, self._where(feature, answer))
            world += len(answers)
        return world

    def same(self, bits: Bits, world: int, expected: Mapping[NodeId, Verdict] | None = None) -> None:
        for node, verdict in (self.known.verdicts[0] if expected is None else expected).items():
            sure, possible = bits(node, world)
            found = Verdict.MET if sure else Verdict.UNKNOWN if possible else Verdict.NOT_MET
            assert found is verdict, (self.graph[node], world)

    def _where(self, feature: NodeId, answer: Possible) -> Mapping[NodeId, Verdict]:
        supposed = {**self.known.findings[0], feature: Finding(answer)}
        above = self.graph.above([feature])[feature]
        verdicts, _ = walk(
            self.graph, self.patient, self.clock, above, known=(self.known.verdicts[0], supposed)
        )
        return verdicts


def answers_to(domain: Domain) -> list[Possible]:
    if isinstance(domain, CodeDomain):
        return [Codes.of(code) for code in sorted(domain.codes)[:3]]
    low, high = domain.interval.low, domain.interval.high
    return [Interval.exactly(low), Interval(low, min(high, low + 10), high_open=True)]
