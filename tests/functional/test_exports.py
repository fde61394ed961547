"""Exports of several files, read with the ready-made mappings: every patient is accounted for, nothing is lost."""

from datetime import date
from pathlib import Path

import pytest

from matcher.domain.possible import Interval
from matcher.domain.profile import Profile
from matcher.errors import UsageError
from matcher.readers.outcome import Patient, Reading
from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY

EXPORTS = Path("fixtures/exports")
DAY = date(2024, 1, 1)


def read(
    folder: str, mapping: str, as_of: date | None = None
) -> tuple[dict[str, Profile], Reading, list[str]]:
    file = read_patients(EXPORTS / folder, formulary=SMALL_FORMULARY, mapping=Path(mapping), as_of=as_of)
    found = [each for each in file if isinstance(each, Patient)]
    codes = [issue.code for each in found for issue in each.issues]
    return {each.profile.id: each.profile for each in found}, file.reading, codes


def test_patients_and_samples_of_cbioportal_are_joined() -> None:
    patients, reading, _ = read("cbioportal", "cbioportal")
    assert (reading.patients, reading.matched, reading.rejected) == (2, 2, 0)
    first = patients["CB-1"]
    (cancer,) = first.diagnoses.records
    # The sample of the primary says the cancer, though that of the metastasis stands first.
    assert cancer.code is not None
    assert cancer.code.members == {"PAAD"}
    assert cancer.source.file == "data_clinical_sample.txt"
    assert cancer.source.row == 7
    assert first.as_of == date(2016, 6, 24)
    assert [each.number.low for each in first.biomarkers if each.number] == [2.8]
    assert first.birth is not None
    assert (first.birth.first.year, first.birth.last.year) == (1953, 1954)


def test_what_nothing_reads_is_said_once_and_an_unmapped_code_is_counted() -> None:
    patients, reading, codes = read("cbioportal", "cbioportal")
    assert {(issue.code, issue.text) for issue in reading.file_issues if issue.code == "P109"} == {
        ("P109", "FAVOURITE_COLOUR")
    }
    assert [issue.patient for issue in reading.file_issues if issue.code == "P009"] == ["CB-9"]
    assert codes == ["P126"]
    assert reading.unmapped_codes == {"ZZTOP A cancer of its own": 1}
    (cancer,) = patients["CB-2"].diagnoses.records
    assert cancer.code is not None
    assert len(cancer.code.members) > 100


def test_rows_of_one_case_are_one_patient() -> None:
    patients, reading, _ = read("gdc", "gdc")
    assert (reading.patients, reading.matched) == (2, 2)
    first = patients["GD-1"]
    assert len(first.diagnoses.records) == 1
    assert [each.code.members for each in first.conditions.records if each.code] != []
    assert len(first.therapies.records) == 2
    assert first.radiotherapy.records == ()
    assert first.as_of == date(2013, 8, 5)
    second = patients["GD-2"]
    # Two rows that differ on the sex: both are possible, and nobody chooses.
    (sex, other) = [each for each in second.observations if each.name == "sex"]
    assert {*sex.value.members, *other.value.members} == {"male", "female"}  # type: ignore[union-attr]


def test_codes_say_which_list_a_row_belongs_to() -> None:
    patients, reading, codes = read("synthea", "synthea", DAY)
    first = patients["sy-1"]
    assert {each.name for each in first.observations} >= {"weight", "ecog", "sex"}
    assert [set(each.test.members) for each in first.labs] == [{"haemoglobin"}]
    assert [each.source.row for each in first.labs] == [2]
    assert first.diagnoses.records[0].code is not None
    # Hypertension, and a disease nobody mapped, which could be any; work is no disease.
    assert sum(not each.elsewhere for each in first.conditions.records) == 2
    assert reading.unmapped_codes["999000111 Disease of the made-up kind"] == 2
    assert reading.unmapped_codes["99999-9 A test nobody mapped"] == 1
    assert codes.count("P126") == 3
    assert patients["sy-2"].conditions.records[0].code is None


