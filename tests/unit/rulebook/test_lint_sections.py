"""Citations of sections that a document does not have."""

import os
from pathlib import Path

import pytest

from matcher.errors import Diagnostic
from matcher.rulebook.lint import lint_sections
from matcher.rulebook.lint.documents import DOCUMENTS
from matcher.rulebook.load import check_rulebook

TEXT = """
# Treatment of Malignant Mesothelioma (PDQ®)

## Stage Information

### Tables 1\N{EN DASH}4

A study: NCT00000001, PrE0505.
"""


def cited(section: str, folder: Path) -> list[Diagnostic]:
    (folder / "carboplatin.yaml").write_text(
        "regimen: carboplatin\n"
        "title: Carboplatin\n"
        "inclusion:\n"
        "  I-01:\n"
        "    text: Adult\n"
        "    when: {age: {at_least: 18 years}}\n"
        f"    source: {{document: pdq, section: '{section}'}}\n",
        encoding="utf-8",
    )
    return lint_sections(check_rulebook(folder), {"pdq": TEXT})


@pytest.mark.parametrize(
    "section",
    [
        "Stage Information",
        "Stage Information / Tables 1-4",
        "treatment of malignant mesothelioma",
        "whole document",
        "NCT00000001",
    ],
)
def test_a_heading_is_found_whatever_its_typography(section: str, tmp_path: Path) -> None:
    assert cited(section, tmp_path) == []


@pytest.mark.parametrize(
    "section", ["Stage Informations", "Stage Information / Table 5", "NCT0000000", "A study"]
)
def test_a_section_that_is_not_there_is_found_at_its_place(section: str, tmp_path: Path) -> None:
    (found,) = cited(section, tmp_path)
    assert (found.code, found.line, found.column) == ("L020", 7, 38)


def test_the_nearest_heading_is_named(tmp_path: Path) -> None:
    assert cited("Stage Informations", tmp_path)[0].hint == "did you mean 'Stage Information'?"


def test_other_documents_are_left_alone(tmp_path: Path) -> None:
    cited("Anywhere", tmp_path)
    assert lint_sections(check_rulebook(tmp_path), {"guide": TEXT}) == []


def test_every_section_the_shipped_rules_cite_is_in_its_document(root: Path, real_data: Path) -> None:
    folder = Path(os.environ.get("MATCHER_SEEDS", str(root.parent / "shared" / "seeds")))
    if not folder.is_dir():
        pytest.skip("the documents behind the rules are not here: set MATCHER_SEEDS to their folder")
    paths = [*sorted(folder.glob("*.txt")), real_data / "trials" / "KEY_CRITERIA.md"]
    texts = {name: path.read_text(encoding="utf-8") for name, path in zip(DOCUMENTS, paths, strict=True)}
    found = lint_sections(check_rulebook(root / "rules"), texts)
    assert [each.render() for each in found] == []
