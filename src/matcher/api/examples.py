"""Examples of the OpenAPI document; the tests send them."""

from __future__ import annotations

from typing import Any

PROFILE: dict[str, Any] = {
    "id": "P-001",
    "as_of": "2026-01-15",
    "birth_date": "1961-04-09",
    "sex": "male",
    "ecog": {"value": 1, "date": "2026-01-12"},
    "diagnoses": [{"code": "PLMESO", "histology": "epithelioid", "confirmed": "yes", "index": True}],
    "resectability": "unresectable",
    "labs": [
        {"test": "haemoglobin", "value": 12.4, "unit": "g/dL", "date": "2026-01-10"},
        {"test": "platelets", "value": 245, "unit": "10*9/L", "date": "2026-01-10"},
    ],
    "therapies": [],
    "conditions": [{"none_of": ["hiv", "autoimmune_disease"]}],
}

ANSWERS: dict[str, Any] = {
    "answers": {
        "ecog": {"value": "1", "date": "2026-01-10"},
        "diagnosis": {"value": "PLMESO"},
        "lab:haemoglobin": {"value": 7.7, "unit": "mmol/L", "date": "2026-01-10"},
        "condition:hiv": {"value": "no"},
        "therapies/1": {"agents": ["cisplatin", "pemetrexed"], "start": "2025-06", "end": "2025-10-02"},
        "therapies": "complete",
        "karnofsky": "unknown",
    }
}

BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "P-001", "gender": "male", "birthDate": "1961-04-09"}},
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]},
                "subject": {"reference": "Patient/P-001"},
                "effectiveDateTime": "2026-01-12",
                "valueInteger": 1,
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {
                    "coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}]
                },
                "subject": {"reference": "Patient/P-001"},
                "effectiveDateTime": "2026-01-10",
                "valueQuantity": {"value": 12.4, "unit": "g/dL", "code": "g/dL"},
            }
        },
    ],
}
"""A patient in FHIR R4."""
