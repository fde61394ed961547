"""What is said of a patient stays said, whatever the open facts turn out to be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine, NoteKind, VerdictTable
from matcher.features.kind import Latest
from matcher.rules.graph import Combine, Read
from tests.engines import ENGINES
from tests.generative.completions import completions, narrowings
from tests.generative.graphs import Made, graphs, kinds_of
from tests.generative.profiles import profiles


def contradicted(made: Made, before: VerdictTable, after: VerdictTable) -> bool:
    """Whether sources that agreed before contradict each other now."""
    return any(
        _conflict(after, number) and not _conflict(before, number)
        for number, node in enumerate(made.graph.nodes)
        if isinstance(node, Combine)
        or (isinstance(node, Read) and any(isinstance(kind, Latest) for kind in kinds_of(node.feature)))
    )


def _conflict(table: VerdictTable, number: int) -> bool:
    return any(note.kind is NoteKind.CONFLICT for note in table.findings[0][number].notes)


def flipped(made: Made, before: VerdictTable, after: VerdictTable) -> list[str]:
    """Strict nodes that were met or not met and are no longer."""
    return [
        f"node {number} {made.graph[number]}: {before.verdict(number).value} -> {after.verdict(number).value}"
        for number in made.strict()
        if number in before.verdicts[0]
        and before.verdict(number) not in (Verdict.UNKNOWN, after.verdict(number))
    ]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@given(data=st.data(), made=graphs())
def test_no_completion_contradicts_what_was_said(engine: Engine, data: st.DataObject, made: Made) -> None:
    profile = data.draw(profiles(made.tables, made.names))
    complete = data.draw(completions(profile, made.tables))
    before = engine.evaluate(made.graph, [profile])
    after = engine.evaluate(made.graph, [complete])
    assume(not contradicted(made, before, after))
    assert flipped(made, before, after) == []


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@given(data=st.data(), made=graphs())
def test_narrowing_never_takes_back_what_was_said(engine: Engine, data: st.DataObject, made: Made) -> None:
    profile = data.draw(profiles(made.tables, made.names))
    complete = data.draw(completions(profile, made.tables))
    narrower = data.draw(narrowings(profile, complete))
    tables = [engine.evaluate(made.graph, [each]) for each in (profile, narrower, complete)]
    assume(not contradicted(made, tables[0], tables[1]))
    assume(not contradicted(made, tables[1], tables[2]))
    assert flipped(made, tables[0], tables[1]) == []
    assert flipped(made, tables[1], tables[2]) == []
