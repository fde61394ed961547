"""Laws that hold for every generated rule and every generated profile."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from matcher.domain.possible import Interval, Op, Possible
from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import Listing
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine
from matcher.engines.reference import ReferenceEngine
from matcher.features import kind as kinds
from matcher.rules import graph as nodes
from matcher.rules.graph import Read, Test
from tests.engines import ENGINES
from tests.generative.completions import completions
from tests.generative.conditions import nested, rewritten
from tests.generative.graphs import Made, filters_of, graphs, kinds_of, parts, read
from tests.generative.profiles import profiles
from tests.whole import only_whole

LEAN = settings(max_examples=50)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@given(data=st.data(), made=graphs())
def test_engines_agree_on_every_node(engine: Engine, data: st.DataObject, made: Made) -> None:
    """One batch, one patient at a time, and only what a root needs: always the reference's verdicts."""
    batch = [data.draw(profiles(made.tables, made.names)) for _ in range(2)]
    batch.append(data.draw(completions(batch[0], made.tables)))
    together = engine.evaluate(made.graph, batch)
    rooted = engine.evaluate(made.graph, batch, roots=[made.root])
    for number, patient in enumerate(batch):
        expected = ReferenceEngine().evaluate(made.graph, [patient])
        assert dict(together.verdicts[number]) == dict(expected.verdicts[0])
        assert rooted.verdict(made.root, number) is expected.verdict(made.root)
        for node, finding in expected.findings[0].items():
            if together.findings:
                assert together.findings[number][node].value == finding.value


def _shuffled(profile: Profile, random: Random) -> Profile:
    from dataclasses import replace

    changes: dict[str, object] = {}
    for name in (*LISTS, "observations", "staging", "labs", "biomarkers", "events"):
        records = list(profile.table(name))
        random.shuffle(records)
        held = getattr(profile, name)
        changes[name] = replace(held, records=tuple(records)) if isinstance(held, Listing) else tuple(records)
    return replace(profile, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@LEAN
@given(data=st.data(), made=graphs(), random=st.randoms())
def test_the_order_of_records_means_nothing(
    engine: Engine, data: st.DataObject, made: Made, random: Random
) -> None:
    profile = data.draw(profiles(made.tables, made.names))
    first = engine.evaluate(made.graph, [profile])
    second = engine.evaluate(made.graph, [_shuffled(profile, random)])
    assert dict(first.verdicts[0]) == dict(second.verdicts[0])


@LEAN
@given(raw=nested(3), random=st.randoms())
def test_the_order_of_siblings_makes_no_other_node(raw: dict[str, object], random: Random) -> None:
    def shuffle(members: list[object]) -> list[object]:
        random.shuffle(members)
        return members

    _, reader, lowering = parts(())
    assert lowering.lower(read(reader, raw)) == lowering.lower(read(reader, rewritten(raw, shuffle)))


@LEAN
@given(raw=nested(2))
def test_not_not_is_the_thing_itself(raw: dict[str, object]) -> None:
    _, reader, lowering = parts(())
    assert lowering.lower(read(reader, {"not": {"not": raw}})) == lowering.lower(read(reader, raw))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@LEAN
@given(data=st.data(), members=st.lists(nested(1), min_size=2, max_size=3))
def test_de_morgan(engine: Engine, data: st.DataObject, members: list[dict[str, object]]) -> None:
    builder, reader, lowering = parts(())
    refused = [{"not": each} for each in members]
    pairs = [({"not": {"all": members}}, {"any": refused}), ({"not": {"any": members}}, {"all": refused})]
    found = [
        (lowering.lower(read(reader, left)), lowering.lower(read(reader, right))) for left, right in pairs
    ]
    made = Made(builder.graph(), found[0][0], {}, ())
    table = engine.evaluate(made.graph, [data.draw(profiles(made.tables, made.names))])
    for left, right in found:
        assert table.verdict(left) is table.verdict(right)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@given(data=st.data(), made=graphs())
def test_a_closed_list_without_contradiction_leaves_nothing_open(
    engine: Engine, data: st.DataObject, made: Made
) -> None:
    """Counts, sums, best values and times to today are exact in a completed profile.

    A course that is said to be of a later line than the list has lines contradicts the list: both numbers are possible.
    """
    profile = data.draw(profiles(made.tables, made.names))
    complete = data.draw(completions(profile, made.tables))
    found = engine.evaluate(made.graph, [complete]).findings[0]
    for number, node in enumerate(made.graph.nodes):
        if not isinstance(node, Read):
            continue
        kind = node.feature.kind
        if isinstance(kind, kinds.Count | kinds.Total | kinds.Extreme | kinds.Since):
            listed = getattr(complete, kind.table)
            planned = [getattr(each, "events", ()) for each in (kind, *kind.where)]
            if isinstance(listed, Listing) and not listed.absences and not any(planned):
                value = found[number].value
                assert value.exact or _is_of_a_later_line(kind, listed, value) or _is_of_a_response(kind), (
                    node.feature,
                    value,
                )


def _is_of_a_response(kind: kinds.Kind) -> bool:
    """Of a response that could not be evaluated nobody knows how good it was, nor of a change what it is one of."""
    fields = {getattr(each, "field", "") for each in (kind, *getattr(kind, "where", ()))}
    return bool(fields & {"response", "protein_change"})


def _is_of_a_later_line(kind: kinds.Kind, listed: Listing[Any], value: Possible) -> bool:
    if not (isinstance(kind, kinds.Count) and kind.ordinal and kind.distinct and isinstance(value, Interval)):
        return False
    numbers = [getattr(each, kind.distinct) for each in listed.records]
    return value.high in {each.high for each in numbers if each is not None}


@only_whole
def test_every_kind_of_node_operator_feature_and_filter_is_generated() -> None:
    """A fixed seed: when something new is never made, this fails, and the strategies are to be widened."""
    made: Counter[str] = Counter()

    @seed(20260115)
    @settings(max_examples=500, database=None, phases=[Phase.generate])
    @given(graphs())
    def collect(generated: Made) -> None:
        for node in generated.graph.nodes:
            made[type(node).__name__] += 1
            if isinstance(node, Test):
                made[node.op.name] += 1
            if isinstance(node, Read):
                for each in kinds_of(node.feature):
                    made[type(each).__name__] += 1
                    made.update(type(one).__name__ for one in filters_of(each))

    collect()
    wanted = {
        *(each.__name__ for each in (*nodes.Value.__args__, *nodes.Gate.__args__)),
        *(each.__name__ for each in (*kinds.Kind.__args__, *kinds.Filter.__args__)),
        *(each.name for each in Op),
    }
    assert wanted - set(made) == set()


@only_whole
def test_every_verdict_is_generated_for_roots() -> None:
    """The properties would hold trivially if everything were unknown."""
    made: Counter[Verdict] = Counter()

    @seed(20260115)
    @settings(max_examples=300, database=None, phases=[Phase.generate])
    @given(data=st.data(), rule=graphs("Test"))
    def collect(data: st.DataObject, rule: Made) -> None:
        table = ReferenceEngine().evaluate(rule.graph, [data.draw(profiles(rule.tables, rule.names))])
        made[table.verdict(rule.root)] += 1

    collect()
    assert min(made[verdict] for verdict in Verdict) > 20
