"""Records as people type them, asked of the shipped program: the answer, and the reason in a coordinator's words.

Each is one of the records at which matching programs are known to have answered for certain and wrongly.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.cli import main
from tests.conftest import ROOT

_TRIAL = """\
trial: NCT90000001
title: What is typed by hand
phase: 2
recruitment: {status: recruiting, as_of: 2026-01-01, source: protocol}
coverage: full
sources:
  protocol: {document: protocol, section: Eligibility, address: "https://example.org/p"}
inclusion:
"""
_ASKED = {
    "platelets": "{lab: {test: platelets, at_least: 100 10*9/L}}",
    "recent platelets": "{lab: {test: platelets, at_least: 100 10*9/L, within: 14 days}}",
    "ecog": "{ecog: {at_most: 1}}",
    "hiv": "{condition: {is: hiv}}",
    "pneumonitis": "{condition: {is: pneumonitis}}",
    "KMT2D": "{alteration: {gene: KMT2D}}",
    "ALK/EML4": "{alteration: {gene: ALK, kind: fusion, partner: EML4}}",
    "checkpoint inhibitor": "{prior: {therapy: checkpoint_inhibitor}}",
    "one line": "{lines_of_therapy: {at_most: 1}}",
    "50 Gy": "{radiotherapy_dose: {at_most: 50 Gy}}",
    "ast": "{lab: {test: ast, at_most: 100 U/L}}",
    "chemotherapy": "{prior: {therapy: chemotherapy, within: 28 days}}",
    "mesothelioma": "{diagnosis: {in: [PLMESO]}}",
}
_IDS = {name: f"I-{number:02}" for number, name in enumerate(_ASKED, 1)}
_CSV = "patients.csv"


@dataclass(frozen=True)
class Typed:
    """``says``: texts that the explanation of the criterion, or of the whole patient, holds."""

    asked: str
    verdict: str
    says: tuple[str, ...]
    files: dict[str, str]
    mapping: str = ""


def _row(asked: str, verdict: str, says: tuple[str, ...], **cells: str) -> Typed:
    """One row of a wide CSV."""
    return Typed(
        asked, verdict, says, {_CSV: f"patient_id,{','.join(cells)}\np,{','.join(cells.values())}\n"}
    )


_GY = {"field": "chest", "intent": "curative", "dose": "30", "start": "2025-03-01", "end": "2025-04-10"}
_TWICE = {f"radiotherapy_{number}_{name}": text for number in (1, 2) for name, text in _GY.items()}
TYPED = {
    "a count that clotted hides the older one": Typed(
        "platelets", "unknown", ("recorded, and not understood", "2026-01-12, 3 days before", "clotted"),
        {"patients.csv": "patient_id,sex\np,male\n",
         "labs.csv": "patient_id,test,value,unit,date\np,platelets,150,10*9/L,2026-01-02\n"
                     "p,platelets,clotted,10*9/L,2026-01-12\n"}),
    "ECOG 7 beside Karnofsky 90": _row(
        "ecog", "unknown", ("recorded, and not understood", "ECOG performance status 7 is outside 0 to 4"),
        ecog="7", karnofsky="90"),
    "a date in another order": _row(
        "recent platelets", "unknown", ("recorded, on a day that is not known well enough", "15.01.2019"),
        platelets="150", platelets_unit="10*9/L", platelets_date="15.01.2019"),
    "HIV (-)": _row("hiv", "not met", ("HIV infection: none", "Stated absent: HIV (-)"), conditions="HIV (-)"),
    "pneumonitis, ruled out": _row(
        "pneumonitis", "not met", ("Stated absent: pneumonitis",), condition_1="pneumonitis",
        condition_1_status="ruled out"),
    "a former name of a gene": _row(
        "KMT2D", "met", ("KMT2D mutation",), alteration_1="MLL2", alteration_1_kind="mutation"),
    "the partners of a fusion turned about": _row(
        "ALK/EML4", "met", ("ALK::EML4 fusion",), alteration_1="EML4", alteration_1_kind="fusion",
        alteration_1_partner="ALK"),
    "nivolumab beside no nivolumab": _row(
        "checkpoint inhibitor", "unknown",
        ("Therapy: nivolumab is recorded, and denied by another statement", "Conflicts in the record"),
        therapies="nivolumab", therapies_absent="nivolumab"),
    "a third line alone": _row("one line", "not met", ("at least 3",), therapy_1="cisplatin", therapy_1_line="3"),
    "a third line in a complete list of one": _row(
        "one line", "unknown", ("1 to 3", "Therapy: cisplatin is said to be line 3, and fewer lines are listed",
                                "Conflicts in the record"),
        therapy_1="cisplatin", therapy_1_line="3", complete="therapies"),
    "the same 30 Gy twice": _row("50 Gy", "unknown", ("30 to 60 Gy", "twice"), **_TWICE, complete="radiotherapy"),
    "1.050 under a decimal comma": Typed(
        "ast", "not met", ("1050 U/L",), {"export.csv": "id;ast\np;1.050\n"},
        "mapping: a laboratory\nid: {column: id}\ndecimal: comma\nrows:\n  labs:\n"
        "    - fields: {test: {constant: ast}, value: {column: ast}, unit: {constant: U/L}}\n"),
    "carboplatin among the medicines": _row(
        "chemotherapy", "met", ("yes (carboplatin)",), medication_1="carboplatin",
        medication_1_start="2026-01-05", medication_1_end="2026-01-05"),
    "C45.0 A, which is excluded": _row(
        "mesothelioma", "not met", ("Diagnosis: other than Pleural Mesothelioma",), diagnosis="C45.0 A"),
    "a misspelt column": _row(
        "ecog", "unknown", ("recorded, and not understood", "ecgo"), ecgo="3", karnofsky="90"),
}  # fmt: skip
_PHENOPACKET = (
    '{"id": "phenopacket-1", "subject": {"id": "proband A", "sex": "MALE"}, "metaData": {"createdBy": "anonymous"}, '
    '"phenotypicFeatures": [{"type": {"id": "HP:9999999", "label": "Quasihypothesis"}}]}'
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped lists and derivations with one trial that asks what the records are about."""
    folder = tmp_path_factory.mktemp("rules")
    for name in ("lists", "derivations"):
        shutil.copytree(ROOT / "rules" / name, folder / name)
    for name in ("ranking.yaml", "progressed_on_own_agents.yaml"):
        shutil.copy(ROOT / "rules" / name, folder)
    (folder / "trials").mkdir()
    criteria = (
        f"  {_IDS[name]}: {{text: {name}, when: {when}, source: protocol}}\n" for name, when in _ASKED.items()
    )
    (folder / "trials" / "NCT90000001.yaml").write_text(_TRIAL + "".join(criteria), "utf-8")
    return folder


