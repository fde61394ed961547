"""The profile as it travels: what an intake form or a vendor posts, and what a case beside a rule writes.

Every fact is optional, and what is left out is unknown. Leaving a list out means that nobody asked; an empty
list means that somebody asked and there is nothing. A value may be every value it could be: ``"<5"``,
``"0-1"``, ``["IIIA", "IIIB"]``, ``2025-03``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model

from matcher.domain.wire.leaf import (
    AgentsValue,
    CodeValue,
    DateValue,
    FactValue,
    NumberValue,
    TextsValue,
    TextValue,
)
from matcher.vocabulary.observations import OBSERVATIONS, ObservationType
from matcher.vocabulary.qualities import QUALITIES


class WireRow(BaseModel):
    """One record; a field that does not exist is refused, so that a misspelt one cannot get lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ObservationRow(WireRow):
    """A value with its unit and day."""

    value: FactValue = Field(description="The value, or every value it could be.")
    unit: TextValue | None = Field(None, description="UCUM unit; the canonical one where left out.")
    date: DateValue | None = Field(None, description="The day it was found.")
    subject: TextValue | None = Field(None, description="What it is about: suitable for *cisplatin*.")


class DiagnosisRow(WireRow):
    """A cancer. With several, `index` marks the one that treatment is sought for."""

    code: CodeValue | None = Field(None, description="OncoTree code or name.")
    index: CodeValue | None = Field(None, description="Whether this is the cancer treatment is sought for.")
    confirmed: CodeValue | None = Field(None, description="Confirmed or only suspected.")
    histology: CodeValue | None = Field(None, description="Histological type.")
    status: CodeValue | None = Field(None, description="Active, in remission, cured.")
    date: DateValue | None = Field(None, description="Day of the diagnosis.")
    free_since: DateValue | None = Field(None, description="First day without it, treated or in remission.")


class TnmRow(WireRow):
    """A TNM classification with the edition it was made by."""

    edition: CodeValue | None = Field(None, description="Edition of the TNM classification, such as 8.")
    t: CodeValue | None = Field(None, description="T category; TX is all it could be.")
    n: CodeValue | None = Field(None, description="N category.")
    m: CodeValue | None = Field(None, description="M category.")
    basis: CodeValue | None = Field(None, description="Clinical or pathological.")
    date: DateValue | None = Field(None, description="The day it was made.")


class StageRow(WireRow):
    """A stage with the scheme it belongs to."""

    value: CodeValue = Field(description="The stage, such as IIIA.")
    scheme: CodeValue | None = Field(None, description="Staging scheme and edition.")
    date: DateValue | None = Field(None, description="The day it was made.")


class StagingRow(TnmRow):
    """A TNM classification and the stage recorded with it."""

    stage: CodeValue | None = Field(None, description="The stage, such as IIIA.")
    scheme: CodeValue | None = Field(None, description="Staging scheme and edition.")


class LabRow(WireRow):
    """A laboratory value; the limits of normal are in the unit of the value."""

    test: CodeValue = Field(description="Name of the test, such as haemoglobin.")
    value: NumberValue = Field(description="The value, with its unit or without: 9.1, '9.1 g/dL', '<5'.")
    unit: TextValue | None = Field(None, description="UCUM unit, such as g/dL.")
    date: DateValue | None = Field(None, description="Day of the sample.")
    uln: NumberValue | None = Field(None, description="Upper limit of normal of the laboratory.")
    lln: NumberValue | None = Field(None, description="Lower limit of normal of the laboratory.")


