"""Level by level, and in every supposed world, each node is what the reference engine says it is."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.possible import Codes, Interval, Possible
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding
from matcher.engines.columnar.levels import Levels
from matcher.engines.columnar.planes import POSSIBLE, SURE, bit
from matcher.engines.levelled import LevelledEngine
from matcher.engines.reference import ReferenceEngine, walk
from matcher.features.kind import CodeDomain, Domain
from matcher.rules.graph import Read
from tests.generative.equality import differences
from tests.generative.graphs import Made, graphs
from tests.generative.profiles import profiles

much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(made=graphs(), patient=profiles())
@much
def test_every_node_is_the_same(made: Made, patient) -> None:
    expected = ReferenceEngine().evaluate(made.graph, [patient])
    assert differences(made.graph, expected, LevelledEngine().evaluate(made.graph, [patient])) == []


def answers_to(domain: Domain) -> list[Possible]:
    if isinstance(domain, CodeDomain):
        return [Codes.of(code) for code in sorted(domain.codes)[:3]]
    low, high = domain.interval.low, domain.interval.high
    return [Interval.exactly(low), Interval(low, min(high, low + 10), high_open=True)]


@given(made=graphs(), patient=profiles(), data=st.data())
@much
def test_every_node_is_the_same_in_every_supposed_world(made: Made, patient, data: st.DataObject) -> None:
    graph = made.graph
    known = ReferenceEngine().evaluate(graph, [patient])
    features = {number: node.feature for number, node in enumerate(graph.nodes) if isinstance(node, Read)}
    asked = data.draw(st.lists(st.sampled_from(sorted(features)), unique=True, max_size=70))
    answers = {number: answers_to(features[number].domain) for number in asked}
    planes = Levels(graph).run(known.findings[0], answers)
    world = 0
    for feature, given_answers in answers.items():
        for answer in given_answers:
            world += 1
            supposed = {**known.findings[0], feature: Finding(answer)}
            above = graph.above([feature])[feature]
            verdicts, _ = walk(
                graph, patient, Clock.at(patient.as_of), above, known=(known.verdicts[0], supposed)
            )
            for node, verdict in verdicts.items():
                sure, possible = bit(planes[node, SURE], world), bit(planes[node, POSSIBLE], world)
                found = Verdict.MET if sure else Verdict.UNKNOWN if possible else Verdict.NOT_MET
                assert found is verdict, (graph[node], answer)
