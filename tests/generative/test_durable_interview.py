"""Answers, corrections and retractions in any order: the durable engine says what the reference engine says.

``python -m pytest tests/generative/test_durable_interview.py --hypothesis-profile deep`` looks for longer.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from matcher.domain.profile import Profile
from matcher.domain.record import Listing
from matcher.engines.base import changed
from matcher.engines.reference import ReferenceEngine
from matcher.engines.reference.kinds import find
from matcher.rules.graph import Graph
from tests.generative.graphs import WANTED, Made, graphs
from tests.generative.profiles import AS_OF, profiles

pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")

from matcher.engines.durable import DurableEngine

REFERENCE = ReferenceEngine()
TABLES = (
    *("birth", "observations", "diagnoses", "staging", "labs", "biomarkers", "alterations", "therapies"),
    *("procedures", "radiotherapy", "conditions", "medications", "events"),
)
much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(graph: Graph, patient: Profile, found) -> None:
    """Verdicts and findings, with the records and notes behind them."""
    expected = REFERENCE.evaluate(graph, [patient])
    assert dict(found.verdicts[0]) == dict(expected.verdicts[0])
    assert dict(found.findings[0]) == dict(expected.findings[0])


@pytest.mark.parametrize("wanted", WANTED)
@given(data=st.data(), patients=st.lists(profiles(), min_size=1, max_size=2))
@settings(much, max_examples=5)
def test_every_sort_of_node_is_the_same(wanted: str, data: st.DataObject, patients) -> None:
    made = data.draw(graphs(wanted))
    engine = DurableEngine(find)
    together = engine.evaluate(made.graph, patients)
    expected = REFERENCE.evaluate(made.graph, patients)
    assert [dict(each) for each in together.verdicts] == [dict(each) for each in expected.verdicts]
    assert [dict(each) for each in together.findings] == [dict(each) for each in expected.findings]
    rooted = engine.evaluate(made.graph, patients, roots=[made.root])
    for row in range(len(patients)):
        assert rooted.verdict(made.root, row) is expected.verdict(made.root, row)


class Interviewing(RuleBasedStateMachine):
    """Two patients are interviewed in turn; the host holds one of them at a time, or both."""

    made: Made

    @initialize(made=graphs(), live=st.sampled_from((1, 2)), days=st.tuples(*[st.sampled_from(AS_OF)] * 2))
    def begin(self, made: Made, live: int, days: tuple[Any, Any]) -> None:
        self.made = made
        self.engine = DurableEngine(find, live=live)
        self.patients = [Profile(f"p{number}", day) for number, day in enumerate(days)]
        self.interviews = [self.engine.interview(made.graph, each) for each in self.patients]
        self.turn = 0

    @property
    def patient(self) -> Profile:
        return self.patients[self.turn]

    def _become(self, patient: Profile) -> None:
        interview = self.interviews[self.turn]
        before = interview.table
        different = interview.update(patient)
        self.patients[self.turn] = patient
        assert different == changed(before, interview.table)

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Some parts of the profile become what another profile has there: answers, and corrections of others."""
        other = data.draw(profiles(self.made.tables, self.made.names, self.patient.as_of))
        asked = data.draw(st.lists(st.sampled_from(sorted(self.made.tables) or ["labs"]), max_size=3))
        self._become(replace(self.patient, **{name: getattr(other, name) for name in asked}))

    @rule(name=st.sampled_from(TABLES))
    def retract(self, name: str) -> None:
        nothing = getattr(Profile("nobody", self.patient.as_of), name)
        self._become(replace(self.patient, **{name: nothing}))

    @rule(data=st.data(), name=st.sampled_from(TABLES[1:]))
    def retract_a_record(self, data: st.DataObject, name: str) -> None:
        held = getattr(self.patient, name)
        records = list(held.records if isinstance(held, Listing) else held)
        if records:
            records.pop(data.draw(st.integers(0, len(records) - 1)))
        left: Any = replace(held, records=tuple(records)) if isinstance(held, Listing) else tuple(records)
        self._become(replace(self.patient, **{name: left}))

    @rule(day=st.sampled_from(AS_OF))
    def see_as_of_another_day(self, day: Any) -> None:
        self._become(replace(self.patient, as_of=day))

    @rule()
    def turn_to_the_other(self) -> None:
        self.turn = 1 - self.turn

    @rule()
    def begin_anew(self) -> None:
        self.interviews[self.turn].close()
        self.interviews[self.turn] = self.engine.interview(self.made.graph, self.patient)

    @invariant()
    @precondition(lambda self: hasattr(self, "interviews"))
    def every_node_is_the_same(self) -> None:
        for patient, interview in zip(self.patients, self.interviews, strict=True):
            check(self.made.graph, patient, interview.table)

    @invariant()
    @precondition(lambda self: hasattr(self, "interviews"))
    def the_host_holds_nothing_stale(self) -> None:
        network, _ = self.engine._network(self.made.graph, None)
        sessions: list[Any] = list(network._live.values())
        for session in sessions:
            in_host = {each.name: session._fact(each) for each in session._in_host}
            found: dict[str, dict[str, int]] = {}
            for number in session._opened:
                for fact in network.rulesets[number]._rules.get_facts(session.sid):
                    name = fact.pop("id")
                    assert fact.pop("sid") == session.sid
                    found[name] = fact
            assert found.pop("opened", {"opened": 1}) == {"opened": 1}
            assert found == in_host

    def teardown(self) -> None:
        for interview in getattr(self, "interviews", ()):
            interview.close()


# A few sequences in the ordinary run; 2,000 with the deep profile.
_DEEP = settings.default is not None and settings.default.max_examples > 100
Interviewing.TestCase.settings = settings(much, max_examples=2000 if _DEEP else 12, stateful_step_count=12)
TestInterviewing = Interviewing.TestCase
