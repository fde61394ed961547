"""What is said of a patient stays said, whatever the open facts turn out to be."""

from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.possible import Codes, Possible, agree
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine, NoteKind, VerdictTable
from matcher.rules.graph import Choice, Combine, NodeId, Read
from tests.engines import REFERENCE
from tests.generative.completions import completions, narrowings
from tests.generative.graphs import WANTED, Made, graphs
from tests.generative.profiles import profiles


def disagree(made: Made, table: VerdictTable, node: Combine) -> set[frozenset[int]]:
    """The pairs of sources that exclude each other, those among them that may not apply included."""
    said = {each: _said(made, table, each) for each in node.sources}
    return {
        frozenset(pair)
        for pair in combinations([each for each in said if said[each] is not None], 2)
        if agree([value for value in map(said.get, pair) if value is not None])[1]
    }


def _said(made: Made, table: VerdictTable, source: NodeId) -> Possible | None:
    """What a source says or would say; nothing where it is silent."""
    node, finding = made.graph[source], table.findings[0][source]
    if not isinstance(node, Choice):
        return finding.perhaps if finding.silent else finding.value
    if table.verdict(node.applies) is Verdict.NOT_MET:
        return None
    possible: frozenset[str] = frozenset()
    for row, outcome in node.rows:
        if table.verdict(row) is not Verdict.NOT_MET:
            possible |= outcome
        if table.verdict(row) is Verdict.MET:
            return Codes(possible)
    return Codes(possible | node.otherwise)


def contradicted(made: Made, before: VerdictTable, after: VerdictTable) -> bool:
    """Whether sources that agreed before contradict each other now."""
    nodes = list(enumerate(made.graph.nodes))
    if any(disagree(made, after, n) - disagree(made, before, n) for _, n in nodes if isinstance(n, Combine)):
        return True
    # Two records of one day, or a record and a statement that there is none.
    reads = [number for number, node in nodes if isinstance(node, Read)]
    return any(_conflict(after, number) and not _conflict(before, number) for number in reads)


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


@pytest.mark.parametrize("engine", [REFERENCE], ids=lambda engine: engine.name)
@pytest.mark.parametrize("wanted", WANTED)
@given(data=st.data())
def test_no_completion_contradicts_what_was_said(engine: Engine, wanted: str, data: st.DataObject) -> None:
    made = data.draw(graphs(wanted))
    profile = data.draw(profiles(made.tables, made.names))
    complete = data.draw(completions(profile, made.tables))
    before = engine.evaluate(made.graph, [profile])
    after = engine.evaluate(made.graph, [complete])
    assume(not contradicted(made, before, after))
    assert flipped(made, before, after) == []


@pytest.mark.parametrize("engine", [REFERENCE], ids=lambda engine: engine.name)
@pytest.mark.parametrize("wanted", WANTED)
@given(data=st.data())
def test_narrowing_never_takes_back_what_was_said(engine: Engine, wanted: str, data: st.DataObject) -> None:
    made = data.draw(graphs(wanted))
    profile = data.draw(profiles(made.tables, made.names))
    complete = data.draw(completions(profile, made.tables))
    narrower = data.draw(narrowings(profile, complete))
    tables = [engine.evaluate(made.graph, [each]) for each in (profile, narrower, complete)]
    assume(not contradicted(made, tables[0], tables[1]))
    assume(not contradicted(made, tables[1], tables[2]))
    assert flipped(made, tables[0], tables[1]) == []
    assert flipped(made, tables[1], tables[2]) == []
