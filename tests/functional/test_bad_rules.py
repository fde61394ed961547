"""Every file of fixtures/bad_rules yields exactly the findings that its first lines announce.

``# expect: R012 14:9`` names a code, a line and a column of the file itself. A folder holds files that belong
together; ``_lists`` are valid lists that every other file may use.
"""

import re
import shutil
from pathlib import Path

import pytest

from matcher.cases.coverage import repeated_cases
from matcher.cases.run import read_cases, run_cases
from matcher.errors import CODES, Diagnostic
from matcher.rulebook.lint import lint
from matcher.rulebook.load import check_rulebook

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "bad_rules"
LISTS = FIXTURES / "_lists"
NAMES = sorted(path.name for path in FIXTURES.iterdir() if path != LISTS)
_EXPECT = re.compile(rb"^# expect: ([RL]\d{3}) (\d+):(\d+)$", re.MULTILINE)

Place = tuple[str, str, int, int]

NO_FIXTURE = {
    "R044": "a condition names a derived fact like any word, so an unknown one is R012",
    "L001": "said of cases that are missing: tests/unit/cases",
    "L002": "said of cases that are missing: tests/unit/cases",
    "L003": "said of cases that are missing: tests/unit/cases",
    "L004": "said of cases that are missing: tests/unit/cases",
    "L020": "needs the cited documents themselves: tests/unit/rulebook/test_lint_sections.py",
    "L025": "said of cases that are missing: tests/unit/cases",
}


def files_of(name: str) -> list[Path]:
    path = FIXTURES / name
    return [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())


def announced(name: str) -> set[Place]:
    found = set()
    for path in files_of(name):
        shown = path.relative_to(FIXTURES).as_posix()
        for code, line, column in _EXPECT.findall(path.read_bytes()):
            found.add((shown, code.decode(), int(line), int(column)))
    return found


@pytest.fixture(autouse=True)
def _shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fixture of ``own_rulebook`` extends."""
    monkeypatch.setattr("matcher.rulebook.sources.shipped_rules", lambda: LISTS)


def findings(name: str, folder: Path) -> list[Diagnostic]:
    """Everything that loading, lint and the cases say of a fixture among the valid lists.

    A folder called ``own_rulebook`` something is a whole rulebook, and extends these lists.
    """
    rules = folder / "rules"
    if name.startswith("own_rulebook"):
        rules = folder / "rules" / name
    else:
        shutil.copytree(LISTS, rules / "lists")
    for path in files_of(name):
        target = folder / "rules" / path.relative_to(FIXTURES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    loaded = check_rulebook(rules)
    found = loaded.diagnostics + lint(loaded)
    if loaded.rulebook is not None and not loaded.errors:
        cases, diagnostics = read_cases(loaded.rulebook, rules)
        results = list(run_cases(loaded.rulebook, cases))
        found += diagnostics + [failure for result in results for failure in result.failures]
        found += repeated_cases(results)
    if name != "lint_read_as.yaml":
        found = [each for each in found if each.severity != "note"]
    others = (LISTS if name.startswith("own_rulebook") else rules / "lists").as_posix()
    return [each for each in found if not each.file.startswith(others)]


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_yields_exactly_what_it_announces(name: str, tmp_path: Path) -> None:
    found = findings(name, tmp_path)
    rules = tmp_path / "rules"
    places = {
        (Path(each.file).relative_to(rules).as_posix(), each.code, each.line, each.column) for each in found
    }
    assert places == announced(name), "\n".join(each.render() for each in found)
    assert len(found) == len(places), "said twice"


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_says_what_to_do(name: str, tmp_path: Path) -> None:
    for each in findings(name, tmp_path):
        message, _, hint = each.render().partition("\n")
        assert message.endswith(each.message)
        assert len(hint.partition("  docs/")[0].strip()) > 10, each


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("unknown_word.yaml", "did you mean 'at_least'?"),
        ("misspelt_field.yaml", "did you mean 'title'?"),
        ("unknown_code.yaml", "did you mean 'epithelioid'?"),
        ("unknown_test.yaml", "did you mean 'haemoglobin'?"),
        ("unknown_status.yaml", "did you mean 'recruiting'?"),
        ("unknown_unit.yaml", "did you mean 'g/dL'?"),
        ("unknown_list.yaml", "did you mean 'platinum'?"),
        ("unknown_agent.yaml", "did you mean 'nivolumab'?"),
        ("misspelt_kind.yaml", "did you mean 'regimen'?"),
        ("sign.yaml", "write 'at_least'"),
        ("haemoglobin_g_per_l.yaml", "'9 g/dL' is likely meant"),
        ("albumin_mg_per_dl.yaml", "'2.5 g/dL' is likely meant"),
        ("anc_per_decilitre.yaml", "'1500 /uL' is likely meant"),
        ("unknown_scheme.yaml", "did you mean 'ajcc8_pleural'?"),
        ("lint_document.yaml", "did you mean 'KEY_CRITERIA'?"),
    ],
)
def test_the_nearest_right_word_is_named(name: str, hint: str, tmp_path: Path) -> None:
    assert hint in [each.hint for each in findings(name, tmp_path)]


def test_where_no_name_is_near_that_is_said_and_how_to_ask_for_one(tmp_path: Path) -> None:
    hints = [each.hint for each in findings("nothing_near.yaml", tmp_path)]
    assert not any("did you mean" in hint for hint in hints)
    assert hints[0].startswith("one of: active, ")
    assert all(hint.startswith("no known name is near it") for hint in hints[1:6])
    assert hints[6].startswith("what is known is wider, 'autoimmune_disease' (Autoimmune disease)")
    assert all("docs/guide/writing-rules.md" in hint for hint in hints[1:])


def test_every_code_of_rules_and_lint_has_a_fixture_or_a_reason() -> None:
    shown = {code for name in NAMES for _, code, _, _ in announced(name)}
    wanted = {code for code in CODES if code[0] in "RL"}
    assert wanted - shown == set(NO_FIXTURE)


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 45
    assert all(announced(name) for name in NAMES)
