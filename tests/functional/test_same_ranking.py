"""One synthetic patient in six formats: the same criteria met, the same ranking."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from pyarrow import csv, parquet

from matcher.engines.planes.single import SingleEngine
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook

DAY = date(2026, 1, 15)
LOINC, ICD = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
BORN, SEEN = "1961-04-09", "2026-01-10"
#: code in LOINC, name of ours, value, unit
RESULTS = (
    ("89247-1", "ecog", 1, ""),
    ("718-7", "haemoglobin", 12.4, "g/dL"),
    ("777-3", "platelets", 245, "10*3/uL"),
    ("2160-0", "creatinine", 0.9, "mg/dL"),
)


def wide(folder: Path) -> tuple[Path, str]:
    names = "patient_id,birth_date,sex,diagnosis,diagnosis_date,ecog,ecog_date,labs_date"
    values = f"P-1,{BORN},male,PLMESO,2025-11-02,1,{SEEN},{SEEN}"
    for _, name, value, unit in RESULTS[1:]:
        names += f",{name},{name}_unit"
        values += f",{value},{unit}"
    path = folder / "patients.csv"
    path.write_text(
        f"{names},condition_1,condition_1_start\n{values},hypertension,2020-05-01\n", encoding="utf-8"
    )
    return path, ""


def wire(folder: Path) -> tuple[Path, str]:
    labs = [{"test": n, "value": v, "unit": u, "date": SEEN} for _, n, v, u in RESULTS[1:]]
    profile = {
        "id": "P-1",
        "birth_date": BORN,
        "sex": "male",
        "diagnoses": [{"code": "PLMESO", "date": "2025-11-02"}],
        "ecog": {"value": 1, "date": SEEN},
        "labs": labs,
        "conditions": [{"condition": "hypertension", "start": "2020-05-01"}],
    }
    path = folder / "patients.json"
    path.write_text(json.dumps(profile), encoding="utf-8")
    return path, ""


def fhir(folder: Path) -> tuple[Path, str]:
    about = {"subject": {"reference": "Patient/P-1"}}

    def coded(system: str, code: str) -> dict[str, Any]:
        return {"coding": [{"system": system, "code": code}]}

    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "P-1", "gender": "male", "birthDate": BORN},
        {"resourceType": "Condition", **about, "code": coded(ICD, "C45.0"), "onsetDateTime": "2025-11-02"},
        {"resourceType": "Condition", **about, "code": coded(ICD, "I10"), "onsetDateTime": "2020-05-01"},
    ]
    for code, _, value, unit in RESULTS:
        resources.append(
            {
                "resourceType": "Observation",
                "status": "final",
                **about,
                "code": coded(LOINC, code),
                "effectiveDateTime": f"{SEEN}T09:30:00Z",
                "valueQuantity": {"value": value, **({"code": unit} if unit else {})},
            }
        )
    path = folder / "bundle.json"
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": r} for r in resources],
    }
    path.write_text(json.dumps(bundle), encoding="utf-8")
    return path, ""


def phenopacket(folder: Path) -> tuple[Path, str]:
    packet = {
        "id": "x",
        "subject": {"id": "P-1", "dateOfBirth": f"{BORN}T00:00:00Z", "sex": "MALE"},
        "diseases": [
            {"term": {"id": "ICD10:C45.0", "label": ""}, "onset": {"timestamp": "2025-11-02T00:00:00Z"}},
            {"term": {"id": "ICD10:I10", "label": ""}, "onset": {"timestamp": "2020-05-01T00:00:00Z"}},
        ],
        "measurements": [
            {
                "assay": {"id": f"LOINC:{code}", "label": ""},
                "value": {"quantity": {"value": value, "unit": {"id": f"UCUM:{unit}" if unit else ""}}},
                "timeObserved": {"timestamp": f"{SEEN}T09:30:00Z"},
            }
            for code, _, value, unit in RESULTS
        ],
        "metaData": {"phenopacketSchemaVersion": "2.0.0"},
    }
    path = folder / "packet.json"
    path.write_text(json.dumps(packet), encoding="utf-8")
    return path, ""


def omop(folder: Path) -> tuple[Path, str]:
    concepts = ["concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_code"]
    concepts += [f"{100 + n}\t{row[1]}\tMeasurement\tLOINC\t{row[0]}" for n, row in enumerate(RESULTS)]
    concepts += ["200\tx\tCondition\tICD10CM\tC45.0", "201\ty\tCondition\tICD10CM\tI10"]
    (folder / "concept.csv").write_text("\n".join(concepts) + "\n", encoding="utf-8")
    (folder / "person.csv").write_text(
        "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth\nP-1,8507,1961,4,9\n",
        encoding="utf-8",
    )
    (folder / "condition_occurrence.csv").write_text(
        "person_id,condition_concept_id,condition_start_date\nP-1,200,2025-11-02\nP-1,201,2020-05-01\n",
        encoding="utf-8",
    )
    rows = ["person_id,measurement_concept_id,measurement_date,value_as_number,unit_source_value"]
    rows += [f"P-1,{100 + n},{SEEN},{row[2]},{row[3]}" for n, row in enumerate(RESULTS)]
    (folder / "measurement.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder, "omop"


def omop_parquet(folder: Path) -> tuple[Path, str]:
    """The same tables as Parquet: numbers are numbers, and days are days."""
    tables = folder / "csv"
    tables.mkdir()
    omop(tables)
    for path in tables.glob("*.csv"):
        options = csv.ParseOptions(delimiter="\t" if path.stem == "concept" else ",")
        parquet.write_table(csv.read_csv(path, parse_options=options), folder / f"{path.stem}.parquet")
        path.unlink()
    tables.rmdir()
    return folder, "omop"


def omop_duckdb(folder: Path) -> tuple[Path, str]:
    """Made by a process of its own: what DuckDB leaves behind is said at the end of the one that had it."""
    if find_spec("duckdb") is None:
        pytest.skip("duckdb is not installed: a database was not read")
    tables = folder / "csv"
    tables.mkdir()
    omop(tables)
    made = (
        "import sys, pathlib, duckdb\n"
        "with duckdb.connect(sys.argv[1]) as database:\n"
        "    for path in pathlib.Path(sys.argv[2]).glob('*.csv'):\n"
        "        database.read_csv(str(path)).create(path.stem.upper())\n"
    )
    target = folder / "warehouse.duckdb"
    subprocess.run([sys.executable, "-c", made, str(target), str(tables)], check=True)
    return target, "omop"


def mcode(folder: Path) -> tuple[Path, str]:
    (folder / "patient-information.csv").write_text(
        f"mrn,dateOfBirth,gender\nP-1,{BORN},male\n", encoding="utf-8"
    )
    (folder / "condition-information.csv").write_text(
        "mrn,code,codeSystem,displayName,dateOfDiagnosis\n"
        f"P-1,C45.0,{ICD},,2025-11-02\nP-1,I10,{ICD},,2020-05-01\n",
        encoding="utf-8",
    )
    rows = ["mrn,code,codeSystem,displayName,value,effectiveDate"]
    rows += [f"P-1,{code},{LOINC},,{value} {unit},{SEEN}" for code, _, value, unit in RESULTS]
    (folder / "observation-information.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder, "mcode_csv"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


def answered(rulebook: Rulebook, path: Path, mapping: str) -> list[tuple[Any, ...]]:
    """Rank, standing and every verdict of every candidate."""
    file = read_patients(
        path, formulary=rulebook.formulary, mapping=Path(mapping) if mapping else None, as_of=DAY
    )
    (patient,) = file
    assert isinstance(patient, Patient), patient
    matcher = Matcher(rulebook, MatchOptions(include_closed=True, questions=0))
    assert isinstance(matcher.engine, SingleEngine)
    shown = matcher.match_one(patient.profile)
    return [
        (each.id, each.rank, each.standing, tuple((c.id, c.verdict) for c in each.criteria))
        for each in shown.candidates
    ]


@pytest.fixture(scope="module")
def expected(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    found = answered(rulebook, *wide(tmp_path_factory.mktemp("wide")))
    assert any(verdict == "met" for each in found for _, verdict in each[3])
    return found


@pytest.mark.parametrize(
    "written",
    [wire, fhir, phenopacket, omop, omop_parquet, omop_duckdb, mcode],
    ids=lambda each: each.__name__,
)
def test_the_format_changes_nothing(
    rulebook: Rulebook,
    expected: list[tuple[Any, ...]],
    tmp_path: Path,
    written: Callable[[Path], tuple[Path, str]],
) -> None:
    assert answered(rulebook, *written(tmp_path)) == expected
