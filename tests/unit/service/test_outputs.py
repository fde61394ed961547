"""Tables, explanations and the account of a run."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from matcher import program_version
from matcher.client import explanations
from matcher.domain.source import Source
from matcher.errors import UsageError
from matcher.readers.outcome import Issue, Reject
from matcher.service.cell import cell
from matcher.service.outputs import FILES, Outputs, Wanted
from matcher.service.rendered import MATCH_COLUMNS, limited
from tests.unit.service.made import COMMON, PATIENT, TRIAL, account, reading


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@cmd", "\t=1", "\r=1", "\uff1d1"])
def test_a_cell_that_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["P-001", "", 7, None, "a=b"])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert cell(value) == ("" if value is None else str(value))


def run(folder: Path, top: int | None = None) -> None:
    source = Source("patients.csv", 7, "ecog")
    with Outputs(folder, account().run, 2, wanted=Wanted(top=top), common=COMMON) as outputs:
        outputs.add(
            replace(PATIENT, patient="=cmd"),
            [Issue.of("P102", "out of range", source=source, patient="=cmd", text="+7")],
        )
        outputs.reject(Reject.of("P001", "no identifier", source=Source("patients.csv", 8), text="@x"))
        outputs.finish(reading(2, rejected=1))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_file_is_written(tmp_path: Path) -> None:
    run(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_matches_have_one_row_for_each_patient_and_candidate(tmp_path: Path) -> None:
    run(tmp_path)
    trial, regimen = rows(tmp_path / "matches.csv")
    assert tuple(trial) == MATCH_COLUMNS
    assert trial == {
        "patient_id": "'=cmd",
        "kind": "trial",
        "rank": "1",
        "tied": "",
        "candidate": "NCT00000001",
        "cohort": "A: the first",
        "title": "A trial",
        "standing": "not_yet",
        "availability": "open",
        "because": "not yet; recruitment open",
        "missing": "E-01 HIV",
        "blocking": "I-02 Platelets of at least 100: Platelets 92",
        "cautions": "C-01 Older than 75",
        "overrides": "",
        "earliest_date": "leukapheresis 2026-02-01 at the earliest, 2026-02-03 for certain",
        "rulebook": "0123456789ab",
        "as_of": "2026-01-15",
    }
    assert (regimen["kind"], regimen["rank"]) == ("regimen", "1")


def test_issues_and_rejects_name_their_place_and_are_no_formulas(tmp_path: Path) -> None:
    run(tmp_path)
    (issue,), (reject,) = rows(tmp_path / "issues.csv"), rows(tmp_path / "rejects.csv")
    assert (issue["patient_id"], issue["row"], issue["column"], issue["text"]) == (
        "'=cmd",
        "7",
        "ecog",
        "'+7",
    )
    assert (reject["code"], reject["row"], reject["text"]) == ("P001", "8", "'@x")


def test_an_explanation_is_a_line_that_is_read_with_what_is_common(tmp_path: Path) -> None:
    run(tmp_path)
    (line,) = [json.loads(each) for each in (tmp_path / "explanations.jsonl").read_text("utf-8").splitlines()]
    assert list(explanations(tmp_path)) == [replace(PATIENT, patient="=cmd")]
    assert line["facts"] == [
        {"text": "Birth", "date": "1964-03-02", "source": "patients.csv, row 2, birth_date"}
    ]
    first = line["trials"][0]["criteria"]["I-01"]
    assert line["said"][first] == {"verdict": "met", "reason": "Age: 61 years", "facts": [0]}


def test_explanations_of_another_rulebook_are_not_put_together(tmp_path: Path) -> None:
    run(tmp_path)
    common = tmp_path / "rulebook.json"
    common.write_text(common.read_text("utf-8").replace("0123456789ab", "ba9876543210"), "utf-8")
    with pytest.raises(UsageError, match="another rulebook"):
        list(explanations(tmp_path))


def test_the_account_counts_what_a_limit_leaves_out_of_the_files(tmp_path: Path) -> None:
    run(tmp_path, top=0)
    assert rows(tmp_path / "matches.csv") == []
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert document["patients"] == {
        "source": "patients.csv",
        "read": 2,
        "matched": 1,
        "rejected": 1,
        "deceased": 0,
        "not_ranked": 0,
    }
    assert document["candidates"]["NCT00000001"]["standings"] == {"not_yet": 1}
    assert document["program"]["version"] == program_version()
    assert document["rulebook"]["version"] == "0123456789abcdef"
    assert document["files"] == list(FILES)


def test_deceased_patients_who_are_not_ranked_are_counted_apart() -> None:
    counts = account()
    counts.count(replace(PATIENT, deceased=True, trials=(replace(TRIAL, rank=None),), regimens=()))
    assert (counts.matched, counts.deceased, counts.not_ranked) == (1, 1, 1)
    assert counts.candidates["NCT00000001"].not_ranked == {"not_yet": 1}
    assert not counts.candidates["NCT00000001"].ranked


def test_patients_of_several_days_give_a_span() -> None:
    counts = account()
    counts.count(PATIENT)
    counts.count(replace(PATIENT, as_of="2025-12-01"))
    assert counts.as_of == "2025-12-01 to 2026-01-15"


def test_the_limit_counts_within_each_kind() -> None:
    shown = limited(replace(PATIENT, trials=(TRIAL, TRIAL)), 1)
    assert (len(shown.trials), len(shown.regimens)) == (1, 1)
