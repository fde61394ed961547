"""Shape does not matter: the same rows in every kind of file, in both engines and in the form: the same verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from matcher.readers.assemble import assemble
from matcher.rules.candidate import Availability, Candidate, CandidateKind, Coverage, Criterion, Role
from matcher.rules.graph import Graph, GraphBuilder
from matcher.rules.judgement import left_to_a_person
from matcher.rules.lowering import Lowering
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import RankingDocument
from matcher.service.intake.form import Form
from matcher.service.intake.sections import form_of
from matcher.service.intake.upload import answers_of
from matcher.service.intake.wire import draft
from tests.generative.border import cells
from tests.generative.border.cells import patients
from tests.generative.border.panel import PANEL, asked_by
from tests.generative.profiles import JUDGED, OVERRIDDEN
from tests.small_formulary import SMALL_FORMULARY
from tests.written import (
    AS_OF,
    FILES,
    REFERENCE,
    WAYS,
    Answer,
    Record,
    Verdicts,
    Written,
    fits_wide,
    in_columns,
    in_profiles,
    wire,
)

_ANY = ("json lines", "json", "tables", "parquet tables")
_WIDE = ("wide csv", "parquet")
#: an example is a file of several patients in every shape: what a file costs does not hang on how many it holds
some = settings(
    max_examples=max(4, settings().max_examples // 12),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@cache
def form() -> Form:
    """The form of a rulebook that asks what the panel asks."""
    ranking = RankingDocument(ranking=["standing"], standings=[], availability=[], directions=[], levels=[])
    return form_of(Rulebook(PANEL, (judged_trial(),), (), SMALL_FORMULARY, ranking, "border"))


def judged_trial() -> Candidate:
    """The trial whose criteria generated patients have judgements of."""
    lowered = Lowering(GraphBuilder(), len).lowered
    criteria = tuple(
        Criterion(name, Role.INCLUSION, name, lowered(left_to_a_person(trial, name, name)), 0, 0, 0, 0)
        for trial, name in (JUDGED, OVERRIDDEN)
    )
    return Candidate(
        JUDGED[0], CandidateKind.TRIAL, "", Coverage.FULL, Availability.OPEN, criteria, (), (), None
    )


def in_the_form(graph: Graph, written: Sequence[Written]) -> list[Verdicts | None]:
    """Typed into the intake form, and asked of the reference."""
    found: list[Verdicts | None] = []
    for each in written:
        answers = answers_of(form(), wire(each), SMALL_FORMULARY.lookup)
        made = draft(form(), answers, SMALL_FORMULARY, AS_OF)
        read = assemble({"id": "p", **made.wire}, as_of=AS_OF, formulary=SMALL_FORMULARY)
        found.append(REFERENCE.evaluate(graph, [read.profile]).verdicts[0] if read.profile else None)
    return found


def ways(kinds: Sequence[str]) -> Mapping[str, Answer]:
    files = {f"{kind} in {name}": made(kind) for kind in kinds for name, made in _ENGINES.items()}
    return files | {"the form": in_the_form}


_ENGINES = {"profiles": in_profiles, "columns": in_columns}


def spoilt(draw: st.DrawFn, patient: Written, wide: bool) -> Written:
    """Now and then with a text that nobody knows, or that doubts what it says."""
    touched = cells.cells(patient, WAYS["rows in columns" if wide else "profiles"])
    for place, field in draw(st.lists(st.sampled_from(touched), max_size=2)) if touched else ():
        record = patient.records[place]
        texts = (
            # The form reads a day in the habit of the house, a file only as it says it writes them.
            *(each for each in cells.garbage(record, field) if each != "15.01.2019"),
            *(form.format(record.fields[field]) for form in cells.DOUBTED),
        )
        patient = patient.replaced(place, record.with_text(field, draw(st.sampled_from(texts))))
    return patient


@st.composite
def _batches(draw: st.DrawFn, wide: bool) -> list[Written]:
    held = draw(st.lists(patients(), min_size=3, max_size=12))
    return [spoilt(draw, fits_wide(each) if wide else each, wide) for each in held]


def check(batch: Sequence[Written], kinds: Sequence[str]) -> list[str]:
    first, *rest = ways(kinds).items()
    wanted = first[1](PANEL, batch)
    wrong: list[str] = []
    for name, answer in rest:
        for patient, before, after in zip(batch, wanted, answer(PANEL, batch), strict=True):
            if before is None or after is None:
                wrong += [] if before is after else [f"{name}: rejected or not: {patient}"]
                continue
            wrong += [
                f"{name}: {asked_by(PANEL, node)} is {after[node].value}, {verdict.value} in {first[0]}: {patient}"
                for node, verdict in before.items()
                if after[node] is not verdict
            ]
    return wrong


@given(_batches(wide=False))
@some
def test_every_kind_of_file_and_the_form_say_the_same(batch: list[Written]) -> None:
    note(f"shape {batch}")
    wrong = check(batch, _ANY)
    assert not wrong, wrong


@given(_batches(wide=True))
@some
def test_one_wide_row_says_the_same_as_every_other_shape(batch: list[Written]) -> None:
    note(f"shape {batch}")
    wrong = check(batch, (*_WIDE, *_ANY))
    assert not wrong, wrong


def test_a_day_that_contradicts_its_record_does_not_tell_two_records_apart() -> None:
    first = {"intent": "palliative", "start": "2019-05-01", "end": "2026-01-05", "ongoing": "yes"}
    second = {"intent": "palliative", "end": "2026-01-15"}
    courses = tuple(Record("radiotherapy", each) for each in (first, second))
    assert not check([Written(courses, ("radiotherapy",))], _WIDE)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_each_kind_is_written_as_it_is_read(kind: str) -> None:
    """The writers of these tests do not lose a cell: otherwise two shapes could agree on nothing."""
    rows = {"observations": {"name": "ecog", "value": "1", "date": "2026-01-10"}}
    written = Written(tuple(Record(table, fields) for table, fields in rows.items()))
    (verdicts,) = in_profiles(kind)(PANEL, [written])
    assert verdicts is not None
    assert any(
        asked_by(PANEL, node).startswith("ecog") and verdict.value == "met"
        for node, verdict in verdicts.items()
    )
