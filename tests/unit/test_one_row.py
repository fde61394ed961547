"""One row of a data file is a word of the rules, a field of the profile, a column of the CSV, a question and a page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROWS = {
    "conditions.csv": "marble_disease,Marble disease,,osteopetrosis,Q78.2,,ICD-10",
    "laboratory.csv": "selenium,Selenium,ug/L,0,2000,10,90,,,ug/L,,serum selenium",
    "biomarkers.csv": "claudin_6,Claudin 6,ihc,tumour,CLDN6,cldn6",
    "procedures.csv": "sinus_lift,Sinus lift,minor_surgery,sinus augmentation",
    "observations.csv": "left_handed,Left-handed,person,,,,,yes;no,,,Is the patient left-handed?",
    "qualities.csv": "congenital,conditions,congenital,acquired,Is it congenital?,inborn",
    "stage_schemes.csv": "thymus_stage,A stage of thymoma,I II III IV,Masaoka",
}
LISTS = {
    "one_agent.yaml": "title: One agent\nas_of: 2026-11-28\n"
    "source: {document: WHO ATC/DDD index, section: names}\nagents:\n  seleciclib: {synonyms: [roscovitine]}\n",
    "purine_analogue.yaml": "list: purine_analogue\ntitle: Purine analogues of the cell cycle\noffered: true\n"
    "members:\n  - seleciclib\nsource: {document: WHO ATC/DDD index, section: L01XX}\nas_of: 2026-11-28\n",
}
PROBE = """
import sys
from pathlib import Path
from matcher.domain.wire.model import ROWS, wire_profile
from matcher.explanation.names import KINDS, names, page, search
from matcher.readers.mapping import wide_mapping
from matcher.readers.wide_reference import wide_reference
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from matcher.rules.reference import rule_language_reference
from matcher.service import open_rulebook
from matcher.service.intake.fields import field_of

formulary = open_rulebook(Path(sys.argv[1])).formulary
problems = []
reader = ConditionReader(Lexicon(formulary, {}, ()), problems)
for written in (
    {"condition": {"is": "osteopetrosis", "congenital": True}},
    {"lab": {"test": "serum selenium", "at_least": "50 ug/L"}},
    {"biomarker": {"marker": "cldn6", "status": "positive"}},
    {"procedure": "sinus augmentation"},
    {"left_handed": True},
    {"stage": {"scheme": "thymus_stage", "in": ["IV"]}},
    {"prior": "roscovitine"},
    {"prior": "purine_analogue"},
):
    assert reader.read(written, ("when",)) is not None, (written, problems)
for name in ("condition:marble_disease", "lab:selenium", "biomarker:claudin_6", "procedure:sinus_lift",
             "left_handed", "stage:thymus_stage", "therapy:seleciclib", "therapy:purine_analogue"):
    assert field_of(name, formulary) is not None, name
assert "left_handed" in wire_profile().model_fields and "congenital" in ROWS["conditions"].model_fields
columns = wide_mapping().mapping
assert "left_handed" in columns.facts
assert any("congenital" in part.fields for part in columns.rows["conditions"])
printed = wide_reference() + rule_language_reference()
assert all(each in printed for each in ("`selenium`", "`claudin_6`", "`left_handed`", "congenital"))
held = names(formulary)
pages = "".join(page(kind, held) for kind in KINDS)
for each in ("marble_disease", "congenital", "selenium", "claudin_6", "sinus_lift", "left_handed", "thymus_stage",
             "seleciclib", "purine_analogue"):
    assert f"`{each}`" in pages, each
assert search("osteopetrosis", held)[0].codes == ("ICD-10 Q78.2",)
"""


def test_a_row_of_each_kind_is_found_wherever_its_kind_is(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "src"
    shutil.copytree(root / "src", source, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copytree(root / "rules", tmp_path / "rules")
    for name, row in ROWS.items():
        with (source / "matcher" / "vocabulary" / "data" / name).open("a", encoding="utf-8") as file:
            file.write(row + "\n")
    for name, text in LISTS.items():
        (tmp_path / "rules" / "lists" / name).write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path / "rules")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert run.returncode == 0, run.stderr
