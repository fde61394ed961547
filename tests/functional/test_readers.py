"""The synthetic patients, and every kind of bad file, each with its defined outcome."""

import re
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.possible import UNREAD, Codes, Interval
from matcher.domain.profile import Profile
from matcher.domain.wire import dump
from matcher.errors import MatcherError, PatientDataError, UsageError
from matcher.readers.mapping import load_mapping
from matcher.readers.outcome import Patient, Reject
from matcher.readers.read import PatientFile, read_patients
from tests.unit.readers.small import AS_OF, FORMULARY


@pytest.fixture(scope="module")
def fixtures(root: Path) -> Path:
    return root / "fixtures"


def read(path: Path, mapping: Path | None = None, as_of: date | None = AS_OF) -> PatientFile:
    file = read_patients(path, formulary=FORMULARY, mapping=mapping, as_of=as_of)
    list(file)
    return file


def profiles(file: PatientFile) -> dict[str, Profile]:
    return {outcome.profile.id: outcome.profile for outcome in file if isinstance(outcome, Patient)}


def rejects(file: PatientFile) -> list[tuple[str, str, int | None]]:
    return [(each.code, each.patient, each.source.row) for each in file if isinstance(each, Reject)]


def issues(file: PatientFile) -> list[tuple[str, str]]:
    return [
        (each.code, each.source.column) for out in file if isinstance(out, Patient) for each in out.issues
    ]


@pytest.mark.parametrize("name", ["patients.csv", "tables", "profiles.jsonl"])
def test_every_patient_of_a_file_is_matched_or_rejected(fixtures: Path, name: str) -> None:
    reading = read(fixtures / name).reading
    assert (reading.patients, reading.matched, reading.rejected) == (13, 12, 1)


def test_the_same_people_are_the_same_profiles_in_every_form(fixtures: Path) -> None:
    wide, tables, lines = (
        {name: dump(each) for name, each in profiles(read(fixtures / file)).items()}
        for file in ("patients.csv", "tables", "profiles.jsonl")
    )
    assert wide == tables
    assert wide == lines


@pytest.mark.parametrize("name", ["patients.csv", "tables", "profiles.jsonl"])
def test_a_bad_cell_costs_its_fact_and_names_its_place(fixtures: Path, name: str) -> None:
    found = [
        issue
        for outcome in read(fixtures / name)
        if isinstance(outcome, Patient) and outcome.profile.id == "P-011"
        for issue in outcome.issues
        if issue.code == "P102"
    ]
    assert [(issue.patient, issue.text) for issue in found] == [("P-011", "140")]
    assert found[0].source.row is not None


def test_a_blank_identifier_is_a_reject_with_its_row(fixtures: Path) -> None:
    assert rejects(read(fixtures / "patients.csv")) == [("P001", "", 14)]


