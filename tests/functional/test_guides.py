"""The examples of the guides are real: they load, and their cases pass."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import date
from pathlib import Path
from textwrap import indent

import pytest
from typer.testing import CliRunner

from matcher.api.clock import now
from matcher.cases.run import read_cases, run_cases
from matcher.cli.app import app
from matcher.rulebook.load import load_rulebook
from matcher.store import Drafts, Who, open_database

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "guide" / page).read_text("utf-8"), re.DOTALL)


def test_the_rule_of_the_writing_guide_loads_and_its_cases_pass(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules" / "lists", tmp_path / "lists")
    rule, cases, left_to_a_person, judged, versions, known, places = blocks("writing-rules.md")
    (tmp_path / "NCT01234567.yaml").write_text(rule, "utf-8")
    (tmp_path / "NCT01234567.cases.yaml").write_text(cases, "utf-8")
    rulebook = load_rulebook(tmp_path)
    read, findings = read_cases(rulebook, tmp_path)
    assert not findings
    assert len(read) == 2
    failures = [each.render() for result in run_cases(rulebook, read) for each in result.failures]
    assert not failures
    more = rule.replace("exclusion:", indent(left_to_a_person, "  ") + "exclusion:")
    (tmp_path / "NCT01234567.yaml").write_text(more, "utf-8")
    (tmp_path / "NCT01234567.cases.yaml").write_text(judged, "utf-8")
    left = load_rulebook(tmp_path)
    (of_a_person,), findings = read_cases(left, tmp_path)
    assert not findings
    assert not [each for result in run_cases(left, [of_a_person]) for each in result.failures]
    (tmp_path / "NCT01234567.cases.yaml").write_text(cases, "utf-8")
    (tmp_path / "NCT01234567.yaml").write_text(rule + versions, "utf-8")
    amended = load_rulebook(tmp_path)
    assert len(amended.by_id["NCT01234567"].versions) == 2
    (tmp_path / "NCT01234567.yaml").write_text(rule + places, "utf-8")
    reached = load_rulebook(tmp_path).by_id["NCT01234567"]
    assert (reached.contacts[0].name, reached.sites[0].name) == ("Trial desk", "North Hospital")
    stated = next(line for line in rule.splitlines() if line.startswith("recruitment:"))
    letter = "sources:\n  letter: {document: Letter of the sponsor, section: whole}"
    (tmp_path / "NCT01234567.yaml").write_text(
        rule.replace(stated, known.rstrip()).replace("sources:", letter, 1), "utf-8"
    )
    recruits = load_rulebook(tmp_path).by_id["NCT01234567"]
    asked = [recruits.available(date(*day)).value for day in ((2024, 1, 1), (2025, 1, 1), (2025, 11, 30))]
    assert asked == ["unknown", "open", "closed"]
    (tmp_path / "NCT01234567.yaml").write_text(rule + versions, "utf-8")
    again, _ = read_cases(amended, tmp_path)
    assert not [each for result in run_cases(amended, again) for each in result.failures]


def test_the_commands_of_the_guide_to_authoring_run_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the server, which the scenes of the workbench start, and what other programs do."""
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "guide" / "authoring.md").read_text("utf-8")
    commands = [
        line for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL) for line in block.splitlines()
    ]
    mine = [each for each in commands if each.startswith("matcher ") and " serve" not in each]
    assert len(mine) == 6
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    database = open_database(store, now)
    Drafts(database).create(
        "NCT01234567", "trial", "trial: NCT01234567\n", "", {}, Who("person:anna", "Anna")
    )
    database.close()
    for each in mine:
        words = shlex.split(each)[1:]
        keeps = words[0] in ("tokens", "audit") or words[1] in ("export", "import")
        done = CliRunner().invoke(app, [*words, *(["--store", store] if keeps else [])])
        assert done.exit_code == 0, (each, done.output)
    assert list((tmp_path / "drafts").glob("NCT01234567-*/draft.json"))