def _arguments(typed: Typed, folder: Path, rules: Path) -> list[str]:
    for name, text in typed.files.items():
        (folder / name).write_text(text, "utf-8")
    path = folder if len(typed.files) > 1 else folder / next(iter(typed.files))
    found = [str(path), "--rules", str(rules), "--as-of", "2026-01-15"]
    if typed.mapping:
        (folder / "mapping.yaml").write_text(typed.mapping, "utf-8")
        found += ["--mapping", str(folder / "mapping.yaml")]
    return found


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_what_is_typed_is_answered_with_the_reason_in_words(
    typed: Typed, rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(typed, tmp_path, rules)
    assert main(["match", *arguments, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    (candidate,) = said["patients"][0]["trials"]
    verdicts = {each["id"]: each["verdict"] for each in candidate["criteria"]}
    assert verdicts[_IDS[typed.asked]] == typed.verdict

    assert main(["explain", *arguments, "--patient", "p", "--candidate", "NCT90000001"]) == 0
    shown = capsys.readouterr()
    page = " ".join(f"{shown.out} {shown.err}".split())
    assert [text for text in typed.says if text not in page] == []


def test_a_phenopacket_is_read_and_what_nobody_knows_in_it_is_said(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "phenopacket.json"
    path.write_text(_PHENOPACKET, "utf-8")
    out = tmp_path / "out"
    assert main(["match", str(path), "--rules", str(rules), "--as-of", "2026-01-15", "--out", str(out)]) == 0
    assert "proband A" in capsys.readouterr().out
    assert "Quasihypothesis" in (out / "issues.csv").read_text("utf-8")


def test_a_misspelt_column_is_said_on_the_first_lines(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(TYPED["a misspelt column"], tmp_path, rules)
    assert main(["match", *arguments, "--out", str(tmp_path / "out")]) == 0
    first = " ".join(capsys.readouterr().out.split("\n\n")[0].split())
    assert "the column 'ecgo' is not known, and perhaps 'ecog'" in first
    assert "(P124)" in first