def test_a_mapping_of_several_files_is_told_what_is_missing(tmp_path: Path) -> None:
    from matcher.errors import UsageError

    with pytest.raises(UsageError, match=r"has no file data_clinical_patient\.txt"):
        read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("cbioportal"))
    with pytest.raises(UsageError, match="did you mean 'synthea'"):
        read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("synthae"))


GERMAN = """PatNr;Geburtsdatum;Geschlecht;Hb (g/dL);Thrombozyten;Besuch;ICD10;Bemerkung
1;13.05.1960;m;9,1;150;15.01.2024;C34.1;raucht
2;02.11.1955;w;k.A.;210;16.01.2024;C45.0;
"""


def test_a_draft_says_what_is_sure_and_asks_for_the_rest(tmp_path: Path) -> None:
    from matcher.readers.mapping_check import check_mapping
    from matcher.readers.mapping_guess import guess_mapping

    export = tmp_path / "export.csv"
    export.write_text(GERMAN, encoding="utf-8")
    draft = guess_mapping(export).text
    assert "id: {column: 'PatNr'}" in draft
    assert "dates: day_first\n" in draft
    assert "decimal: comma" in draft
    assert "blank: ['k.A.']" in draft
    assert "diagnosis: {column: 'ICD10'" in draft
    (tmp_path / "m.yaml").write_text(draft, encoding="utf-8")
    found = check_mapping(
        export, tmp_path / "m.yaml", formulary=SMALL_FORMULARY, as_of=None, today=date(2024, 2, 1)
    )
    assert (found.reading.matched, found.reading.rejected) == (2, 0)
    assert found.facts["birth_date"] == 2
    assert found.facts["labs"] == 1


@pytest.mark.parametrize(
    ("folder", "name"), [("cbioportal", "cbioportal"), ("gdc", "gdc"), ("synthea", "synthea")]
)
def test_known_exports_are_recognised(folder: str, name: str) -> None:
    from matcher.readers.mapping_guess import guess_mapping

    assert guess_mapping(EXPORTS / folder).shipped == name


def test_columns_without_the_name_of_their_part_are_the_same_export(tmp_path: Path) -> None:
    """Older releases of GDC: the same file, no column of which says its part."""
    from matcher.readers.known_export import known_export

    head, _, rows = (EXPORTS / "gdc" / "clinical.tsv").read_text(encoding="utf-8").partition("\n")
    head = head.replace("cases.submitter_id", "case_submitter_id")
    older = tmp_path / "clinical.tsv"
    older.write_text(
        "\t".join(each.split(".")[-1] for each in head.split("\t")) + "\n" + rows, encoding="utf-8"
    )
    assert known_export(older) == "gdc"
    assert described(older, "gdc") == described(EXPORTS / "gdc", "gdc")


def described(path: Path, mapping: str) -> list[tuple[object, ...]]:
    file = read_patients(path, formulary=SMALL_FORMULARY, mapping=Path(mapping))
    found = [each.profile for each in file if isinstance(each, Patient)]
    assert [issue.code for issue in file.reading.file_issues] == []
    return [
        (
            each.id,
            each.as_of,
            each.birth,
            [one.code for one in each.diagnoses.records],
            len(each.therapies.records),
        )
        for each in found
    ]


@pytest.mark.parametrize(
    ("export", "mapping"), [("gdc", "gdc"), ("gdc/clinical.tsv", "gdc"), ("cbioportal", "cbioportal")]
)
def test_who_gives_a_known_export_without_its_mapping_is_told_which_it_is(export: str, mapping: str) -> None:
    from matcher.errors import UsageError
    from matcher.readers.frames import read_frames

    for read_by in (read_patients, read_frames):
        with pytest.raises(UsageError, match=rf"it looks like .*: add --mapping {mapping}$"):
            read_by(EXPORTS / export, formulary=SMALL_FORMULARY)


