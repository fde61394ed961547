import pytest

from matcher.vocabulary.alterations import absent, asked, finding, may_deny, stated_absent
from matcher.vocabulary.codes import ALTERATION_KIND


@pytest.mark.parametrize(
    "text",
    [
        "EML4-ALK",
        "EML4::ALK",
        "EML4/ALK fusion",
        "EML4:ALK",
        "EML4 - ALK",
        "EML4\u2013ALK",
        "EML4-ALK positive",
    ],
)
def test_a_fusion_names_two_genes(text: str) -> None:
    found = finding(text)
    assert found is not None
    assert (found.genes, found.partner) == (frozenset({"EML4"}), frozenset({"ALK"}))


@pytest.mark.parametrize("text", ["NKX2-1", "HLA-A", "B7-H3", "EML4/ALK", "BRAF V600E", "ALK fusion"])
def test_a_stroke_in_a_name_joins_no_genes(text: str) -> None:
    found = finding(text)
    assert found is None or found.partner is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("KRAS wild type", "mutation"),
        ("KRAS WT", "mutation"),
        ("wild-type KRAS", "mutation"),
        ("KRAS mutation not detected", "mutation"),
        ("no KRAS mutation", "mutation"),
        ("KRAS not amplified", "amplification"),
        ("KRAS-negative", None),
        ("no KRAS", None),
    ],
)
def test_words_say_what_was_not_found(text: str, kind: str | None) -> None:
    found = finding(text)
    assert found is not None
    assert found.absent
    assert found.kinds == (ALTERATION_KIND.leaves(kind) if kind else None)


def test_wild_type_denies_mutations_and_nothing_else() -> None:
    wild = absent({"KRAS"}, ALTERATION_KIND.leaves("mutation"))
    assert asked("KRAS", frozenset({"missense"})) <= wild
    assert not asked("KRAS", frozenset({"amplification"})) <= wild
    assert not asked("KRAS") <= wild
    assert asked("KRAS", frozenset({"amplification"})) | asked("KRAS") <= absent({"KRAS"})


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("ALK fusion", True),
        ("BRCA1/2", True),
        ("TAZ", False),
        ("KRAS G12C", True),
        ("G12C", False),
        ("EML4::ALK", True),
    ],
)
def test_an_absence_is_of_a_gene_or_a_kind(text: str, known: bool) -> None:
    assert bool(stated_absent(text)) is known


@pytest.mark.parametrize(
    ("text", "denies"), [("qqq", True), ("V600E?", True), ("T41fsX (hom)", False), ("nicht 12", True)]
)
def test_words_nobody_knows_may_deny(text: str, denies: bool) -> None:
    assert may_deny(text) is denies
