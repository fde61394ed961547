"""What is written and not understood stays open: garbage and doubt widen, repetition does nothing, contradiction opens.

Each property runs the whole way, from texts in a file to the verdicts of every node, through the profiles and the
reference engine and through the frames and the columnar engine.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from matcher.domain.possible import REPEATED
from matcher.domain.profile import LISTS
from matcher.domain.verdict import Verdict
from matcher.readers.assemble import assemble
from matcher.readers.settle import EXPOSURE
from tests.generative.border import cells
from tests.generative.border.cells import Sort, patients
from tests.generative.border.panel import PANEL, asked_by
from tests.small_formulary import SMALL_FORMULARY
from tests.written import (
    AS_OF,
    WAYS,
    Record,
    Verdicts,
    Written,
    wire,
)

UNKNOWN = Verdict.UNKNOWN
#: lists of which it is asked whether something is there, and not how often
EXISTING = ("diagnoses", "conditions", "medications", "alterations")
each_way = pytest.mark.parametrize("way", WAYS)
#: each example is a dozen patients and some four hundred nodes
some = settings(
    max_examples=max(10, settings().max_examples // 4),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def issues(patient: Written) -> frozenset[tuple[str, str]]:
    """What cannot be read of the patient; everything where it is rejected."""
    read = assemble(wire(patient), as_of=AS_OF, formulary=SMALL_FORMULARY)
    if read.profile is None:
        return frozenset({("rejected", "")})
    return frozenset((each.code, each.fact) for each in read.issues)


def wider(found: Verdicts | None, others: Sequence[Verdicts | None]) -> list[str]:
    """The nodes that are definite, and something else in one of the others."""
    assert found is not None, "the patient is rejected"
    return [
        f"node {node} {asked_by(PANEL, node)}: {verdict.value}, and {other[node].value} in {number}"
        for node, verdict in found.items()
        if verdict is not UNKNOWN
        for number, other in enumerate(others)
        if other is not None and other[node] is not verdict
    ]


def told_once(patient: Written, *tables: str) -> bool:
    """Whether none of these lists has two records. Of two records that may be one thing neither stays certain for
    all it says, which is wider than it need be."""
    listed = [each.table for each in patient.records if each.table in tables and not each.absent]
    return len(set(listed)) == len(listed)


def told_again(patient: Written) -> bool:
    """Whether a record may be another one told again."""
    read = assemble(wire(patient), as_of=AS_OF, formulary=SMALL_FORMULARY).profile
    return read is not None and any(REPEATED in repr(getattr(read, each)) for each in LISTS)


def run(way: str, *written: Written) -> list[Verdicts | None]:
    return WAYS[way].answer(PANEL, written)


@each_way
@given(data=st.data())
@some
def test_garbage_widens(way: str, data: st.DataObject) -> None:
    """A cell that nobody can read allows what every readable text of it would give, and no more."""
    patient = WAYS[way].fit(data.draw(patients()))
    touched = [
        each for each in cells.cells(patient, WAYS[way]) if cells.garbage(patient.records[each[0]], each[1])
    ]
    assume(touched)
    place, field = data.draw(st.sampled_from(touched))
    record = patient.records[place]
    text = data.draw(st.sampled_from(cells.garbage(record, field)))
    spoilt = patient.replaced(place, record.with_text(field, text))
    readable = [
        patient.replaced(place, record.with_text(field, each)) for each in cells.readable(record, field)
    ]
    known = issues(patient)
    # What contradicts itself already is open for another reason.
    assume(not known and told_once(patient, *EXISTING))
    # So is what may be told again: of nivolumab beside "ipilimumab or nivolumab" one record is certain.
    readable = [patient, *(each for each in readable if issues(each) <= known and not told_again(each))]
    if field == "none_of":
        # What a name nobody knows denies is another thing.
        readable = [patient.without(place)]
    elif cells.sort_of(record.table, field) is Sort.OPEN_NAME:
        readable.append(patient.without(place))
    note(f"{record.table}.{field} {text!r} in {patient}")
    found, *others = run(way, spoilt, *readable)
    wrong = wider(found, others)
    assert not wrong, wrong


@each_way
@given(data=st.data())
@some
def test_doubt_widens(way: str, data: st.DataObject) -> None:
    """What is doubted may be so and may not."""
    patient = WAYS[way].fit(data.draw(patients()))
    touched = cells.cells(patient, WAYS[way])
    assume(touched)
    place, field = data.draw(st.sampled_from(touched))
    record = patient.records[place]
    named = field == "none_of" or cells.sort_of(record.table, field) is not Sort.PART
    form = data.draw(st.sampled_from(cells.DOUBTED_NAME if named else cells.DOUBTED))
    doubted = patient.replaced(place, record.with_text(field, form.format(record.fields[field])))
    others = [patient]
    assume((field == "none_of" or not issues(patient)) and told_once(patient, *EXISTING))
    if named:
        others.append(patient.without(place))
    else:
        known = issues(patient)
        given = [
            patient.replaced(place, record.with_text(field, each)) for each in cells.readable(record, field)
        ]
        others += [each for each in given if issues(each) <= known]
    note(f"{record.table}.{field} {form!r} in {patient}")
    found, *rest = run(way, doubted, *others)
    wrong = wider(found, rest)
    assert not wrong, wrong


@each_way
@given(data=st.data())
@some
def test_repetition_does_nothing(way: str, data: st.DataObject) -> None:
    """A record that stands twice makes no verdict another definite one, wherever the copy stands."""
    patient = data.draw(patients())
    if way == "rows in columns":
        many = (
            "therapies",
            "procedures",
            "radiotherapy",
            "conditions",
            "medications",
            "alterations",
            "diagnoses",
        )
        patient = WAYS[way].fit(patient)
        places = [
            n
            for n, each in enumerate(patient.records)
            if each.table in many and not each.absent and each.fields.get("index") != "yes"
        ]
    else:
        places = [n for n, each in enumerate(patient.records) if each.table != "person"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    at = data.draw(st.integers(0, len(patient.records)))
    record = patient.records[place]
    if data.draw(st.booleans()) and not record.absent:
        field = data.draw(st.sampled_from(sorted(record.fields)))
        if (record.table, field) not in cells.OPEN_NAMES and field not in ("name", "subject"):
            record = record.with_text(field, data.draw(st.sampled_from(cells.NOBODY_KNOWS)))
            patient = patient.replaced(place, record)
    twice = Written((*patient.records[:at], record, *patient.records[at:]), patient.complete)
    note(f"{record} again in {patient}")
    once, found = run(way, patient, twice)
    if once is None:
        return
    assert found is not None, "the patient is rejected"
    wrong = [
        f"node {node} {asked_by(PANEL, node)}: {once[node].value} becomes {verdict.value}"
        for node, verdict in found.items()
        if verdict is not once[node] and verdict is not UNKNOWN
    ]
    assert not wrong, wrong


def _absence_of(record: Record, patient: Written) -> str:
    own = {"therapies": "agents", "conditions": "condition", "medications": "agents", "procedures": "procedure",
           "alterations": "gene", "diagnoses": "code", "radiotherapy": "intent"}[record.table]  # fmt: skip
    text = record.fields.get(own, "")
    return "; ".join(text.replace(" or ", " + ").split(" + "))


@each_way
@given(data=st.data())
@some
def test_contradiction_opens(way: str, data: st.DataObject) -> None:
    """Of what is recorded and said to be absent, nothing stays definite that hangs on which of the two holds."""
    patient = WAYS[way].fit(data.draw(patients()))
    places = [
        n for n, each in enumerate(patient.records)
        if each.table in cells.NONE_OF and not each.absent and _absence_of(each, patient)
        and each.fields.get("index") != "yes"
        and (way != "rows in columns" or each.table not in ("alterations", "diagnoses"))
    ]  # fmt: skip
    assume(places)
    place = data.draw(st.sampled_from(places))
    record = patient.records[place]
    named = _absence_of(record, patient)
    absence = Record(record.table, {"none_of": named})
    if data.draw(st.booleans()):
        absence = absence.with_text("date", "2026-01-15")
    if way == "rows in columns":
        patient = Written(
            tuple(each for each in patient.records if not (each.absent and each.table == record.table)),
            patient.complete,
        )
        place = patient.records.index(record)
    # An event between two genes may be told again by an alteration of either, and is denied by both. Of two records
    # that may be one event, which of them counts for certain is another where one of them is denied.
    assume(told_once(patient, "alterations") and not told_again(patient))
    both = patient.and_also(absence)
    # A copy of the record elsewhere contradicts the statement too: "absent" is without all of its kind.
    rest = tuple(
        each for each in both.records
        if each.absent or each.table != record.table or _absence_of(each, patient) != named
    )  # fmt: skip
    absent = Written(rest, both.complete)
    note(f"none of {absence.fields} beside {record} in {patient}")
    found, *others = run(way, both, patient, absent)
    wrong = wider(found, others)
    assert not wrong, wrong


@each_way
@given(data=st.data())
@some
def test_an_earlier_absence_contradicts_nothing_later(way: str, data: st.DataObject) -> None:
    """It was not there then: what came afterwards stands as it stood."""
    patient = WAYS[way].fit(data.draw(patients()))
    places = [
        n for n, each in enumerate(patient.records)
        if each.table in cells.NONE_OF and not each.absent and _absence_of(each, patient)
        and ("start" in each.fields or "date" in each.fields) and each.fields.get("index") != "yes"
        and (way != "rows in columns" or each.table not in ("alterations", "diagnoses"))
    ]  # fmt: skip
    assume(places)
    record = patient.records[data.draw(st.sampled_from(places))]
    named = _absence_of(record, patient)
    # Both lists of exposure: of an undated agent in the other the statement may be right.
    beside = EXPOSURE if record.table in EXPOSURE else (record.table,)
    alone = Written((*(each for each in patient.records if each.table not in beside), record))
    both = alone.and_also(Record(record.table, {"none_of": named, "date": "2018-01-01"}))
    note(f"none of {named} in 2018 beside {record} in {alone}")
    before, found = run(way, alone, both)
    assert before is not None
    wrong = wider(before, [found])
    assert not wrong, wrong
