"""CTML, the format of MatchMiner: its trials as drafts, its patients, and its own cases under its own two values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.profile import Profile
from matcher.engines.reference import ReferenceEngine
from matcher.errors import UsageError
from matcher.exchange.ctml import draft_of_ctml, trials_in
from matcher.exchange.ctml_out import ctml_of
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.documents import read_rule_file
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import TrialDocument
from matcher.service import open_rulebook
from matcher.standing.standing import stand
from tests.small_formulary import SMALL_FORMULARY

DAY = date(2000, 7, 12)
FITS = {"eligible", "eligible_pending_screening", "meets_known_criteria"}
CLINICAL = {
    "_id": "c", "SAMPLE_ID": "S-1", "ONCOTREE_PRIMARY_DIAGNOSIS_NAME": "Lung Adenocarcinoma", "GENDER": "Female",
    "BIRTH_DATE": "1950-02-03", "VITAL_STATUS": "alive",
}  # fmt: skip


def trial(*match: dict[str, Any], **fields: Any) -> dict[str, Any]:
    step = {"step_code": "1", "match": list(match), "arm": [{"arm_suspended": "N"}]}
    return {
        "protocol_no": "1",
        "_summary": {"status": [{"value": "Open to Accrual"}]},
        "treatment_list": {"step": [step]},
        **fields,
    }


def book_of(folder: Path, held: dict[str, Any], *, closed: bool = False) -> Rulebook:
    folder.mkdir()
    draft = draft_of_ctml(held, DAY, absent_is_negative=closed)
    (folder / f"{draft.name}.yaml").write_text(draft.text, encoding="utf-8")
    return open_rulebook(folder, absent_is_negative=closed)


def standings(book: Rulebook, profiles: list[Profile]) -> dict[str, list[tuple[str, str]]]:
    """Availability and standing of each cohort for each patient."""
    (candidate,) = book.candidates
    table = ReferenceEngine().evaluate(book.graph, tuple(profiles), roots=list(candidate.root_nodes()))
    found = {}
    for place, profile in enumerate(profiles):
        standing = stand(candidate, table, place)
        assert standing is not None
        found[profile.id] = [(each.cohort.availability.value, each.kind.value) for each in standing.cohorts]
    return found


def patients(folder: Path, *genomic: dict[str, Any], **clinical: Any) -> tuple[list[Profile], list[str]]:
    folder.mkdir()
    (folder / "clinical.json").write_text(json.dumps([{**CLINICAL, **clinical}]), encoding="utf-8")
    documents = [{"CLINICAL_ID": "c", **each} for each in genomic]
    (folder / "genomic.json").write_text(json.dumps(documents), encoding="utf-8")
    read = read_patients(folder, formulary=SMALL_FORMULARY, as_of=DAY)
    found = [each.profile for each in read if isinstance(each, Patient)]
    return found, [each.code for each in read.reading.file_issues]


MUTATION = {
    "VARIANT_CATEGORY": "MUTATION",
    "HARMONIZED_HUGO_SYMBOL": "BRAF",
    "HARMONIZED_PROTEIN_CHANGE": "p.V600E",
    "HARMONIZED_VARIANT_CLASSIFICATION": "Missense_Mutation",
}


@pytest.mark.parametrize(
    ("node", "standing", "closed"),
    [
        ({"genomic": {"hugo_symbol": "BRAF", "wildcard_protein_change": "p.V600"}}, "meets_known_criteria", None),
        ({"genomic": {"hugo_symbol": "BRAF", "protein_change": "p.V600K"}}, "possible", "ineligible"),
        ({"genomic": {"hugo_symbol": "KRAS", "variant_category": "!Mutation"}}, "possible", "meets_known_criteria"),
        ({"genomic": {"hugo_symbol": "BRAF", "variant_category": "!Mutation"}}, "ineligible", "ineligible"),
        ({"clinical": {"oncotree_primary_diagnosis": "Lung", "gender": "!Male"}}, "meets_known_criteria", None),
        ({"clinical": {"oncotree_primary_diagnosis": "_LIQUID_"}}, "ineligible", None),
        ({"genomic": {"ms_status": "!MSI-H"}}, "possible", "meets_known_criteria"),
    ],
)  # fmt: skip
def test_a_node_asks_what_it_asks_there(
    tmp_path: Path, node: dict[str, Any], standing: str, closed: str | None
) -> None:
    found, _ = patients(tmp_path / "p", MUTATION)
    assert standings(book_of(tmp_path / "r", trial(node)), found)["S-1"] == [("open", standing)]
    two_valued = standings(book_of(tmp_path / "c", trial(node), closed=True), found)["S-1"]
    assert two_valued == [("open", closed or standing)]


def test_what_cannot_be_said_is_left_to_a_person_whole(tmp_path: Path) -> None:
    node = {
        "or": [{"clinical": {"age_numerical": ">=18"}}, {"genomic": {"hugo_symbol": "QWERTY", "exon": "2"}}]
    }
    draft = draft_of_ctml(trial(node), DAY)
    assert (draft.proposed, draft.judged) == (0, 1)
    assert "age numerical >=18 or hugo symbol QWERTY, exon 2" in draft.text
    found, _ = patients(tmp_path / "p")
    assert standings(book_of(tmp_path / "r", trial(node)), found)["S-1"] == [("open", "possible")]


def test_nothing_of_the_patients_is_forgotten(tmp_path: Path) -> None:
    fusion = {"VARIANT_CATEGORY": "SV", "STRUCTURAL_VARIANT_COMMENT": "EML4 joined to ALK, or ROS1"}
    strange = {"VARIANT_CATEGORY": "MUTATION", "HARMONIZED_HUGO_SYMBOL": "QWERTY", "ALLELE_FRACTION": 0.2}
    (profile,), codes = patients(
        tmp_path / "p", fusion, strange, ONCOTREE_PRIMARY_DIAGNOSIS_NAME="Pilocytic Astrocytoma"
    )
    assert "P109" in codes
    # Each gene that the comment names may be the one, and a gene that nobody knows may be any.
    assert len([each for each in profile.alterations.records if each.gene is not None]) == 3
    assert len([each for each in profile.alterations.records if each.gene is None]) == 1
    (cancer,) = profile.diagnoses.records
    assert cancer.code is not None
    assert not cancer.code.exact


@pytest.mark.parametrize(
    "held",
    [
        {"treatment_list": {"step": [{"match": [{"xor": []}]}]}},
        {"treatment_list": {"step": [{"match": [{"and": {}}]}]}},
        {"treatment_list": {"step": [{"match": [{"clinical": {"a": 1}, "genomic": {}}]}]}},
    ],
)
def test_a_match_of_another_form_is_refused(held: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="match"):
        draft_of_ctml(held, DAY)


def test_files_that_are_no_trials_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.yaml"
    bomb.write_text("a: &a [1]\nb: [*a, *a]\n", encoding="utf-8")
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_text('{"protocol_no": 1}', encoding="utf-8")
    for path in (bomb, deep, other):
        with pytest.raises(UsageError, match=path.stem):
            list(trials_in(path))


@pytest.fixture(scope="module")
def theirs(real_data: Path) -> Path:
    return real_data / "ctml"


def test_all_their_cases_give_their_patients(theirs: Path, tmp_path: Path) -> None:
    """Under their two values. Who is born after the as-of date is younger than 18 there, and of no age here."""
    folder = tmp_path / "patients"
    folder.mkdir()
    for name in ("clinical", "genomic"):
        (folder / f"{name}.json").symlink_to(theirs / "patients" / f"{name}.json")
    found = [
        each.profile
        for each in read_patients(folder, formulary=SMALL_FORMULARY, as_of=DAY)
        if isinstance(each, Patient)
    ]
    documents = json.loads((theirs / "patients" / "clinical.json").read_text("utf-8"))
    dead = {each["SAMPLE_ID"] for each in documents if each["VITAL_STATUS"] == "deceased"}
    unborn = {each["SAMPLE_ID"] for each in documents if each["BIRTH_DATE"] > DAY.isoformat()}
    answers: dict[str, tuple[str, dict[str, list[tuple[str, str]]]]] = {}
    cases = sorted((theirs / "cases").glob("*.json"))
    assert len(cases) == 94
    for name in sorted({each for case in cases for each in json.loads(case.read_text("utf-8"))["trials"]}):
        (held,) = trials_in(theirs / name)
        book = book_of(tmp_path / Path(name).stem, dict(held), closed=True)
        answers[name] = (held["protocol_no"], standings(book, found))
    wrong = [
        f"{case.stem} {name}"
        for case in cases
        for name, expected, got in _compared(json.loads(case.read_text("utf-8")), answers, dead)
        if expected - unborn != got - unborn or not got <= expected
    ]
    assert wrong == []


def _compared(
    case: dict[str, Any], answers: dict[str, tuple[str, dict[str, list[tuple[str, str]]]]], dead: set[str]
) -> Iterator[tuple[str, set[str], set[str]]]:
    options = case["options"]
    for name in case["trials"]:
        protocol, held = answers[name]
        got = {
            patient
            for patient, cohorts in held.items()
            if any(kind in FITS and (options["match_on_closed"] or at == "open") for at, kind in cohorts)
            and (options["match_on_deceased"] or patient not in dead)
            and (options["sample_ids"] is None or patient in options["sample_ids"])
        }
        yield name, set(case["expected"]["patients_per_trial"].get(protocol, ())), got


def test_what_is_exported_comes_back_the_same(tmp_path: Path) -> None:
    match = {
        "and": [
            {"clinical": {"age_numerical": ">=18"}},
            {"clinical": {"oncotree_primary_diagnosis": "Lung Adenocarcinoma"}},
            {"or": [{"genomic": {"hugo_symbol": "BRAF", "wildcard_protein_change": "p.V600"}}, {"genomic": {"ms_status": "MSI-H"}}]},
            {"genomic": {"hugo_symbol": "KRAS", "variant_category": "!Mutation"}},
            {"genomic": {"hugo_symbol": "QWERTY"}},
        ]
    }  # fmt: skip
    path = tmp_path / "CTML-1.yaml"
    path.write_text(draft_of_ctml(trial(match), DAY).text, encoding="utf-8")
    file, _ = read_rule_file(path, path.name)
    assert isinstance(file.document, TrialDocument)
    exported = ctml_of(file.document)
    assert (exported.said, [each[:4] for each in exported.lost]) == (4, ["I-05"])
    again = draft_of_ctml(exported.trial, DAY).text
    whens = [line.strip() for line in path.read_text("utf-8").splitlines() if "when:" in line]
    assert [line.strip() for line in again.splitlines() if "when:" in line] == whens


@pytest.mark.parametrize(
    ("when", "node"),
    [
        ({"age": {"at_most": "75 years"}}, {"clinical": {"age_numerical": "<76"}}),
        ({"age": {"above": "18 years"}}, {"clinical": {"age_numerical": ">=19"}}),
        ({"not": {"any": [{"sex": "male"}, {"diagnosis": "LUAD"}]}},
         {"and": [{"clinical": {"gender": "!Male"}}, {"clinical": {"oncotree_primary_diagnosis": "!Lung Adenocarcinoma"}}]}),
        ({"not": {"age": {"at_least": "18 years"}}}, {"clinical": {"age_numerical": "<18"}}),
        ({"lab": {"test": "platelets", "at_least": "100 10*9/L"}}, None),
        ({"alteration": {"gene": "EGFR", "kind": "truncating"}}, None),
    ],
)  # fmt: skip
def test_a_condition_is_said_exactly_or_not_at_all(when: dict[str, Any], node: dict[str, Any] | None) -> None:
    document = TrialDocument.model_validate(
        {
            "trial": "T1x", "title": "T", "phase": "1", "coverage": "partial",
            "recruitment": {"status": "unknown", "as_of": DAY, "source": "a"},
            "inclusion": {"I-01": {"text": "x", "when": when, "source": "a"}},
        }
    )  # fmt: skip
    exported = ctml_of(document)
    (arm,) = exported.trial["treatment_list"]["step"][0]["arm"]
    assert arm["match"] == ([{"and": [node]}] if node else [])
    assert len(exported.lost) == (node is None)
