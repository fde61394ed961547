"""Many patients explained together are told what the reference tells one at a time, to the last word."""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from matcher.explanation.lines import line_of, patient_of
from matcher.explanation.writer import Noted
from matcher.readers.outcome import Patient, issue_in_words
from matcher.readers.read import read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, batch, open_rulebook
from matcher.service.account import Run
from matcher.service.outputs import Outputs
from matcher.service.rendered import in_bytes

DAY = date(2026, 1, 15)


def patients_of(rulebook: Rulebook, path: Path, mapping: Path | None = None) -> list[Patient]:
    file = read_patients(path, formulary=rulebook.formulary, mapping=mapping, as_of=DAY, today=DAY)
    return [each for each in file if isinstance(each, Patient)]


def assert_told_alike(rulebook: Rulebook, patients: Sequence[Patient], options: MatchOptions) -> None:
    """Line by line as bytes, and once joined as what is said."""
    reference = Matcher(
        rulebook,
        MatchOptions(
            engine="reference",
            include_closed=options.include_closed,
            include_deceased=options.include_deceased,
        ),
    )
    together = Matcher(rulebook, options).together(None, (), ())
    noted = [Noted([issue_in_words(issue) for issue in each.issues], ("as told",)) for each in patients]
    explained = together.explain([each.profile for each in patients], noted)
    for each, about, written in zip(patients, noted, explained.written, strict=True):
        shown = reference.match_one(each.profile, about.issues, about.assumptions)
        line = f"{written.json}\n".encode()
        assert line == in_bytes(line_of(shown, reference.common)), shown.patient
        assert patient_of(json.loads(line), reference.common) == shown


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


def test_the_shipped_rulebook_is_explained_together(rulebook: Rulebook) -> None:
    assert Matcher(rulebook).explains_together


@pytest.mark.parametrize(
    ("name", "everybody"), [("patients.csv", False), ("patients.csv", True), ("profiles.jsonl", False)]
)
def test_the_sample_patients_are_told_alike(
    rulebook: Rulebook, root: Path, name: str, everybody: bool
) -> None:
    patients = patients_of(rulebook, root / "fixtures" / name)
    options = MatchOptions(include_closed=everybody, include_deceased=everybody)
    assert_told_alike(rulebook, patients, options)


@pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad"])
def test_published_patients_are_told_alike(
    rulebook: Rulebook, root: Path, real_data: Path, name: str
) -> None:
    mapping = root / "fixtures" / "mappings" / f"{name}.yaml"
    patients = patients_of(rulebook, real_data / "patients" / f"{name}.csv", mapping)
    assert_told_alike(rulebook, patients[:: len(patients) // 30], MatchOptions())


def test_generated_patients_are_told_alike(rulebook: Rulebook, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    script = root / "benchmarks" / "extract.py"
    subprocess.run([sys.executable, str(script), "30", str(path)], check=True)
    assert_told_alike(rulebook, patients_of(rulebook, path), MatchOptions())


def test_one_patient_is_told_as_beside_others(rulebook: Rulebook, root: Path) -> None:
    patients = patients_of(rulebook, root / "fixtures" / "patients.csv")
    profiles, noted = [each.profile for each in patients], [Noted()] * len(patients)
    together = Matcher(rulebook).together(None, (), ())
    beside = together.explain(profiles, noted).written
    for profile, expected in zip(profiles, beside, strict=True):
        assert together.explain([profile], [Noted()]).written[0].json == expected.json


def test_a_judged_patient_among_others_changes_nothing_for_them(
    rulebook: Rulebook, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "EXPLAINED_PART", 4)
    profiles = [
        json.loads(line) for line in (root / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines()
    ]
    made = [{**profiles[n % len(profiles)], "id": f"P-{n}"} for n in range(30)]
    candidate = next(each for each in rulebook.candidates if each.criteria)
    criterion = candidate.criteria[0].id
    made[6]["judgements"] = [{"candidate": candidate.id, "criterion": criterion, "verdict": "met"}]
    path = tmp_path / "patients.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in made), "utf-8")
    matcher, run = Matcher(rulebook), Run(rulebook, path.name, DAY.isoformat(), "single")
    for name, whole in (("together", False), ("one_by_one", True)):
        file = read_patients(path, formulary=rulebook.formulary, as_of=DAY, today=DAY)
        with Outputs(tmp_path / name, run, len(file), common=matcher.common) as outputs:
            outcomes = list(batch.write_run(matcher, file, outputs, whole=whole))
            outputs.finish(file.reading)
        assert len(outcomes) == len(made)
    for each in sorted((tmp_path / "together").iterdir()):
        if each.name != "report.html":  # there packs are of other sizes
            assert each.read_bytes() == (tmp_path / "one_by_one" / each.name).read_bytes(), each.name
