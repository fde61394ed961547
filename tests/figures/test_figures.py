"""Each figure of each evidence block is printed in the section it cites; a changed digit is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from matcher.rulebook.load import load_rulebook
from matcher.rules.candidate import Candidate, Evidence
from tests.figures.documents import Documents
from tests.figures.fields import misplaced, swaps
from tests.figures.figures import Figure, figures_of, prints

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = [
    (candidate, evidence)
    for candidate in load_rulebook(ROOT / "rules").candidates
    for evidence in candidate.evidence
]


@pytest.fixture(scope="module")
def documents(real_data: Path) -> Documents:
    seeds = Path(os.environ.get("MATCHER_SEEDS", str(ROOT.parent / "shared" / "seeds")))
    if not seeds.is_dir():
        pytest.skip("the documents behind the rules are not here: set MATCHER_SEEDS to their folder")
    return Documents(seeds, real_data / "trials" / "KEY_CRITERIA.md")


def name(value: object) -> str:
    match value:
        case Candidate(id=identifier):
            return identifier
        case Evidence(document=document):
            return document.study[:40]
    return ""


@pytest.mark.parametrize(("candidate", "evidence"), BLOCKS, ids=name)
def test_every_figure_is_printed_where_it_is_cited(
    candidate: Candidate, evidence: Evidence, documents: Documents
) -> None:
    citation = evidence.citation
    assert citation is not None, f"{candidate.file}: evidence without a source"
    section = documents.section(citation.document, citation.section)
    assert section is not None, f"{candidate.file}: no section {citation.section!r} in {citation.document}"
    missing = [figure for figure in figures_of(evidence.document) if not prints(section, figure)]
    assert not missing, f"{candidate.file}: not printed in {citation.document}, {citation.section}: {missing}"


def test_there_are_figures_to_check() -> None:
    assert sum(1 for _, evidence in BLOCKS for _ in figures_of(evidence.document)) > 300


@pytest.mark.parametrize(
    ("section", "figure", "printed"),
    [
        ("median OS, 18.1 months [95% CI, 16.8-21.4]", "18.1", True),
        ("median OS, 18.1 months [95% CI, 16.8-21.4]", "18.2", False),
        ("median OS, 18.1 months [95% CI, 16.8-21.4]", "8.1", False),
        ("10.0 months", "10", True),
        ("10.01 months", "10", False),
        ("(P = .020)", "0.02", True),
        ("(P = .0209)", "0.02", False),
        ("folic acid (350-1,000 µg PO)", "1000", True),
        ("Three (1%) deaths", "3", True),
        ("There were no treatment-related deaths", "0", True),
        ("in 300 patients", "30", False),
    ],
)
def test_a_figure_is_found_only_as_printed(section: str, figure: str, printed: bool) -> None:
    assert prints(section, Figure("", figure)) is printed


OF_PDQ = [pair for pair in BLOCKS if pair[1].citation is not None and pair[1].citation.document == "pdq"]


@pytest.mark.parametrize(("candidate", "evidence"), OF_PDQ, ids=name)
def test_every_figure_stands_beside_the_words_of_its_field(
    candidate: Candidate, evidence: Evidence, documents: Documents
) -> None:
    assert evidence.citation is not None
    section = documents.section(evidence.citation.document, evidence.citation.section)
    assert section is not None
    assert list(misplaced(evidence.document, section)) == [], candidate.file


@pytest.mark.parametrize(("candidate", "evidence"), OF_PDQ, ids=name)
def test_two_figures_of_one_block_cannot_change_places(
    candidate: Candidate, evidence: Evidence, documents: Documents
) -> None:
    assert evidence.citation is not None
    section = documents.section(evidence.citation.document, evidence.citation.section)
    assert section is not None
    unnoticed = [
        f"{one} and {other}"
        for one, other, swapped in swaps(evidence.document)
        if not list(misplaced(swapped, section))
    ]
    assert unnoticed == [], candidate.file