def test_what_is_the_same_on_every_row_is_nobodys_identifier(tmp_path: Path) -> None:
    """It would make one patient of a whole study."""
    from matcher.readers.mapping_guess import guess_mapping

    export = tmp_path / "export.csv"
    for first in ("Study ID", "Record ID", "Case", "Patient No"):
        rows = "".join(f"MESO-7,{number},{50 + number}\n" for number in range(12))
        export.write_text(f"{first},Subject,Age\n{rows}", encoding="utf-8")
        assert "id: {column: 'Subject'}" in guess_mapping(export).text.splitlines(), first
    rows = "".join(f"MESO-{number % 3},{number},{50 + number}\n" for number in range(12))
    export.write_text(f"Record ID,Patient ID,Age\n{rows}", encoding="utf-8")
    assert "id: {column: 'Patient ID'}" in guess_mapping(export).text.splitlines()


TITLED = """Study ID\tPatient ID\tSample ID\tDiagnosis Age\tSex\tOncotree Code\tCancer Type Detailed\tTMB (nonsynonymous)\tSample Type
st_1\tCB-1\tCB-1-06\t61\tMale\tPAAD\tPancreatic Adenocarcinoma\t\tMetastasis
st_1\tCB-1\tCB-1-01\t61\tMale\tPAAD\tPancreatic Adenocarcinoma\t2.8\tPrimary
st_1\tCB-2\tCB-2-01\tNA\tFemale\tZZTOP\tA cancer of its own\t1\tPrimary
"""


def test_the_table_of_the_pages_of_cbioportal_is_read_by_patients(tmp_path: Path) -> None:
    from matcher.readers.known_export import known_export

    table = tmp_path / "st_1_clinical_data.tsv"
    table.write_text(TITLED, encoding="utf-8")
    assert known_export(table) == "cbioportal_table"
    file = read_patients(table, formulary=SMALL_FORMULARY, mapping=Path("cbioportal_table"))
    first, second = (each.profile for each in file if isinstance(each, Patient))
    assert (first.id, second.id, file.reading.file_issues) == ("CB-1", "CB-2", [])
    (cancer,) = first.diagnoses.records
    assert cancer.code is not None
    assert cancer.code.members == {"PAAD"}
    assert [each.number.low for each in first.biomarkers if each.number] == [2.8]
    assert file.reading.unmapped_codes == {"ZZTOP A cancer of its own": 1}


CLINIC = """MRN,Patient Name,DOB,Sex,Primary Dx,PS,Hgb,Prior Tx,Current meds,Last Visit,Mesothelin %,PD-L1,Mother's cancer
10023,Smith J,03/14/1952,M,Malignant pleural mesothelioma,1,11.2,cisplatin/pemetrexed; pembrolizumab,prednisone 10 mg,11/02/2025,60,positive,breast cancer
10024,Doe A,11/02/1948,F,Epithelioid mesothelioma,1 or 2,9.8,none,,10/30/2025,,negative,
10025,Roe B,07/30/1960,F,NSCLC,0-1,13.0,carboplatin + paclitaxel,apixaban,11/05/2025,neg,positive,melanoma
10026,Poe C,01/30/1970,F,NSCLC,ECOG 1 (restricted),13.0,,,11/05/2025,5,,
"""


