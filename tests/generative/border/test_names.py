"""Names do not matter: a synonym of anything, in the record or in the rule, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.procedures import PROCEDURES
from tests.generative.border import cells, synonyms
from tests.generative.border.cells import patients
from tests.generative.border.panel import CONDITIONS as ASKED
from tests.generative.border.panel import PANEL, asked_by, graph_of
from tests.generative.graphs import parts, read
from tests.written import WAYS, Record, Verdicts, Written

each_way = pytest.mark.parametrize("way", ["profiles", "rows in columns"])
some = settings(
    max_examples=max(10, settings().max_examples // 3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def changed(before: Verdicts | None, after: Verdicts | None) -> list[str]:
    if before is None or after is None:
        return [] if before is after else ["one of the two is rejected"]
    return [
        f"node {node} {asked_by(PANEL, node)}: {verdict.value} becomes {after[node].value}"
        for node, verdict in before.items()
        if after[node] is not verdict
    ]


@each_way
@given(data=st.data())
@some
def test_another_name_in_a_cell_changes_nothing(way: str, data: st.DataObject) -> None:
    patient = WAYS[way].fit(data.draw(patients()))
    touched = cells.cells(patient, WAYS[way])
    named = [each for each in touched if synonyms.synonyms(patient.records[each[0]], each[1])]
    assume(named)
    place, field = data.draw(st.sampled_from(named))
    record = patient.records[place]
    others = synonyms.synonyms(record, field)
    note(f"{record.table}.{field} in {patient}")
    before, *after = WAYS[way].answer(
        PANEL, [patient, *(patient.replaced(place, record.with_text(field, each)) for each in others)]
    )
    wrong = [
        f"{other!r}: {each}"
        for other, found in zip(others, after, strict=True)
        for each in changed(before, found)
    ]
    assert not wrong, wrong


FUSED = st.builds(
    lambda gene, partner, kind, rest: Record(
        "alterations", {"gene": gene, "partner": partner, **kind, **rest}
    ),
    st.sampled_from(("ALK", "EML4", "KIF5B", "KMT2D")),
    st.sampled_from(("ALK", "EML4", "KIF5B", "MLL2")),
    st.sampled_from(({"kind": "fusion"}, {"kind": "rearrangement"})),
    st.sampled_from(({}, {"date": "2025-01-15"})),
).filter(lambda record: record.fields["gene"] != record.fields["partner"])
FUSIONS = tuple(
    {"alteration": {"gene": gene, **partner, "kind": "fusion"}}
    for gene in ("ALK", "EML4", "KMT2D")
    for partner in ({}, {"partner": "EML4"}, {"partner": "ALK"}, {"partner": "KIF5B"})
    if partner.get("partner") != gene
)


def _turned(fields: Mapping[str, Any]) -> dict[str, Any]:
    return (
        {**fields, "gene": fields["partner"], "partner": fields["gene"]}
        if "partner" in fields
        else dict(fields)
    )


@each_way
@given(fused=st.lists(FUSED, min_size=1, max_size=3), complete=st.booleans())
@some
def test_partners_of_a_fusion_have_no_order(way: str, fused: list[Record], complete: bool) -> None:
    straight, turned = (
        graph_of(*rules)
        for rules in (FUSIONS, [{"alteration": _turned(each["alteration"])} for each in FUSIONS])
    )
    lists = ("alterations",) if complete else ()
    as_found = Written(tuple(fused), lists)
    as_turned = Written(tuple(Record(each.table, _turned(each.fields)) for each in fused), lists)
    answers = [
        [
            found and [found[node] for node in sorted(found)]
            for found in WAYS[way].answer(graph, [as_found, as_turned])
        ]
        for graph in (straight, turned)
    ]
    assert answers[0][0] == answers[0][1] == answers[1][0] == answers[1][1]


def _renamed(raw: Any) -> Iterator[tuple[str, Any]]:
    """The condition with one name in it replaced, as often as there are other names."""
    match raw:
        case {"alteration": asked}:
            for name in ("gene", "partner"):
                for other in synonyms.GENES.get(asked.get(name, ""), ()):
                    yield other, {"alteration": {**asked, name: other}}
            for other in synonyms.CHANGES.get(asked.get("protein_change", "").removeprefix("p."), ()):
                yield other, {"alteration": {**asked, "protein_change": other}}
        case {"lab": asked}:
            for other in LAB_TESTS[asked["test"]].aliases:
                yield other, {"lab": {**asked, "test": other}}
            for name, limit in asked.items():
                number, _, unit = str(limit).partition(" ")
                for other in synonyms.of_unit(unit) if name not in ("test", "within") else ():
                    yield other, {"lab": {**asked, name: f"{number} {other}"}}
        case {"biomarker": asked}:
            for other in synonyms.of_tree(MARKERS, asked["marker"]):
                yield other, {"biomarker": {**asked, "marker": other}}
        case Mapping():
            ((word, asked),) = raw.items()
            for name, value in asked.items() if isinstance(asked, Mapping) else ():
                for other in _names_of(word, name, value):
                    yield str(other), {word: {**asked, name: other}}


def _names_of(word: str, name: str, value: Any) -> Iterator[Any]:
    tree = {("condition", "is"): CONDITIONS, ("procedure", "is"): PROCEDURES, ("worst_grade", "is"): CONDITIONS,
            ("days_since", "condition"): CONDITIONS, ("days_since", "procedure"): PROCEDURES}.get((word, name))  # fmt: skip
    if tree is not None:
        yield from synonyms.of_tree(tree, value)
    elif (word != "suitable_for" and name in ("therapy", "medication")) or (
        word in ("medication", "daily_dose") and name == "is"
    ):
        yield from synonyms.of_agent(value)
    elif word == "diagnosis" and name == "in":
        yield from ([other] for other in synonyms.of_tree(DIAGNOSES, value[0]))


RENAMED = tuple((raw, other, renamed) for raw in ASKED for other, renamed in _renamed(raw))


@pytest.mark.parametrize("word", sorted({next(iter(raw)) for raw, _, _ in RENAMED}))
def test_another_name_in_a_rule_is_the_same_rule(word: str) -> None:
    _builder, reader, lowering = parts(())
    wrong: list[str] = []
    for raw, other, renamed in RENAMED:
        if next(iter(raw)) != word:
            continue
        condition = reader.read(renamed, ())
        if condition is None or reader.problems:
            wrong.append(f"{other!r} in {raw} is refused")
            reader.problems.clear()
        elif lowering.lower(condition) != lowering.lower(read(reader, raw)):
            wrong.append(f"{other!r} in {raw} is another rule")
    assert not wrong, wrong
