"""Exports of another release, or saved by another program: the same facts of the same patients, nothing guessed."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.profile import Profile
from matcher.errors import UsageError
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY

EXPORTS = Path("fixtures/exports")
Rows = list[list[str]]


def rows_of(path: Path) -> Rows:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    tabs = "\t" in lines[0]
    return list(
        csv.reader(
            lines, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
        )
    )


def written(rows: Rows, **form: Any) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, **form).writerows(rows)
    return stream.getvalue().encode()


def as_parquet(path: Path, rows: Rows) -> None:
    width = len(rows[0])
    columns = zip(*([*row, *[""] * width][:width] for row in rows[1:]), strict=True)
    held = {name: pa.array(list(column)) for name, column in zip(rows[0], columns, strict=True)}
    for name, column in held.items():
        if {each.as_py() for each in column} <= {"true", "false", ""}:
            held[name] = pa.array([{"true": True, "false": False}.get(each.as_py()) for each in column])
    pq.write_table(pa.table(held), path.with_suffix(".parquet"))


SAVED: dict[str, Callable[[Path, Rows], object]] = {
    "with commas": lambda path, rows: path.write_bytes(written(rows)),
    "with commas, as .csv": lambda path, rows: path.with_suffix(".csv").write_bytes(written(rows)),
    "with semicolons": lambda path, rows: path.write_bytes(written(rows, delimiter=";")),
    "with every cell quoted": lambda path, rows: path.write_bytes(
        written(rows, delimiter="\t", quoting=csv.QUOTE_ALL)
    ),
    "with the columns turned round": lambda path, rows: path.write_bytes(
        written([row[::-1] for row in rows], delimiter="\t")
    ),
    "with NULL for nothing": lambda path, rows: path.write_bytes(
        written([rows[0], *([cell or "NULL" for cell in row] for row in rows[1:])])
    ),
    "as Parquet": as_parquet,
}


def facts_of(folder: Path, mapping: str) -> dict[str, tuple[object, ...]]:
    file = read_patients(folder, formulary=SMALL_FORMULARY, mapping=Path(mapping), as_of=date(2024, 1, 1))
    found = [each.profile for each in file if isinstance(each, Patient)]
    assert len(found) == len(file)
    return {each.id: counted(each) for each in found}


def counted(profile: Profile) -> tuple[object, ...]:
    """What the record says, without the places."""
    lists = ("diagnoses", "therapies", "medications", "conditions", "procedures", "radiotherapy")
    said = sorted((each.name, repr(each.value), repr(each.on)) for each in profile.observations)
    cancers = sorted(repr((each.code, each.index, each.confirmed)) for each in profile.diagnoses.records)
    courses = sorted(repr((each.components, each.kind, each.start)) for each in profile.therapies.records)
    sizes = [len(getattr(profile, name).records) for name in lists]
    return profile.as_of, profile.birth, said, cancers, courses, sizes, len(profile.labs)


@pytest.mark.parametrize("saved", SAVED)
@pytest.mark.parametrize("folder", ["cbioportal", "gdc", "synthea"])
def test_an_export_that_is_saved_again_says_the_same(tmp_path: Path, folder: str, saved: str) -> None:
    for path in (EXPORTS / folder).iterdir():
        SAVED[saved](tmp_path / path.name, rows_of(path))
    assert facts_of(tmp_path, folder) == facts_of(EXPORTS / folder, folder)


def test_a_treatment_of_which_nobody_knows_whether_it_was_given_is_no_given_one(tmp_path: Path) -> None:
    rows = rows_of(EXPORTS / "gdc" / "clinical.tsv")
    at = rows[0].index("treatments.treatment_or_therapy")
    for row in rows[1:]:
        row[at] = "unknown"
    (tmp_path / "clinical.tsv").write_bytes(written(rows, delimiter="\t"))
    file = read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("gdc"))
    courses = [
        each for found in file if isinstance(found, Patient) for each in found.profile.therapies.records
    ]
    assert courses
    assert all(each.kind is not None and "suspected" in each.kind.members for each in courses)


def test_a_treatment_of_an_unknown_kind_is_not_forgotten(tmp_path: Path) -> None:
    rows = rows_of(EXPORTS / "gdc" / "clinical.tsv")
    at = rows[0].index("treatments.treatment_type")
    for row in rows[1:]:
        row[at] = "Unspecified Therapy"
    (tmp_path / "clinical.tsv").write_bytes(written(rows, delimiter="\t"))
    file = read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("gdc"))
    (first, *_) = (each.profile for each in file if isinstance(each, Patient))
    assert len(first.therapies.records) == 3


def test_an_older_release_of_gdc_has_no_beginnings_before_its_names(tmp_path: Path) -> None:
    rows = rows_of(EXPORTS / "gdc" / "clinical.tsv")
    gone = {"diagnosis_id", "treatment_id", "classification_of_tumor", "diagnosis_is_primary_disease"}
    names = [each.rpartition(".")[2] for each in rows[0]]
    kept = [place for place, name in enumerate(names) if name not in gone]
    older = [[row[place] for place in kept] for row in (names, *rows[1:2])]
    older[0][0] = "case_submitter_id"
    (tmp_path / "clinical.tsv").write_bytes(written(older, delimiter="\t"))
    file = read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("gdc"))
    (patient,) = (each.profile for each in file if isinstance(each, Patient))
    (cancer,) = patient.diagnoses.records
    assert cancer.code is not None
    assert cancer.code.members == {"COAD"}
    assert len(patient.therapies.records) == 1


def test_what_stands_for_no_day_of_death_is_no_death(tmp_path: Path) -> None:
    for path in (EXPORTS / "synthea").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for text, alive in (("1900-01-01", True), ("not known", True), ("2020-03-04", False)):
        (tmp_path / "patients.csv").write_text(f"Id,BIRTHDATE,DEATHDATE\nsy-1,1960-05-01,{text}\n", "utf-8")
        file = read_patients(
            tmp_path, formulary=SMALL_FORMULARY, mapping=Path("synthea"), as_of=date(2024, 1, 1)
        )
        (patient,) = (each.profile for each in file if isinstance(each, Patient))
        said = [repr(each.value) for each in patient.observations if each.name == "vital_status"]
        assert alive == (not any("deceased" in each and "alive" not in each for each in said))


def test_several_rows_of_the_patients_own_file_are_all_read(tmp_path: Path) -> None:
    (tmp_path / "drugs.csv").write_text("id,drug\np,cisplatin\np,pemetrexed\n", "utf-8")
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        "mapping: own\nid: {column: id}\nfile: {name: drugs.csv}\ntables: {rows: {by: id}}\n"
        "rows: {therapies: {fields: {agents: {column: drug}, kind: {constant: systemic}}}}\n",
        "utf-8",
    )
    path = tmp_path / "drugs.csv"
    file = read_patients(path, formulary=SMALL_FORMULARY, mapping=mapping, as_of=date(2024, 1, 1))
    (patient,) = (each.profile for each in file if isinstance(each, Patient))
    assert len(patient.therapies.records) == 2


def test_a_row_without_a_code_is_something_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id,year_of_birth\n1,1950\n", "utf-8")
    (tmp_path / "drug_exposure.csv").write_text(
        "person_id,drug_concept_id,drug_exposure_start_date\n1,0,2020-01-01\n", "utf-8"
    )
    file = read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("omop"), as_of=date(2024, 1, 1))
    (patient,) = (each for each in file if isinstance(each, Patient))
    assert [each.components for each in patient.profile.therapies.records] == [(None,)]
    assert [(each.code, each.text) for each in patient.issues] == [("P126", "no code")]


def test_tables_one_folder_deeper_or_packed_are_named(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "patients.csv").write_text("Id\n1\n", "utf-8")
    with pytest.raises(UsageError, match=r"give the folder .*csv"):
        read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("synthea"))
    (tmp_path / "patients.csv.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "csv" / "patients.csv").unlink()
    with pytest.raises(UsageError, match=r"unpack patients.csv.gz"):
        read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("synthea"))


def study(folder: Path, **files: str) -> Profile:
    """The one patient of a study of cBioPortal."""
    for name, text in files.items():
        (folder / f"data_{name}.txt").write_text(text.replace(" | ", "\t"), "utf-8")
    file = read_patients(folder, formulary=SMALL_FORMULARY, mapping=Path("cbioportal"))
    (patient,) = (each.profile for each in file if isinstance(each, Patient))
    return patient


def test_samples_of_two_cancers_leave_open_which_one_is_treated(tmp_path: Path) -> None:
    patient = study(
        tmp_path,
        clinical_patient="PATIENT_ID | SEX\nP | Female\n",
        clinical_sample="SAMPLE_ID | PATIENT_ID | ONCOTREE_CODE | SAMPLE_TYPE\n"
        "1 | P | LUAD | Metastasis\n2 | P | IDC | Primary\n",
    )
    (cancer,) = patient.diagnoses.records
    assert cancer.code is not None
    assert cancer.code.members == {"LUAD", "IDC"}


def test_a_pancancer_study_says_stage_other_cancer_and_treatment_in_its_own_columns(tmp_path: Path) -> None:
    patient = study(
        tmp_path,
        clinical_patient="PATIENT_ID | AJCC_STAGING_EDITION | PATH_T_STAGE | PRIOR_DX | RADIATION_THERAPY | "
        "HISTORY_NEOADJUVANT_TRTYN\nP | 7TH | T1b | Yes | Yes | Yes\n",
        clinical_sample="SAMPLE_ID | PATIENT_ID | ONCOTREE_CODE | MSI_TYPE\n1 | P | LUAD | Instable\n",
    )
    assert [each.t.members for each in patient.staging if each.t] == [{"T1b"}]
    assert len(patient.diagnoses.records) == 2
    assert len(patient.radiotherapy.records) == 1
    assert [each.components for each in patient.therapies.records] == [(None,)]
    assert [each.marker.members for each in patient.biomarkers] == [{"msi"}]


def test_radiation_in_a_timeline_of_treatments_is_no_drug(tmp_path: Path) -> None:
    patient = study(
        tmp_path,
        clinical_patient="PATIENT_ID | OS_MONTHS\nP | 20\n",
        timeline_treatment="PATIENT_ID | START_DATE | SUBTYPE | AGENT\nP | 1 | Chemo | cisplatin\nP | 40 | Radiation | \n",
    )
    assert len(patient.therapies.records) == 1
    assert len(patient.radiotherapy.records) == 1
