"""The lists that come with the rulebook: what a recorded name can be, and what it cannot."""

from pathlib import Path

import pytest

from matcher.rulebook.load import load_rulebook
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.resolution import ANYTHING


@pytest.fixture(scope="module")
def formulary(root: Path) -> Formulary:
    return load_rulebook(root / "rules").formulary


@pytest.mark.parametrize(
    "name", ["lisinopril", "Ramipril", "atorvastatin", "lantus", "albuterol", "vitamin D"]
)
def test_a_common_medicine_treats_no_cancer(name: str, formulary: Formulary) -> None:
    found = formulary.resolve(name)
    assert found.not_anticancer
    assert not found.unresolved
    against = ("anticancer", "immunosuppressant", "anticoagulant", "antiplatelet", "growth_factor")
    assert not set(formulary.classes_of(name)) & set(against)


def test_a_name_that_nobody_lists_may_still_be_anything(formulary: Formulary) -> None:
    assert formulary.resolve("metamizole").components == (ANYTHING,)


@pytest.mark.parametrize(
    ("agent", "classes"),
    [
        ("ivonescimab", {"pd1", "anti_vegf", "checkpoint_inhibitor", "immunotherapy", "targeted_therapy"}),
        ("cadonilimab", {"pd1", "ctla4"}),
        ("satri-cel", {"car_t", "cldn18_2_directed", "immunotherapy"}),
        ("pd1_mesocar_t", {"car_t", "mesothelin_directed", "pd1"}),
        ("gavo-cel", {"mesothelin_directed", "immunotherapy"}),
        ("betrixaban", {"doac", "anticoagulant"}),
        ("danaparoid", {"anticoagulant"}),
        ("deflazacort", {"corticosteroid", "immunosuppressant"}),
        ("folfirinox", set()),
    ],
)
def test_a_product_belongs_to_every_class_its_mechanism_names(
    agent: str, classes: set[str], formulary: Formulary
) -> None:
    if formulary.knows(agent):
        assert classes <= set(formulary.classes_of(agent))
    else:
        assert ANYTHING not in formulary.resolve(agent).components


@pytest.mark.parametrize(("agent", "other"), [("gavo-cel", "car_t"), ("pegargiminase", "chemotherapy")])
def test_a_product_belongs_to_no_class_beside_its_mechanism(
    agent: str, other: str, formulary: Formulary
) -> None:
    assert other not in formulary.classes_of(agent)
