"""The examples of the guide are real: curl and the client, against a server."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from matcher.client import MatcherClient, ProblemError
from matcher.explanation.answer import PatientShown
from tests.web.live import ROOT, Live, serving
from tests.web.waiting import PATIENCE

GUIDE = ROOT / "docs" / "guide" / "api.md"
WRITTEN = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


def test_the_curl_examples_work(live: Live, desk: Path) -> None:
    script = "\n".join(blocks("sh")).replace(WRITTEN, live.base)
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=desk,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for expected in (
        '"trials":[',
        "patient_id,kind,rank",
        '"kind":"trial"',
        "Cisplatin",
        '"topic":"ecog"',
        '"code":"P010"',
    ):
        assert expected.casefold() in run.stdout.casefold(), expected
    assert "etag:" in (desk / "headers.txt").read_text("utf-8").casefold()


def test_the_python_example_works(
    live: Live, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    (desk / "patients.csv").write_text("patient_id,age\nA-1,61\n", "utf-8")
    (example,) = blocks("python")
    exec(compile(example.replace(WRITTEN, live.base), "guide", "exec"), {})  # noqa: S102
    said = capsys.readouterr().out
    assert said.startswith("1 ")
    assert "P010" in said
    assert (desk / "results" / "matches.csv").is_file()


def test_the_client_gives_the_program_s_own_records(live: Live, tmp_path: Path) -> None:
    with MatcherClient(live.base) as matcher:
        answer = matcher.match({"age": 61, "ecog": 7}, as_of=date(2026, 1, 15), top=1)
        assert isinstance(answer.patient, PatientShown)
        assert [each.code for each in answer.issues] == ["P102"]
        listed = list(matcher.candidates())
        assert len(listed) == matcher.rulebook().trials + matcher.rulebook().regimens
        assert {each.kind for each in matcher.candidates(kind="regimen")} == {"regimen"}
        assert matcher.candidate(listed[0].id).listed == listed[0]
        assert "ecog" in [each.name for each in matcher.features(topic="ecog")]
        with pytest.raises(ProblemError) as refused:
            matcher.candidate("../x")
        assert refused.value.problem.status == 404
        many = tmp_path / "many.jsonl"
        many.write_text("".join(f'{{"id": "{n}", "age": 61}}\n' for n in range(3_000)), "utf-8")
        job = matcher.begin(many)
        with pytest.raises(TimeoutError):
            matcher.wait(job.id, timeout=0.1, every=0.05)
        assert job.id in [each.id for each in matcher.jobs()]
        matcher.cancel(job.id)
        assert matcher.wait(job.id, every=0.1).state.value == "cancelled"
        matcher.delete(job.id)
        with pytest.raises(ProblemError) as gone:
            matcher.job(job.id)
        assert gone.value.problem.code == "U058"


def test_the_client_goes_through_an_intake(live: Live) -> None:
    with MatcherClient(live.base) as matcher:
        begun = matcher.begin_intake(as_of=date(2026, 1, 15), patient="A-1")
        asked = {each.id for section in matcher.form().sections for each in section.fields}
        assert begun.questions[0].field in asked
        told = matcher.answer(begun.id, {"diagnosis": "PLMESO", "ecog": {"value": "seven"}})
        assert told.changes.candidates
        assert [each.field for each in told.issues] == ["ecog"]
        assert matcher.intake(begun.id).trials == told.trials
        first = told.trials[0]
        assert matcher.explain(begun.id, first.id).standing == first.standing
        matched = matcher.match(told.profile, as_of=told.as_of).patient
        assert [(each.id, each.rank) for each in matched.trials] == [
            (each.id, each.rank) for each in told.trials if each.rank
        ]
        taken_back = matcher.answer(begun.id, {"diagnosis": None, "ecog": None})
        assert taken_back.trials == begun.trials
        again = matcher.begin_intake(profile=told.profile, as_of=told.as_of)
        assert again.trials == told.trials
        matcher.end_intake(begun.id)
        with pytest.raises(ProblemError) as gone:
            matcher.intake(begun.id)
        assert gone.value.problem.code == "U058"
