"""Writing a profile and reading it again gives the same profile."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NOT_UNDERSTOOD
from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import Listing
from matcher.domain.source import UNSTATED
from matcher.domain.wire import dump, profile_schema, wire_profile
from matcher.domain.wire.model import FIELDS, ROWS
from matcher.readers.assemble import assemble
from matcher.vocabulary import codes
from matcher.vocabulary.biomarkers import MARKERS, METHOD
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.procedures import PROCEDURES
from tests.unit.readers.small import AS_OF, FORMULARY

DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31)).map(date.isoformat)
DATES = st.one_of(
    DAYS,
    DAYS.map(lambda day: day[:7]),
    DAYS.map(lambda day: day[:4]),
    st.tuples(DAYS, DAYS).map(lambda pair: {"from": min(pair), "to": max(pair)}),
    DAYS.map(lambda day: {"to": day}),
)
AGENTS = st.lists(
    st.sampled_from(
        ["cisplatin", "alimta", "platinum", "nivolumab or placebo", "ide-cel", "leucovorin", None]
    )
    | st.just(["cisplatin", "nivolumab"]),
    min_size=1,
    max_size=3,
)
PERCENTS = st.integers(0, 100) | st.sampled_from(["<5", ">=10", "40-60", "[0, 12.5)"])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def listed(row: st.SearchStrategy[Any], absent: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    stated = st.fixed_dictionaries({"none_of": absent}, optional={"date": DATES})
    return st.lists(row | stated, max_size=3)


def observation(name: str) -> st.SearchStrategy[Any]:
    kind = OBSERVATIONS[name]
    value: st.SearchStrategy[Any] = (
        st.sampled_from(kind.codes) if kind.codes else st.just((kind.low + kind.high) // 2)
    )
    if name == "karnofsky":
        value = st.sampled_from([50, 100, "80-90"])
    return value | st.lists(
        st.fixed_dictionaries({"value": value}, optional={"date": DATES}), min_size=1, max_size=2
    )


LABS = st.sampled_from(sorted(LAB_TESTS)).flatmap(
    lambda name: st.fixed_dictionaries(
        {
            "test": st.just(name),
            "value": st.sampled_from(
                [
                    LAB_TESTS[name].low,
                    LAB_TESTS[name].high,
                    f"<{LAB_TESTS[name].high!r}",
                    f">{LAB_TESTS[name].low!r}",
                ]
            ),
            "unit": st.just(LAB_TESTS[name].unit),
        },
        optional={"date": DATES},
    )
)
WIRES = some(
    age=st.integers(0, 120) | st.just(">89"),
    birth_date=st.dates(date(1930, 1, 1), date(2005, 1, 1)).map(date.isoformat),
    diagnosis=st.sampled_from(["PLMESO", "STAD", "mesothelioma", "PLMESO or IDC"]),
    histology=st.sampled_from(["epithelioid", "non_epithelioid", "biphasic or sarcomatoid"]),
    tnm=some(
        edition=st.sampled_from(["7", "8"]),
        t=st.sampled_from(["T1", "TX", "T3 or T4"]),
        m=st.just("MX"),
        date=DATES,
    ),
    stage=st.sampled_from([{"scheme": "ajcc8_pleural", "value": "III"}, {"scheme": "iss", "value": "II"}]),
    labs=st.lists(LABS, max_size=3),
    biomarkers=st.lists(
        st.fixed_dictionaries(
            {"marker": st.sampled_from([code for code in MARKERS.codes if not code.startswith("hla")])},
            optional={
                "method": st.sampled_from([each for each in METHOD.codes if each in ("ihc", "fish", "ngs")]),
                "percent_positive": PERCENTS,
                "intensity_at_least": st.integers(1, 3),
                "intensity": st.integers(0, 3),
                "status": st.sampled_from(["positive", "negative"]),
                "date": DATES,
            },
        ),
        max_size=2,
    ),
    alterations=listed(
        some(gene=st.sampled_from(["NF2", "HER2"]), kind=st.just("mutation")), st.just("BAP1")
    ),
    therapies=listed(
        some(
            agents=AGENTS,
            kind=st.sampled_from(codes.THERAPY_KIND.codes),
            start=DATES,
            end=DATES,
            ongoing=st.booleans(),
            line=st.integers(1, 5),
            response=st.sampled_from(codes.RESPONSES),
            progressed=st.booleans(),
            progression_date=DATES,
            label=st.just("as written"),
        ),
        st.sampled_from(["checkpoint_inhibitor", "cisplatin"]),
    ),
    procedures=listed(
        some(procedure=st.sampled_from(PROCEDURES.codes), start=DATES, end=DATES), st.just("surgery")
    ),
    radiotherapy=listed(
        some(field=st.sampled_from(codes.RADIOTHERAPY_FIELD.codes), dose=st.integers(0, 80)), st.just("any")
    ),
    conditions=listed(
        st.sampled_from(CONDITIONS.codes)
        | some(condition=st.sampled_from(CONDITIONS.codes), grade=st.integers(0, 5), start=DATES),
        st.sampled_from(CONDITIONS.codes),
    ),
    medications=listed(
        some(agents=AGENTS, dose=st.integers(0, 50), end=DATES, ongoing=st.booleans()), st.just("aspirin")
    ),
    events=st.lists(
        st.fixed_dictionaries({"name": st.sampled_from(codes.EVENTS), "date": DATES}), max_size=2
    ),
    complete=st.lists(st.sampled_from(LISTS), unique=True),
    assumptions=st.just(["taken from a letter"]),
    **{name: observation(name) for name in OBSERVATIONS},
)


def bare(profile: Profile) -> Profile:
    """The profile without the places it was read from."""

    def each(records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(record, source=UNSTATED) for record in records)

    changed: dict[str, Any] = {
        name: each(getattr(profile, name))
        for name in ("observations", "staging", "labs", "biomarkers", "events")
    }
    for name in LISTS:
        held = profile.listing(name)
        # A statement is written name by name, so that each is a name of its own when it is read again.
        absences = tuple(replace(one, names=()) for one in each(held.absences))
        changed[name] = Listing(each(held.records), absences, held.complete)
    return replace(profile, birth_source=UNSTATED, **changed)


def read(wire: dict[str, Any]) -> Profile:
    result = assemble(wire, as_of=AS_OF, formulary=FORMULARY)
    assert result.profile is not None
    return result.profile


@given(WIRES)
def test_a_profile_that_is_written_reads_as_itself(wire: dict[str, Any]) -> None:
    result = assemble(wire, as_of=AS_OF, formulary=FORMULARY)
    profile = result.profile
    assert profile is not None
    written = json.loads(json.dumps(dump(profile)))
    again = assemble(written, as_of=None, formulary=FORMULARY)
    assert {each.text for each in again.issues} <= {NOT_UNDERSTOOD}
    assert again.profile is not None
    assert bare(again.profile) == bare(profile)


@pytest.mark.parametrize(
    "wire",
    [
        {"conditions": ["?hiv", "lupus", {"none_of": "lupus"}]},
        {"therapies": [{"agents": ["cisplatin", "nivolumab"]}, {"none_of": "nivolumab"}]},
        {
            "therapies": ["nivolumab?"],
            "biomarkers": [{"marker": "mesotelin", "status": "positive", "method": "ihc"}],
        },
        {"alterations": [{"gene": "BRAF", "protein_change": "V600E"}, {"none_of": "BRAF V600E"}]},
        {"alterations": [{"gene": "EML4", "partner": "ALK", "kind": "fusion"}, {"none_of": "ALK"}]},
        {"alterations": [{"gene": "EGFR", "protein_change": "exon 19 deletion", "assertion": "suspected"}]},
        {"alterations": [{"gene": "BRAF", "protein_change": "V600 not detected"}, "no EML4-ALK fusion"]},
        {"diagnoses": [{"code": "PLMESO", "index": True}, {"none_of": "PLMESO"}]},
    ],
    ids=str,
)
def test_what_is_doubted_or_denied_is_written_with_its_doubt(wire: dict[str, Any]) -> None:
    """Each part with its own doubt: beside a nivolumab that is denied the cisplatin of the course stays certain."""
    profile = read(wire)
    assert bare(read(json.loads(json.dumps(dump(profile))))) == bare(profile)


@given(WIRES)
def test_what_is_written_fits_the_schema(wire: dict[str, Any]) -> None:
    wire_profile().model_validate(dump(read(wire)))


def test_a_whole_unknown_date_is_not_lost() -> None:
    always = {"from": "0001-01-01"}
    profile = read({"procedures": [{"procedure": "biopsy", "start": always}]})
    assert profile.procedures.records[0].start == DateSpan(date.min, date.max)
    assert bare(read(dump(profile))) == bare(profile)


def test_the_schema_names_every_field_and_refuses_others() -> None:
    schema = profile_schema()
    assert set(schema["properties"]) == FIELDS
    assert schema["additionalProperties"] is False
    assert schema["required" if "required" in schema else "type"] == "object"


@pytest.mark.parametrize("table", sorted(ROWS))
def test_every_field_of_a_row_says_what_it_holds(table: str) -> None:
    assert all(field.description for field in ROWS[table].model_fields.values())


@pytest.mark.parametrize(
    "wire",
    [
        {"labs": {"haemoglobin": "9.1 g/dL"}},
        {"labs": [{"test": "haemoglobin", "value": "<5", "unit": "g/dL"}]},
        {"ecog": "0-1", "conditions": ["hiv", {"none_of": ["hepatitis_b"]}]},
        {"therapies": [{"agents": ["cisplatin", None, ["a", "b"]]}], "tnm": {"edition": 8, "t": "T1"}},
        {"events": {"leukapheresis": "2026-02-01"}, "age": {"value": 61, "date": "2025"}},
    ],
)
def test_the_schema_knows_the_short_forms(wire: dict[str, Any]) -> None:
    wire_profile().model_validate(wire)


@pytest.mark.parametrize("wire", [{"agee": 61}, {"labs": [{"tset": "alt"}]}, {"ecog": {"value": {}}}])
def test_the_schema_refuses_what_does_not_exist(wire: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wire_profile().model_validate(wire)
