"""What is said of a record beside its name: qualities, causes and reasons, how long, and what is excepted."""

from typing import Any

from matcher.vocabulary.qualities import QUALITIES, Quality
from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row

#: of each list a record, and the condition that finds it
_FOUND: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "conditions": ({"condition": "pleural_effusion"}, {"condition": {"is": "pleural_effusion"}}),
    "therapies": ({"agents": ["nivolumab"]}, {"prior": {"therapy": "pd1"}}),
    "procedures": ({"procedure": "biopsy"}, {"procedure": {"is": "biopsy"}}),
    "diagnoses": ({"code": "BCC", "index": False}, {"other_cancer": {"is": "BCC"}}),
    "medications": ({"agents": ["aspirin"]}, {"medication": {"is": "aspirin"}}),
    "radiotherapy": ({"field": "chest"}, {"radiotherapy": {"field": "chest"}}),
}


def _quality(each: Quality) -> Table:
    record, asked = _FOUND[each.list]
    ((word, parameters),) = asked.items()

    def said(**fields: object) -> dict[str, Any]:
        return {each.list: [{**record, **fields}], "complete": [each.list]}

    return Table(
        f"`{word}`: `{each.name}`",
        f"{each.question} Nobody asked, it is unknown.",
        {word: {**parameters, each.name: True}},
        (
            row(MET, **said(**{each.name: True})),
            row(NOT_MET, **said(**{each.name: False})),
            row(UNKNOWN, **said()),
        ),
    )


def _effusion(**fields: object) -> dict[str, Any]:
    return {"conditions": [{"condition": "pleural_effusion", **fields}], "complete": ["conditions"]}


def _brain(**fields: object) -> dict[str, Any]:
    return {"conditions": [{"condition": "metastasis_brain", **fields}], "complete": ["conditions"]}


def _allergy(**fields: object) -> dict[str, Any]:
    return {"conditions": [{"condition": "allergy", **fields}], "complete": ["conditions"]}


def _lupus(**fields: object) -> dict[str, Any]:
    return {"conditions": [{"condition": "lupus", **fields}], "complete": ["conditions"]}


def _prednisone(**fields: object) -> dict[str, Any]:
    return {"medications": [{"agents": ["prednisone"], **fields}], "complete": ["medications"]}


def _breast(**fields: object) -> dict[str, Any]:
    return {"diagnoses": [{"code": "DCIS", "index": False, **fields}], "complete": ["diagnoses"]}