HOSTILE = {
    "absurd_values.csv": (2, 2, []),
    "as_of_unreadable.csv": (2, 1, [("P010", "H-1", 2)]),
    "blank_id.csv": (2, 1, [("P001", "", 2)]),
    "broken_lines.jsonl": (5, 2, [("P004", "", 2), ("P005", "", 3), ("P005", "", 4)]),
    "byte_order_mark.csv": (1, 1, []),
    "comments.csv": (
        6,
        2,
        [
            ("P017", "patient_id", 6),
            ("P017", "#H-2 was withdrawn", 7),
            ("P017", "STRING", 8),
            ("P017", "# a remark", 9),
        ],
    ),
    "decimal_comma.csv": (1, 1, []),
    "duplicate_ids.csv": (3, 1, [("P002", "H-1", 2), ("P002", "H-1", 4)]),
    "latin_1.csv": (1, 1, []),
    "nul.csv": (2, 1, [("P006", "H-1", 2)]),
    "other_forms.jsonl": (
        7,
        3,
        [("P016", "J-2", 2), ("P016", "J-3", 3), ("P016", "J-4", 4), ("P015", "", 6)],
    ),
    "pipes.csv": (1, 1, []),
    "quote_without_end.csv": (3, 2, [("P007", "H-1", 2)]),
    "quoted_newline.csv": (2, 2, []),
    "ragged.csv": (4, 2, [("P003", "H-2", 3), ("P003", "H-3", 4)]),
    "semicolons.csv": (1, 1, []),
    "tabs.csv": (1, 1, []),
    "two_index_cancers.jsonl": (1, 0, [("P011", "H-1", 1)]),
    "unknown_columns.csv": (2, 2, []),
    "utf_16.csv": (1, 1, []),
    "no_as_of.csv": (1, 1, []),
}
UNUSABLE: dict[str, tuple[type[MatcherError], str]] = {
    "another_form.csv": (PatientDataError, "P016"),
    "described.csv": (PatientDataError, "P016"),
    "empty.csv": (PatientDataError, "P013"),
    "header_only.csv": (PatientDataError, "P013"),
    "duplicate_columns.csv": (PatientDataError, "P012"),
    "no_identifier_column.csv": (UsageError, "U012"),
    "not_json.json": (PatientDataError, "P004"),
    "spreadsheet.csv": (UsageError, "U011"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_bad_row_costs_itself_and_the_others_go_on(fixtures: Path, name: str) -> None:
    patients, matched, rejected = HOSTILE[name]
    file = read(fixtures / "hostile" / name)
    assert (file.reading.patients, file.reading.matched) == (patients, matched)
    assert file.reading.matched + file.reading.rejected == patients
    assert rejects(file) == rejected


@pytest.mark.parametrize("name", sorted(UNUSABLE))
def test_a_file_that_holds_nothing_usable_says_so(fixtures: Path, name: str) -> None:
    kind, code = UNUSABLE[name]
    with pytest.raises(kind, match=code):
        read(fixtures / "hostile" / name)


def test_every_hostile_file_has_its_outcome(fixtures: Path) -> None:
    assert {path.name for path in (fixtures / "hostile").iterdir()} == {*HOSTILE, *UNUSABLE}


def test_absurd_values_are_unknown_each_with_its_code(fixtures: Path) -> None:
    file = read(fixtures / "hostile" / "absurd_values.csv")
    assert sorted(issues(file)) == sorted(
        [
            ("P102", "age"),
            ("P102", "ecog"),
            ("P102", "karnofsky"),
            ("P102", "haemoglobin"),
            ("P115", "therapy_1_end"),
            ("P102", "ecog"),
            ("P111", "karnofsky"),
            ("P112", "haemoglobin"),
            ("P106", "therapy_1_start"),
        ]
    )
    found = profiles(file).values()
    kept = [each.value for profile in found for each in profile.labs]
    kept_too = [each.value for profile in found for each in profile.observations]
    assert [*kept, *kept_too] == [UNREAD] * 6


def test_unknown_columns_are_said_once_for_the_file(fixtures: Path) -> None:
    reading = read(fixtures / "hostile" / "unknown_columns.csv").reading
    assert [(each.code, each.source.column) for each in reading.file_issues] == [
        ("P124", "ages"),
        ("P109", "shoe size"),
    ]
    assert "perhaps 'age'" in reading.file_issues[0].reason


def test_a_file_of_which_most_is_unknown_says_so_first(tmp_path: Path) -> None:
    rows = tmp_path / "a.csv"
    rows.write_text("patient_id,age,one,two,three\nH-1,61,1,2,3\n", "utf-8")
    found = read(rows).reading.file_issues
    assert [each.code for each in found] == ["P123", "P109", "P109", "P109"]
    assert "only 2 of 5 columns are read" in found[0].reason
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"id": "H-1", "age": 61, "one": 1, "two": 2, "three": 3}\n', "utf-8")
    [issue] = read(lines).reading.file_issues
    assert (issue.code, "only 1 of 4 fields" in issue.reason) == ("P123", True)


@pytest.mark.parametrize("name", ["Patient_ID", "PatientId", "patient id", "ID", "patient"])
def test_the_column_of_identifiers_has_the_names_that_hospitals_give_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{name},age\nH-1,61\nH-2,\n", "utf-8")
    assert [each.profile.id for each in read(path) if isinstance(each, Patient)] == ["H-1", "H-2"]


def test_beside_the_column_of_identifiers_another_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,patient_id,age\n1,H-1,61\n", "utf-8")
    file = read(path)
    assert [each.profile.id for each in file if isinstance(each, Patient)] == ["H-1"]
    assert [each.source.column for each in file.reading.file_issues] == ["id"]


def test_a_concluded_encoding_is_an_assumption(fixtures: Path) -> None:
    file = read(fixtures / "hostile" / "latin_1.csv")
    assert file.reading.assumptions == ["latin_1.csv is not UTF-8 and was read as cp1252"]
    assert list(profiles(file)) == ["Müller-1"]


def test_names_run_over_two_lines_are_one_cell(fixtures: Path) -> None:
    found = profiles(read(fixtures / "hostile" / "quoted_newline.csv"))
    assert found["H-1"].therapies.records[0].components == (Codes.of("cisplatin"), Codes.of("pemetrexed"))
    assert len(found) == 2


def test_a_file_without_as_of_days_is_dated_by_the_day_of_the_run_and_says_so(fixtures: Path) -> None:
    path = fixtures / "hostile" / "no_as_of.csv"
    file = read_patients(path, formulary=FORMULARY, today=AS_OF)
    assert profiles(file)["H-1"].as_of == AS_OF
    assert "the day of the run" in file.reading.assumptions[0]
    assert rejects(read_patients(path, formulary=FORMULARY)) == [("P010", "H-1", 2)]


def test_a_blank_as_of_day_is_never_filled_by_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("patient_id,as_of,age\nA,,61\n", encoding="utf-8")
    assert rejects(read_patients(path, formulary=FORMULARY, today=AS_OF)) == [("P010", "A", 2)]
    assert profiles(read_patients(path, formulary=FORMULARY, as_of=AS_OF))["A"].as_of == AS_OF


def test_rows_of_patients_who_are_not_there_are_issues_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient_id,as_of\nA,2026-01-15\n", encoding="utf-8")
    (tmp_path / "labs.csv").write_text(
        "patient_id,test,value,unit\nB,alt,30,U/L\n,alt,30,U/L\n", encoding="utf-8"
    )
    (tmp_path / "notes.csv").write_text("patient_id\nA\n", encoding="utf-8")
    file = read(tmp_path)
    assert [each.code for each in file.reading.file_issues] == ["P009", "P009", "P109"]
    assert (file.reading.patients, file.reading.matched) == (1, 1)


def test_a_ragged_row_of_a_list_is_a_member_that_could_be_anything(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text(
        "patient_id,as_of,complete\nA,2026-01-15,therapies\n", encoding="utf-8"
    )
    (tmp_path / "therapies.csv").write_text("patient_id,agents,start\nA,cisplatin\n", encoding="utf-8")
    file = read(tmp_path)
    listing = profiles(file)["A"].therapies
    assert [each.components for each in listing.records] == [(None,)]
    assert not listing.complete
    assert issues(file) == [("P118", "")]


def test_json_is_one_profile_an_array_or_lines(tmp_path: Path) -> None:
    one = '{"id": "A", "as_of": "2026-01-15", "ecog": 1}'
    for name, text in {
        "a.json": one,
        "b.json": f"[{one}]",
        "c.json": f"{one}\n{one.replace('A', 'B')}\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert profiles(read(tmp_path / name))["A"].observations[0].value == Interval(1, 1)


def test_fhir_without_a_patient_is_not_taken_for_a_profile(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"resourceType": "Bundle"}', encoding="utf-8")
    with pytest.raises(PatientDataError, match="P016"):
        read(tmp_path / "b.json")


@pytest.mark.parametrize("depth", [100_000])
def test_json_nested_beyond_measure_is_refused(tmp_path: Path, depth: int) -> None:
    (tmp_path / "d.json").write_text("[" * depth, encoding="utf-8")
    with pytest.raises(PatientDataError, match=r"P00[48]"):
        read(tmp_path / "d.json")


def test_a_missing_file_is_a_matter_of_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="U002"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="U004"):
        read(tmp_path)


def test_the_examples_of_the_guide_are_read(root: Path, tmp_path: Path) -> None:
    guide = (root / "docs" / "guide" / "patient-data.md").read_text(encoding="utf-8")
    (mapping,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (example,) = re.findall(r"```\n(patient_id,.*?)```", guide, re.DOTALL)
    (tmp_path / "guide.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "guide.csv").write_text(example, encoding="utf-8")
    assert load_mapping(tmp_path / "guide.yaml").mapping.mapping == "Export of the lung clinic"
    file = read(tmp_path / "guide.csv")
    assert (issues(file), rejects(file), file.reading.file_issues) == ([], [], [])
