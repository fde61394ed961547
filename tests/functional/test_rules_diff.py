"""Two rulebooks beside each other: what is asked differently, and whom it touches."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.functional.command import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_in(tmp_path, capsys)


@pytest.fixture
def amended(desk: Desk) -> Callable[..., Path]:
    """The rulebook with words of its first trial replaced."""

    def change(*replaced: tuple[str, str], file: str = "trials/NCT00000001.yaml") -> Path:
        folder = desk.folder / "amended"
        if not folder.exists():
            shutil.copytree(desk.rules, folder)
        text = (folder / file).read_text("utf-8")
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, "utf-8")
        return folder

    return change


def _diff(desk: Desk, new: Path, *arguments: object) -> dict[str, Any]:
    ran = desk.run("rules", "diff", desk.rules, new, "--json", *arguments)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_the_same_rulebook_asks_the_same(desk: Desk) -> None:
    assert _diff(desk, desk.rules, "--patients", desk.patients, "--as-of", "2026-01-15")["rules"] == []


def test_a_limit_that_moved_is_told_with_those_it_touches(desk: Desk, amended: Callable[..., Path]) -> None:
    new = amended(("at_least: 100 10*9/L", "at_least: 90 10*9/L"))
    found = _diff(desk, new, "--patients", desk.patients, "--as-of", "2026-01-15")
    (rule,) = found["rules"]
    (criterion,) = rule["criteria"]
    assert (rule["id"], criterion["id"], criterion["meaning"]) == ("NCT00000001", "I-02", True)
    assert "100" in criterion["before"]["asks"]
    assert "90" in criterion["after"]["asks"]
    (changed,) = found["impact"]["changed"]
    assert (changed["patient"], changed["before"], changed["after"]) == ("A-1", "Not yet", "Eligible")
    assert changed["because"][0].startswith("I-02 Platelets of at least 100: not met -> met")
    assert found["impact"]["touched"] == 1


def test_other_words_for_the_same_are_no_change_of_meaning(desk: Desk, amended: Callable[..., Path]) -> None:
    found = _diff(desk, amended(("At least 18 years old", "An adult")))
    (rule,) = found["rules"]
    assert not rule["meaning"]
    assert "in other words" in desk.run("rules", "diff", desk.rules, desk.folder / "amended").out


def test_what_is_new_and_what_is_gone_is_told(desk: Desk, amended: Callable[..., Path]) -> None:
    new = amended(
        (
            "exclusion:\n",
            "exclusion:\n  E-02:\n    text: Pregnant\n    when: {pregnant: true}\n    source: protocol\n",
        )
    )
    (new / "regimens" / "rest.yaml").unlink()
    (new / "regimens" / "rest.cases.yaml").unlink()
    found = _diff(desk, new, "--patients", desk.patients, "--as-of", "2026-01-15")
    changes = {each["id"]: each["change"] for each in found["rules"]}
    assert changes == {"NCT00000001": "changed", "rest": "removed"}
    gone = [each for each in found["impact"]["changed"] if each["candidate"] == "rest"]
    assert {each["after"] for each in gone} == {"not in the rulebook"}
    assert "A-1" in {each["patient"] for each in gone}


def test_a_list_that_grew_is_told_though_every_word_is_the_same(desk: Desk) -> None:
    folders = []
    for name, members in (("before", "[cisplatin]"), ("after", "[cisplatin, carboplatin]")):
        folder = desk.folder / name
        shutil.copytree(desk.rules, folder)
        (folder / "lists").mkdir()
        (folder / "lists" / "agents.yaml").write_text(
            "title: Agents\nas_of: 2026-01-01\nsource: {document: d, section: s}\nagents:\n  cisplatin: {}\n  carboplatin: {}\n",
            "utf-8",
        )
        (folder / "lists" / "old_platinum.yaml").write_text(
            f"list: old_platinum\ntitle: Older platinum\nas_of: 2026-01-01\nsource: {{document: d, section: s}}\nmembers: {members}\n",
            "utf-8",
        )
        file = folder / "trials" / "NCT00000001.yaml"
        text = file.read_text("utf-8").replace("{ecog: {above: 2}}", "{prior: old_platinum}")
        file.write_text(text, "utf-8")
        folders.append(folder)
    ran = desk.run("rules", "diff", *folders)
    assert ran.code == 0, ran.err
    assert "in the same words: Prior older platinum; now also carboplatin" in " ".join(ran.out.split())


def test_the_page_for_a_change_request_has_a_row_for_each_patient(
    desk: Desk, amended: Callable[..., Path]
) -> None:
    new = amended(("at_least: 100 10*9/L", "at_least: 90 10*9/L"))
    arguments = ("--form", "markdown", "--patients", desk.patients, "--as-of", "2026-01-15")
    ran = desk.run("rules", "diff", desk.rules, new, *arguments)
    assert "| A-1 | NCT00000001 | Not yet | Eligible |" in ran.out


def test_what_is_no_rulebook_is_said(desk: Desk) -> None:
    assert desk.run("rules", "diff", desk.rules, desk.patients).code == 2
    assert desk.run("rules", "diff", desk.rules, desk.rules, "--form", "poem").code == 2


def test_an_amendment_touches_exactly_the_patients_it_should(desk: Desk, root: Path, real_data: Path) -> None:
    """DREAM3R took every histology at first, then epithelioid alone: over the published records of TCGA-MESO.

    Whom it should touch is read from the table itself: whose tumour is written down as biphasic or sarcomatoid, and
    who was not ruled out before.
    """
    file = real_data / "patients" / "tcga_meso.csv"
    new, old = desk.folder / "new", desk.folder / "old"
    text = (root / "rules" / "trials" / "NCT04334759.yaml").read_text("utf-8")
    text = text[: text.index("versions:")]
    asks = "  I-03:\n    text: Epithelioid histology\n    when: {histology: {in: [epithelioid]}}\n    source: mirror\n"
    assert asks in text
    for folder, content in ((new, text), (old, text.replace(asks, ""))):
        for each in ("lists", "derivations"):
            shutil.copytree(root / "rules" / each, folder / each)
        (folder / "NCT04334759.yaml").write_text(content, "utf-8")
    mapping = root / "fixtures" / "mappings" / "tcga_meso.yaml"
    before = desk.run("match", file, "--rules", old, "--mapping", mapping, "--include-closed", "--json")
    assert before.code == 0, before.err
    ruled_out = {
        each["patient"]
        for each in json.loads(before.out)["patients"]
        if each["trials"][0]["standing"] == "ineligible"
    }
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = [each for each in rows[0] if each.endswith(("histological_type", "icd_o_3_histology"))]
    should = set()
    for row in rows:
        said = " ".join(row[each] for each in columns)
        other = any(each in said for each in ("biphasic", "sarcomatoid", "9053/3", "9051/3"))
        if other and not any(each in said for each in ("epithelioid", "9052/3")):
            should.add(row["patient.bcr_patient_barcode"])
    assert len(should) > 20
    ran = desk.run("rules", "diff", old, new, "--patients", file, "--mapping", mapping, "--json")
    changed = json.loads(ran.out)["impact"]["changed"]
    assert {each["patient"] for each in changed} == should - ruled_out
    assert len(changed) == 12
    for each in changed:
        assert each["after"] == "Not eligible"
        assert len(each["because"]) == 1
        assert each["because"][0].startswith("I-03 Epithelioid histology, new: not met; Histology: ")