def test_the_list_of_a_clinic_is_drafted_whole_and_read_as_drafted(tmp_path: Path) -> None:
    from matcher.readers.mapping_guess import guess_mapping

    export = tmp_path / "clinic.csv"
    export.write_text(CLINIC, encoding="utf-8")
    draft = guess_mapping(export).text
    assert "columns: ['Patient Name', 'Mother''s cancer']" in draft
    (tmp_path / "m.yaml").write_text(draft.replace("TODO one of g/dL, g/L, mmol/L", "g/dL"), encoding="utf-8")
    file = read_patients(export, formulary=SMALL_FORMULARY, mapping=tmp_path / "m.yaml")
    first, second, third, fourth = (each.profile for each in file if isinstance(each, Patient))
    assert len(first.therapies.records) == 2
    assert [each.label for each in first.medications.records if not each.elsewhere] == ["prednisone 10 mg"]
    assert (second.therapies.complete, third.therapies.complete) == (True, False)
    assert [ecog(each) for each in (first, second, third, fourth)] == [(1, 1), (1, 2), (0, 1), (1, 1)]
    assert [len(each.biomarkers) for each in (first, second, third, fourth)] == [2, 1, 2, 1]
    assert [each.labs[0].on.first for each in (first, second) if each.labs[0].on] == [
        date(2025, 11, 2),
        date(2025, 10, 30),
    ]


def ecog(profile: Profile) -> tuple[float, float]:
    (found,) = [each.value for each in profile.observations if each.name == "ecog"]
    assert isinstance(found, Interval)
    return found.low, found.high


def test_what_only_looks_like_a_cancer_is_taken_with_a_question(tmp_path: Path) -> None:
    from matcher.readers.mapping_guess import guess_mapping

    export = tmp_path / "export.csv"
    export.write_text("Patient No,Label\nA,lung cancer\nB,NSCLC\nC,C34.1\n", encoding="utf-8")
    (line,) = [each for each in guess_mapping(export).text.splitlines() if "diagnosis:" in each]
    assert "# TODO this is what its values look like" in line


def test_a_check_names_columns_that_nothing_reads() -> None:
    from matcher.readers.mapping_check import check_mapping

    found = check_mapping(
        EXPORTS / "cbioportal", Path("cbioportal"), formulary=SMALL_FORMULARY, as_of=None, today=DAY
    )
    assert found.warnings == ["1 columns are not read and not ignored: FAVOURITE_COLOUR"]
    code = found.columns["data_clinical_sample.txt", "ONCOTREE_CODE"]
    assert code.not_understood == {"ZZTOP A cancer of its own": 1}
    assert found.shown[0].cells[0] == ("data_clinical_patient.txt, row 6, AGE", "61")


def test_a_ready_made_mapping_is_known_by_its_name_in_columns_too() -> None:
    from matcher.readers.frames import read_frames
    from matcher.service.bulk.job import Job

    folder = EXPORTS / "cbioportal"
    frames = read_frames(folder, formulary=SMALL_FORMULARY, mapping=Path("cbioportal"))
    read = [frames.read(part) for part in frames.parts(1)]
    assert len(frames) == sum(part.part.patients for part in read) == 2
    job = Job(folder, Path("cbioportal"), "v", None, DAY, 10)
    assert "cbioportal.yaml" in str(job.manifest()["mapping"])


def test_a_later_diagnosis_of_no_class_is_a_possible_cancer_and_none_that_is_known(tmp_path: Path) -> None:
    text = (EXPORTS / "gdc" / "clinical.tsv").read_text(encoding="utf-8")
    (tmp_path / "clinical.tsv").write_text(text.replace("metastasis", "Unknown"), encoding="utf-8")
    file = read_patients(tmp_path, formulary=SMALL_FORMULARY, mapping=Path("gdc"))
    first = next(each.profile for each in file if isinstance(each, Patient))
    other = [
        each for each in first.diagnoses.records if each.index is not None and "no" in each.index.members
    ]
    assert [set(each.confirmed.members) for each in other if each.confirmed] == [{"yes", "no"}]


def test_a_database_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 5_000)
    with pytest.raises(UsageError, match="is a DuckDB database"):
        read_patients(path, formulary=SMALL_FORMULARY)
    with pytest.raises(UsageError, match=r"w\.duckdb"):
        read_patients(path, formulary=SMALL_FORMULARY, mapping=Path("omop"))