QUALITIES_OF_RECORDS = Section(
    "What is said of a record",
    "Qualities, causes and reasons belong to one record; none follows from another or from a status.",
    (
        Table(
            "A quality that is absent",
            "Without symptoms is a statement of its own.",
            {"condition": {"is": "metastasis_cns", "symptomatic": False}},
            (
                row(MET, **_brain(symptomatic=False)),
                row(NOT_MET, **_brain(symptomatic=True)),
                row(UNKNOWN, "active says nothing of symptoms", **_brain(status="active")),
            ),
        ),
        Table(
            "Two qualities",
            "Both are asked of one record.",
            {"condition": {"is": "pleural_effusion", "significant": True, "treated": False}},
            (
                row(MET, **_effusion(significant=True, treated=False)),
                row(NOT_MET, **_effusion(significant=True, treated=True)),
                row(UNKNOWN, **_effusion(significant=True)),
                row(NOT_MET, "one is enough to rule it out", **_effusion(significant=False)),
            ),
        ),
        Table(
            "Stable for a time",
            "Counted from the first day on which it was stable.",
            {"condition": {"is": "metastasis_cns", "stable_for": "4 weeks"}},
            (
                row(MET, **_brain(stable_since="2025-12-18")),
                row(NOT_MET, **_brain(stable_since="2025-12-19")),
                row(UNKNOWN, "a month lies on both sides", **_brain(stable_since="2025-12")),
                row(UNKNOWN, **_brain(status="controlled")),
            ),
        ),
        Table(
            "There at any time within a time",
            "Not when it began, but whether it was there: active since 2019 it was there in the last two years.",
            {"condition": {"is": "autoimmune_disease", "present_within": "2 years"}},
            (
                row(MET, **_lupus(status="active", start="2019")),
                row(MET, **_lupus(start="2019", end="2024-01-15")),
                row(NOT_MET, **_lupus(start="2019", end="2024-01-14")),
                row(UNKNOWN, "resolved, and nobody wrote when", **_lupus(start="2019", status="resolved")),
                row(UNKNOWN, **_lupus(start="2019")),
            ),
        ),
        Table(
            "There within a time before a planned event",
            "What lies between today and the event counts too.",
            {
                "condition": {
                    "is": "autoimmune_disease",
                    "present_within": "14 days",
                    "before": "treatment_start",
                }
            },
            (
                row(
                    MET,
                    **_lupus(start="2019", end="2026-01-11"),
                    events=[{"name": "treatment_start", "date": "2026-01-25"}],
                ),
                row(
                    NOT_MET,
                    **_lupus(start="2019", end="2026-01-10"),
                    events=[{"name": "treatment_start", "date": "2026-01-25"}],
                ),
                row(
                    MET,
                    **_lupus(status="active", start="2019"),
                    events=[{"name": "treatment_start", "date": "2026-01-15"}],
                ),
            ),
            events=("treatment_start",),
        ),
        Table(
            "Began within a time",
            "The same disease did not begin in the last two years.",
            {"condition": {"is": "autoimmune_disease", "within": "2 years"}},
            (
                row(NOT_MET, **_lupus(status="active", start="2019")),
                row(MET, **_lupus(start="2025-01")),
                row(UNKNOWN, **_lupus(status="active")),
            ),
        ),
        Table(
            "Allergy to something",
            "An allergy of which nobody wrote to what could be to anything.",
            {"allergy": {"to": "platinum"}},
            (
                row(MET, **_allergy(due_to=["cisplatin"])),
                row(MET, "one of several", **_allergy(due_to=["aspirin", "carboplatin"])),
                row(NOT_MET, **_allergy(due_to=["aspirin"])),
                row(UNKNOWN, **_allergy()),
                row(NOT_MET, conditions=[]),
                row(UNKNOWN, "a list that nobody called complete"),
            ),
        ),
        Table(
            "A toxicity of something",
            "Tied to its cause, so that another toxicity does not count.",
            {"condition": {"is": "toxicity", "due_to": "checkpoint_inhibitor", "grade_at_least": 2}},
            (
                row(
                    MET,
                    conditions=[{"condition": "toxicity", "grade": 2, "due_to": ["nivolumab"]}],
                ),
                row(
                    NOT_MET,
                    conditions=[{"condition": "toxicity", "grade": 3, "due_to": ["cisplatin"]}],
                    complete=["conditions"],
                ),
                row(UNKNOWN, conditions=[{"condition": "toxicity", "grade": 3}], complete=["conditions"]),
            ),
        ),
        Table(
            "A toxicity of an operation",
            "A cause is an agent, a class, a procedure or radiotherapy.",
            {"condition": {"is": "pneumonitis", "due_to": "radiotherapy"}},
            (
                row(
                    MET,
                    conditions=[{"condition": "pneumonitis", "due_to": ["radiotherapy"]}],
                ),
                row(
                    NOT_MET,
                    conditions=[{"condition": "pneumonitis", "due_to": ["nivolumab"]}],
                    complete=["conditions"],
                ),
                row(UNKNOWN, conditions=["pneumonitis"], complete=["conditions"]),
            ),
        ),
        Table(
            "A medicine for something",
            "Steroids for an autoimmune disease within two years.",
            {"medication": {"is": "corticosteroid", "for": "autoimmune_disease", "within": "2 years"}},
            (
                row(MET, **_prednisone(reason="lupus", end="2025-06-01")),
                row(NOT_MET, **_prednisone(reason="copd", end="2025-06-01")),
                row(UNKNOWN, **_prednisone(end="2025-06-01")),
                row(NOT_MET, **_prednisone(reason="lupus", end="2023-06-01")),
            ),
        ),
        Table(
            "A medicine for some time",
            "Counted from its first day.",
            {"medication": {"is": "corticosteroid", "lasting": "2 weeks"}},
            (
                row(MET, **_prednisone(start="2026-01-01")),
                row(NOT_MET, **_prednisone(start="2026-01-02")),
                row(UNKNOWN, **_prednisone()),
            ),
        ),
        Table(
            "Medicines with exceptions",
            "What is excepted does not count.",
            {"medication": {"is": "corticosteroid", "except": "dexamethasone"}},
            (
                row(MET, **_prednisone()),
                row(NOT_MET, medications=["dexamethasone"], complete=["medications"]),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Therapies with exceptions",
            "Any checkpoint inhibitor but one of PD-1.",
            {"prior": {"therapy": "checkpoint_inhibitor", "except": "pd1"}},
            (
                row(MET, therapies=[{"agents": ["ipilimumab"]}]),
                row(NOT_MET, therapies=[{"agents": ["nivolumab"]}], complete=["therapies"]),
                row(UNKNOWN, therapies=[{"agents": ["nivolumab"]}]),
            ),
        ),
        Table(
            "A scheme",
            "All its agents in one course; who never had one of them never had the scheme.",
            {"prior": "cispem"},
            (
                row(MET, therapies=[{"agents": ["cisplatin", "pemetrexed"]}]),
                row(
                    NOT_MET,
                    therapies=[{"agents": ["cisplatin"]}, {"agents": ["pemetrexed"]}],
                    complete=["therapies"],
                ),
                row(NOT_MET, therapies=[{"none_of": "pemetrexed"}]),
                row(UNKNOWN, therapies=[{"agents": ["cisplatin", None]}], complete=["therapies"]),
            ),
        ),
        Table(
            "An operation for something",
            "Done for this condition.",
            {"procedure": {"is": "surgery", "for": "gi_obstruction"}},
            (
                row(MET, procedures=[{"procedure": "major_surgery", "reason": "gi_obstruction"}]),
                row(
                    NOT_MET,
                    procedures=[{"procedure": "major_surgery", "reason": "fracture"}],
                    complete=["procedures"],
                ),
                row(UNKNOWN, procedures=["major_surgery"], complete=["procedures"]),
            ),
        ),
        Table(
            "Procedures with exceptions",
            "Surgery that is not minor.",
            {"procedure": {"is": "surgery", "except": "minor_surgery"}},
            (
                row(MET, procedures=["gastrectomy"]),
                row(NOT_MET, procedures=["minor_surgery"], complete=["procedures"]),
                row(UNKNOWN, procedures=["surgery"], complete=["procedures"]),
            ),
        ),
        Table(
            "Free of another cancer",
            "Counted from the first day without it, not from its diagnosis.",
            {"not": {"other_cancer": {"free_for": "3 years"}}},
            (
                row(NOT_MET, **_breast(date="2015", free_since="2023-01-15")),
                row(MET, **_breast(date="2015", free_since="2023-01-16")),
                row(UNKNOWN, **_breast(date="2015")),
            ),
        ),
        Table(
            "Free of another cancer for less than a time",
            "The very day counts as long enough.",
            {"other_cancer": {"free_less_than": "3 years"}},
            (
                row(MET, **_breast(free_since="2023-01-16")),
                row(NOT_MET, **_breast(free_since="2023-01-15")),
                row(UNKNOWN, **_breast(free_since="2023-01")),
                row(UNKNOWN, **_breast()),
            ),
        ),
        *(_quality(each) for held in QUALITIES.values() for each in held),
    ),
)
