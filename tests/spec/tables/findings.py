"""Conditions, other cancers, procedures, radiotherapy and medicines."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row


def _pneumonitis(**fields: object) -> dict[str, object]:
    return {"condition": "pneumonitis", **fields}


_INDEX = {"code": "PLMESO", "index": True}

FINDINGS = Section(
    "Conditions, procedures and medicines",
    "Lists of presence and of absence, like those of therapies.",
    (
        Table(
            "A condition",
            "A node stands for everything below it.",
            {"condition": {"is": "autoimmune_disease", "status": "active"}},
            (
                row(MET, conditions=[{"condition": "psoriasis", "status": "active"}]),
                row(UNKNOWN, "status not stated", conditions=["psoriasis"], complete=["conditions"]),
                row(
                    NOT_MET,
                    conditions=[{"condition": "psoriasis", "status": "resolved"}],
                    complete=["conditions"],
                ),
                row(NOT_MET, conditions=[{"none_of": "autoimmune_disease"}]),
                row(UNKNOWN, conditions=[{"none_of": "psoriasis"}]),
                row(NOT_MET, conditions=[]),
                row(UNKNOWN),
            ),
        ),
        Table(
            "With exceptions",
            "What is excepted does not count.",
            {"condition": {"is": "autoimmune_disease", "except": ["vitiligo"]}},
            (
                row(NOT_MET, conditions=["vitiligo"], complete=["conditions"]),
                row(MET, conditions=["vitiligo", "lupus"]),
                row(UNKNOWN, conditions=["autoimmune_disease"], complete=["conditions"]),
            ),
        ),
        Table(
            "Since when",
            "Began within six months.",
            {"condition": {"is": "myocardial_infarction", "within": "6 months"}},
            (
                row(MET, conditions=[{"condition": "myocardial_infarction", "start": "2025-07-15"}]),
                row(
                    NOT_MET,
                    conditions=[{"condition": "myocardial_infarction", "start": "2025-07-14"}],
                    complete=["conditions"],
                ),
                row(UNKNOWN, "undated", conditions=["myocardial_infarction"], complete=["conditions"]),
            ),
        ),
        Table(
            "Of a grade",
            "CTCAE grade 2 or worse.",
            {"condition": {"is": "pneumonitis", "grade_at_least": 2}},
            (
                row(MET, conditions=[_pneumonitis(grade=2)]),
                row(NOT_MET, conditions=[_pneumonitis(grade=1)], complete=["conditions"]),
                row(UNKNOWN, conditions=[_pneumonitis()], complete=["conditions"]),
            ),
        ),
        Table(
            "Worst grade",
            "None is grade 0.",
            {"worst_grade": {"is": "pneumonitis", "at_most": 1}},
            (
                row(MET, conditions=[]),
                row(MET, conditions=[{"none_of": "pneumonitis"}]),
                row(MET, conditions=[_pneumonitis(grade=1)], complete=["conditions"]),
                row(NOT_MET, conditions=[_pneumonitis(grade=1), _pneumonitis(grade=3)]),
                row(UNKNOWN, "open list", conditions=[_pneumonitis(grade=1)]),
            ),
        ),
        Table(
            "Another cancer",
            "The index cancer is none; a possible index cancer may be one.",
            {"other_cancer": {"within": "3 years", "except": ["BCC"]}},
            (
                row(MET, diagnoses=[_INDEX, {"code": "BRCA", "date": "2024-05-01"}]),
                row(
                    NOT_MET,
                    "longer ago",
                    diagnoses=[_INDEX, {"code": "BRCA", "date": "2020-05-01"}],
                    complete=["diagnoses"],
                ),
                row(
                    NOT_MET,
                    "an exception",
                    diagnoses=[_INDEX, {"code": "BCC", "date": "2025-05-01"}],
                    complete=["diagnoses"],
                ),
                row(NOT_MET, diagnoses=[_INDEX], complete=["diagnoses"]),
                row(UNKNOWN, diagnoses=[_INDEX]),
            ),
        ),
        Table(
            "A procedure",
            "Within four weeks.",
            {"procedure": {"is": "major_surgery", "within": "28 days"}},
            (
                row(MET, procedures=[{"procedure": "major_surgery", "start": "2025-12-18"}]),
                row(
                    NOT_MET,
                    procedures=[{"procedure": "major_surgery", "start": "2025-12-17"}],
                    complete=["procedures"],
                ),
                row(NOT_MET, procedures=[]),
            ),
        ),
        Table(
            "Radiotherapy",
            "To the chest, within 14 days.",
            {"radiotherapy": {"field": "chest", "within": "14 days"}},
            (
                row(MET, radiotherapy=[{"field": "chest", "end": "2026-01-01"}]),
                row(
                    NOT_MET, radiotherapy=[{"field": "bone", "end": "2026-01-01"}], complete=["radiotherapy"]
                ),
                row(UNKNOWN, radiotherapy=[{"end": "2026-01-01"}], complete=["radiotherapy"]),
                row(NOT_MET, radiotherapy=[{"none_of": "any"}]),
            ),
        ),
        Table(
            "Dose of radiotherapy",
            "The sum over all courses to the field.",
            {"radiotherapy_dose": {"field": "chest", "at_most": "50 Gy"}},
            (
                row(
                    MET,
                    radiotherapy=[{"field": "chest", "dose": 30}, {"field": "chest", "dose": "2000 cGy"}],
                    complete=["radiotherapy"],
                ),
                row(NOT_MET, radiotherapy=[{"field": "chest", "dose": 50}, {"field": "chest", "dose": 1}]),
                row(UNKNOWN, "open list", radiotherapy=[{"field": "chest", "dose": 30}]),
                row(UNKNOWN, radiotherapy=[{"field": "chest"}], complete=["radiotherapy"]),
                row(MET, radiotherapy=[]),
            ),
        ),
        Table(
            "A medicine",
            "Taken now.",
            {"medication": "antiplatelet"},
            (
                row(MET, medications=["aspirin"]),
                row(
                    NOT_MET,
                    medications=[{"agents": "aspirin", "end": "2026-01-10"}],
                    complete=["medications"],
                ),
                row(NOT_MET, medications=["folic_acid"], complete=["medications"]),
                row(UNKNOWN, unreadable=True, medications=["XK-77"], complete=["medications"]),
                row(NOT_MET, medications=[{"none_of": "antiplatelet"}]),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Prednisone equivalent",
            "0.75 mg of dexamethasone stand for 5 mg of prednisone.",
            {"daily_dose": {"is": "corticosteroid", "as": "prednisone", "above": "10 mg"}},
            (
                row(NOT_MET, medications=[{"agents": "prednisone", "dose": 10}], complete=["medications"]),
                row(
                    NOT_MET,
                    "exactly on the limit",
                    medications=[{"agents": "dexamethasone", "dose": 1.5}],
                    complete=["medications"],
                ),
                row(
                    MET,
                    medications=[
                        {"agents": "prednisone", "dose": 8},
                        {"agents": "dexamethasone", "dose": 0.5},
                    ],
                ),
                row(UNKNOWN, medications=["prednisone"], complete=["medications"]),
                row(NOT_MET, medications=[]),
            ),
        ),
    ),
)
