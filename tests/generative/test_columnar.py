"""The columnar engine for roots alone and chunk by chunk; and that every kind, filter and node is generated."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.engines.reference import ReferenceEngine
from matcher.features import kind as kinds
from matcher.features.kind import Feature, FirstOf, Formula
from matcher.rules.graph import Read
from tests.generative.graphs import Made, graphs
from tests.generative.profiles import profiles
from tests.whole import only_whole

REFERENCE, COLUMNAR = ReferenceEngine(), ColumnarEngine()
PATIENTS = st.lists(profiles(), min_size=1, max_size=2)
# A graph and patients together are much to draw.
much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(made=graphs(), patients=PATIENTS)
@settings(much, max_examples=max(20, settings().max_examples // 10))
def test_roots_alone_and_small_chunks_change_nothing(made: Made, patients) -> None:
    many = (patients * 70)[:130]
    frame = PatientFrame.of(many)
    whole = COLUMNAR.evaluate_frame(made.graph, frame)
    planes = ColumnarEngine(chunk=64).evaluate_frame(made.graph, frame, [made.root])
    assert planes.met(made.root).tolist() == whole.met(made.root).tolist()
    assert planes.not_met(made.root).tolist() == whole.not_met(made.root).tolist()
    expected = REFERENCE.evaluate(made.graph, patients, roots=[made.root])
    for row in range(len(many)):
        assert planes.verdict(made.root, row) is expected.verdict(made.root, row % len(patients))


@only_whole
def test_every_kind_filter_and_node_is_generated() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=600, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
    )
    @given(made=graphs())
    def gather(made: Made) -> None:
        for node in made.graph.nodes:
            seen[type(node).__name__] += 1
            if isinstance(node, Read):
                seen.update(_parts(node.feature))

    gather()
    of_features = {each.__name__ for each in (*kinds.Kind.__args__, *kinds.Filter.__args__)}
    of_graphs = {
        *("Constant", "Read", "Choice", "Combine", "Test"),
        *("All", "Any", "Not", "AtLeast", "Presume"),
    }
    assert (of_features | of_graphs) - set(seen) == set()


def _parts(feature: Feature) -> list[str]:
    kind = feature.kind
    found = [type(kind).__name__, *(type(each).__name__ for each in getattr(kind, "where", ()))]
    if isinstance(kind, Formula | FirstOf):
        for each in kind.inputs if isinstance(kind, Formula) else kind.sources:
            found += _parts(each)
    return found