class BiomarkerRow(WireRow):
    """A marker of tumour or blood."""

    marker: CodeValue = Field(description="Name of the marker, such as mesothelin.")
    method: CodeValue | None = Field(None, description="How it was measured, such as ihc.")
    specimen: CodeValue | None = Field(None, description="What it was measured on.")
    status: CodeValue | None = Field(None, description="Positive or negative, as reported.")
    percent_positive: NumberValue | None = Field(
        None, description="Share of tumour cells that stain, with at least `intensity_at_least`."
    )
    intensity_at_least: NumberValue | None = Field(
        None, description="The intensity (1, 2, 3) that `percent_positive` counts from; 1 where left out."
    )
    percent_1: NumberValue | None = Field(None, description="Share of cells at 1+ and no more, as reported.")
    percent_2: NumberValue | None = Field(None, description="Share of cells at 2+ and no more, as reported.")
    percent_3: NumberValue | None = Field(None, description="Share of cells at 3+, as reported.")
    percent_at_least_1: NumberValue | None = Field(None, description="Share of cells at 1+ or more.")
    percent_at_least_2: NumberValue | None = Field(
        None, description="Share of cells at 2+ or more; without it the sum of those at 2+ and at 3+."
    )
    percent_at_least_3: NumberValue | None = Field(None, description="Share of cells at 3+.")
    intensity: NumberValue | None = Field(None, description="Overall intensity, 0 to 3.")
    score: NumberValue | None = Field(None, description="A combined score.")
    score_type: CodeValue | None = Field(None, description="Which score: TPS, CPS, …")
    number: NumberValue | None = Field(None, description="A plain number, such as mutations per megabase.")
    category: CodeValue | None = Field(None, description="A category, such as msi_high.")
    date: DateValue | None = Field(None, description="Day of the sample.")


class AbsenceRow(WireRow):
    """A statement that none of these is or was present."""

    none_of: TextsValue = Field(description="Classes, agents, conditions, procedures, genes.")
    date: DateValue | None = Field(None, description="The day the statement was made.")
    label: TextValue | None = Field(None, description="The words it was made in.")


