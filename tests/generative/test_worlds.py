"""In every world, supposed of a patient of whom nothing is known or otherwise, each gate is what the reference says."""

from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.possible import Possible
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.reference import ReferenceEngine, walk
from matcher.engines.worlds import Supposed, Worlds
from matcher.rules.graph import Graph, NodeId, Read
from tests.generative.graphs import Made, graphs
from tests.generative.profiles import profiles
from tests.generative.test_levels import answers_to

much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(made=graphs(), patients=st.lists(profiles(), min_size=1, max_size=2), data=st.data())
@much
def test_every_gate_is_the_same_in_every_world(
    made: Made, patients: list[Profile], data: st.DataObject
) -> None:
    graph = made.graph
    domains = {
        number: node.feature.domain for number, node in enumerate(graph.nodes) if isinstance(node, Read)
    }
    asked = data.draw(st.lists(st.sampled_from(sorted(domains)), unique=True, max_size=70))
    answers = {number: answers_to(domains[number]) for number in asked}
    worlds = Worlds(graph, answers)
    for patient in [*patients, patients[0]]:
        known = ReferenceEngine().evaluate(graph, [patient])
        differing = worlds.differing(known.findings[0])
        asked_now = data.draw(st.sets(st.sampled_from(sorted(domains))))
        given_now = {
            each: answers_to(domains[each])[: data.draw(st.integers(0, 2))]
            for each in differing
            if each in asked_now
        }
        found = worlds.run(known.findings[0], differing, given_now)
        # The worlds of a feature of which something is known stay behind unused.
        always = [(*each, each[0] not in differing) for each in answers.items()]
        same(graph, found, 0, known.verdicts[0])
        first = 1
        for feature, supposed, used in [*always, *((*each, True) for each in found.added)]:
            own = supposed if used else ()
            in_each_world(graph, patient, known, found, feature, own, range(first, first + len(own)))
            first += len(supposed)
        same(graph, found, first, known.verdicts[0])


def in_each_world(
    graph: Graph,
    patient: Profile,
    known: VerdictTable,
    found: Supposed,
    feature: NodeId,
    answers: Sequence[Possible],
    places: Sequence[int],
) -> None:
    above = graph.above([feature])[feature]
    for answer, world in zip(answers, places, strict=True):
        supposed = {**known.findings[0], feature: Finding(answer)}
        clock = Clock.at(patient.as_of)
        verdicts, _ = walk(graph, patient, clock, above, known=(known.verdicts[0], supposed))
        same(graph, found, world, verdicts)


def same(graph: Graph, found: Supposed, world: int, expected: Mapping[NodeId, Verdict]) -> None:
    for node, verdict in expected.items():
        sure, possible = found.sure[node] >> world & 1, found.possible[node] >> world & 1
        held = Verdict.MET if sure else Verdict.UNKNOWN if possible else Verdict.NOT_MET
        assert held is verdict, (graph[node], world)
