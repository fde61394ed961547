"""Half of a character costs the patient whose record it stands in, and nobody else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from matcher.readers.outcome import Patient, Reject
from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY

HALF = "\ud83d"


@pytest.mark.parametrize("ending", ["jsonl", "json"])
@pytest.mark.parametrize(
    "odd",
    [
        {"id": f"B{HALF}", "age": 61},
        {"id": "B", "diagnosis": HALF},
        {"id": "B", HALF: 1},
        {"id": "B", "therapies": [{"agents": [f"cis{HALF}platin"]}]},
        [HALF],
        {"id": "B", "labs": {HALF: HALF}},
    ],
    ids=str,
)
def test_it_is_that_patient_alone_who_is_rejected(tmp_path: Path, ending: str, odd: object) -> None:
    whole = [{"id": "A", "age": 61}, odd, {"id": "C", "age": 62}]
    path = tmp_path / f"p.{ending}"
    text = json.dumps(whole) if ending == "json" else "".join(json.dumps(each) + "\n" for each in whole)
    path.write_text(text, encoding="utf-8")
    found = list(read_patients(path, formulary=SMALL_FORMULARY, as_of=date(2026, 1, 15)))
    assert [type(each) for each in found] == [Patient, Reject, Patient]
    rejected = found[1]
    assert isinstance(rejected, Reject)
    assert rejected.code in ("P005", "P006", "P016")
    for each in (rejected.text, rejected.patient, rejected.reason):
        each.encode()