class AlterationRow(WireRow):
    """A gene alteration that was found."""

    gene: CodeValue = Field(description="HUGO symbol.")
    kind: CodeValue | None = Field(None, description="Mutation, amplification, fusion, …")
    protein_change: CodeValue | None = Field(None, description="Such as V600E.")
    copy_number: NumberValue | None = Field(None, description="Number of copies.")
    partner: CodeValue | None = Field(None, description="Fusion partner.")
    date: DateValue | None = Field(None, description="Day of the sample.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class CourseRow(WireRow):
    """One course of therapy against the cancer."""

    agents: AgentsValue | None = Field(
        None, description="Names of the agents. `null` in the list is an agent nobody can name."
    )
    kind: CodeValue | None = Field(None, description="Systemic, intracavitary, supportive, …")
    start: DateValue | None = Field(None, description="First dose.")
    end: DateValue | None = Field(None, description="Last dose.")
    ongoing: CodeValue | None = Field(None, description="Whether it is still being given.")
    line: NumberValue | None = Field(None, description="Line of therapy.")
    role: CodeValue | None = Field(None, description="Neoadjuvant, adjuvant, maintenance, …")
    response: CodeValue | None = Field(None, description="Best response.")
    progressed: CodeValue | None = Field(None, description="Whether the disease progressed on or after it.")
    progression_date: DateValue | None = Field(None, description="Day of the progression.")
    stopped_for: CodeValue | None = Field(None, description="Why it was stopped.")
    cycles: NumberValue | None = Field(None, description="Cycles given.")
    label: TextValue | None = Field(None, description="The words of the record.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class ProcedureRow(WireRow):
    """Surgery, a biopsy, a drainage, a transfusion, a transplant."""

    procedure: CodeValue | None = Field(None, description="Code or name of the procedure.")
    start: DateValue | None = Field(None, description="The day.")
    end: DateValue | None = Field(None, description="The last day, where it took several.")
    reason: CodeValue | None = Field(None, description="The condition it was done for.")
    label: TextValue | None = Field(None, description="The words of the record.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class RadiotherapyRow(WireRow):
    """One course of radiotherapy."""

    field: CodeValue | None = Field(None, description="What was irradiated.")
    intent: CodeValue | None = Field(None, description="Curative, palliative, prophylactic.")
    dose: NumberValue | None = Field(None, description="Total dose.")
    unit: TextValue | None = Field(None, description="Gy or cGy; Gy where left out.")
    start: DateValue | None = Field(None, description="First day.")
    end: DateValue | None = Field(None, description="Last day.")
    ongoing: CodeValue | None = Field(None, description="Whether it is still being given.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class ConditionRow(WireRow):
    """A disease or finding beside the index cancer."""

    condition: CodeValue | None = Field(None, description="Code or name of the condition.")
    status: CodeValue | None = Field(None, description="Active, controlled, resolved, …")
    grade: NumberValue | None = Field(None, description="CTCAE grade or NYHA class.")
    start: DateValue | None = Field(None, description="When it began.")
    end: DateValue | None = Field(None, description="When it was over.")
    due_to: AgentsValue | None = Field(
        None,
        description="What it is an allergy to, or a toxicity of: agents, classes, procedures, radiotherapy.",
    )
    stable_since: DateValue | None = Field(None, description="First day from which on it has been stable.")
    label: TextValue | None = Field(None, description="The words of the record.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class MedicationRow(WireRow):
    """A medicine that does not treat the cancer."""

    agents: AgentsValue | None = Field(None, description="Names of the agents.")
    dose: NumberValue | None = Field(None, description="Daily dose.")
    unit: TextValue | None = Field(None, description="mg/d, mg or g a day; mg a day where left out.")
    start: DateValue | None = Field(None, description="First dose.")
    end: DateValue | None = Field(None, description="Last dose.")
    ongoing: CodeValue | None = Field(None, description="Whether it is still being taken.")
    route: CodeValue | None = Field(None, description="Oral, inhaled, topical, …")
    reason: CodeValue | None = Field(None, description="The condition it is taken for.")
    label: TextValue | None = Field(None, description="The words of the record.")
    assertion: CodeValue | None = Field(
        None, description="Whether it is so: present, suspected, absent, or not the patient's (family)."
    )


class EventRow(WireRow):
    """Something that happened or is planned on a day."""

    name: TextValue = Field(description="Name of the event, such as leukapheresis.")
    date: DateValue = Field(description="The day.")


class JudgementRow(WireRow):
    """What a person says of one criterion: one left to a person, or one whose computed verdict is overridden."""

    candidate: TextValue = Field(description="The trial or regimen, such as NCT04577326.")
    criterion: TextValue = Field(description="The criterion, such as I-05.")
    verdict: CodeValue = Field(
        description="As the criterion is worded: met, not met or unknown; of an exclusion or a caution that it "
        "applies, does not apply, or unknown."
    )
    person: TextValue | None = Field(None, description="Who judged.")
    day: DateValue | None = Field(None, description="The day it was judged.")
    reason: TextValue | None = Field(None, description="Why, in the person's own words.")
    source: TextValue | None = Field(None, description="Where it is written down: a note, a form, a meeting.")
    of: TextValue | None = Field(
        None,
        description="The version that was judged, as shown beside the criterion. Once the rule, or a fact that the "
        "criterion rests on, is another one, the judgement no longer counts.",
    )


def _with_qualities(table: str, row: type[WireRow]) -> type[WireRow]:
    """The row with one field for each quality that a record of the table can have."""
    fields: dict[str, Any] = {
        each.name: (CodeValue | None, Field(None, description=f"{each.question} (yes or no)"))
        for each in QUALITIES[table]
    }
    return create_model(row.__name__, __base__=row, __doc__=row.__doc__, **fields)


ROWS: Mapping[str, type[WireRow]] = {
    "diagnoses": _with_qualities("diagnoses", DiagnosisRow),
    "tnm": TnmRow,
    "stage": StageRow,
    "staging": StagingRow,
    "labs": LabRow,
    "biomarkers": BiomarkerRow,
    "alterations": AlterationRow,
    "therapies": _with_qualities("therapies", CourseRow),
    "procedures": _with_qualities("procedures", ProcedureRow),
    "radiotherapy": _with_qualities("radiotherapy", RadiotherapyRow),
    "conditions": _with_qualities("conditions", ConditionRow),
    "medications": _with_qualities("medications", MedicationRow),
    "events": EventRow,
    "judgements": JudgementRow,
}
"""The tables of the wire profile by name."""

NAMED_BY: Mapping[str, str] = {
    "diagnoses": "code",
    "labs": "test",
    "biomarkers": "marker",
    "alterations": "gene",
    "therapies": "agents",
    "procedures": "procedure",
    "conditions": "condition",
    "medications": "agents",
    "events": "name",
    "stage": "value",
    "radiotherapy": "field",
}
"""The field that a bare text in a table stands for: ``conditions: [hiv]``."""

SHORT_FOR_ONE = frozenset({"tnm", "stage", "staging"})
"""Tables in which one record may stand without a list."""

_PERSON: Mapping[str, tuple[Any, str]] = {
    "id": (TextValue, "Identifier of the patient."),
    "as_of": (DateValue, "The day the profile describes; ages and windows count to it."),
    "index_date": (DateValue, "The day that whole numbers among the dates count from."),
    "age": (NumberValue | ObservationRow, "Completed years on the as-of day, or on a day given with it."),
    "birth_date": (DateValue, "Day, month or year of birth."),
    "diagnosis": (CodeValue, "OncoTree code or name of the index cancer, where it is the only one."),
    "histology": (CodeValue, "Histological type of the index cancer."),
    "complete": (TextsValue, "Lists in which everything there is has been entered."),
    "assumptions": (TextsValue, "What was taken for granted when the profile was made."),
}

FIELDS = frozenset({*_PERSON, *OBSERVATIONS, *ROWS})
"""Every field of the wire profile."""


def _table(name: str) -> Any:
    row: Any = ROWS[name]
    named: Any = row | AbsenceRow if name in LISTS else row
    members: Any = list[named | str] if name in NAMED_BY else list[named]
    if name in SHORT_FOR_ONE:
        members = members | row | str if name in NAMED_BY else members | row
    if name == "labs":
        members = members | dict[str, NumberValue | LabValue]
    if name == "events":
        members = members | dict[str, DateValue]
    return members


class LabValue(WireRow):
    """A laboratory value whose test is the key it stands under."""

    value: NumberValue = Field(description="The value, with its unit or without.")
    unit: TextValue | None = Field(None, description="UCUM unit, such as g/dL.")
    date: DateValue | None = Field(None, description="Day of the sample.")
    uln: NumberValue | None = Field(None, description="Upper limit of normal of the laboratory.")
    lln: NumberValue | None = Field(None, description="Lower limit of normal of the laboratory.")


LISTS = frozenset(
    {"diagnoses", "alterations", "therapies", "procedures", "radiotherapy", "conditions", "medications"}
)
"""Tables that can be complete, and hold statements of absence."""

WireProfile: TypeAlias = BaseModel


@cache
def wire_profile() -> type[WireProfile]:
    """The model of a whole profile, made from the tables and the list of observations."""
    fields: dict[str, Any] = {
        name: (kind | None, Field(None, description=text)) for name, (kind, text) in _PERSON.items()
    }
    for name, observed in OBSERVATIONS.items():
        kind = FactValue | ObservationRow | list[ObservationRow]
        fields[name] = (kind | None, Field(None, description=_described(observed)))
    for name, row in ROWS.items():
        fields[name] = (_table(name) | None, Field(None, description=(row.__doc__ or "").partition("\n")[0]))
    return create_model(
        "Profile",
        __config__=ConfigDict(extra="forbid", title="Patient profile"),
        __doc__="One patient. Every fact is optional, and what is left out is unknown.",
        **fields,
    )


def _described(observed: ObservationType) -> str:
    if observed.codes:
        return f"{observed.title}: {', '.join(observed.codes)}."
    unit = f" {observed.unit}" if observed.unit else ""
    return f"{observed.title}, {observed.low:g} to {observed.high:g}{unit}."


def profile_schema() -> dict[str, Any]:
    """JSON Schema of the wire profile."""
    return wire_profile().model_json_schema()
