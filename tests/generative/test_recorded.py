"""Starting from nothing known, and working out only what is recorded, comes to the reference's very findings."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.profile import Profile
from matcher.engines.recorded import RecordedEngine
from matcher.engines.reference import ReferenceEngine
from tests.generative.graphs import Made, graphs
from tests.generative.profiles import profiles


@given(made=graphs(), data=st.data())
def test_verdicts_findings_and_their_order_are_the_same(made: Made, data: st.DataObject) -> None:
    engine, batch = RecordedEngine(), [data.draw(profiles(made.tables, made.names)), data.draw(profiles())]
    for roots in (None, [made.root]):
        expected = ReferenceEngine().evaluate(made.graph, batch, roots=roots)
        found = engine.evaluate(made.graph, batch, roots=roots)
        assert found == expected
        assert [list(each) for each in found.findings] == [list(each) for each in expected.findings]


@given(made=graphs(), day=st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_of_nothing_known_the_day_means_nothing(made: Made, day: date) -> None:
    nobody = Profile("nobody", day)
    expected = ReferenceEngine().evaluate(made.graph, [nobody])
    assert RecordedEngine().evaluate(made.graph, [nobody]) == expected
