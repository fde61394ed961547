import pytest

from matcher.vocabulary.variants import MUTATION, change, changes, exons_of, named

ONE = [
    ("V600E", "V600E"),
    ("p.V600E", "V600E"),
    ("p.Val600Glu", "V600E"),
    ("p.(Val600Glu)", "V600E"),
    ("VAL600GLU", "V600E"),
    ("v600e", "V600E"),
    ("NP_004324.2:p.(Val600Glu)", "V600E"),
    ("NM_004333.4:c.1799T>A (p.Val600Glu)", "V600E"),
    ("p.V600E (c.1799T>A)", "V600E"),
    ("V600delinsE", "V600E"),
    ("V600E mutation", "V600E"),
    ("V600E (VAF 23 %)", "V600E"),
    ("R213Ter", "R213*"),
    ("p.Arg213Ter", "R213*"),
    ("p.Arg213GlyfsTer12", "R213Gfs*12"),
    ("p.Glu746_Ala750del", "E746_A750del"),
    ("E746-A750del", "E746_A750del"),
    ("ELREA746_750del", "E746_A750del"),
    ("E746_A750delELREA", "E746_A750del"),
    ("L747_P753>S", "L747_P753delinsS"),
    ("L747_A750delLREAinsP", "L747_A750delinsP"),
    ("p.Asp770_Asn771insSerValAsp", "D770_N771insSVD"),
    ("VK600_601delinsE", "V600_K601delinsE"),
    ("p.V560del", "V560del"),
]
CLASSES = [
    ("V600", "V600"),
    ("V600X", "V600"),
    ("R213X", "R213"),
    ("codon 600", "codon 600"),
    ("R213fs", "R213fs"),
    ("X1010_splice", "X1010_splice"),
    ("ex19del", "exon 19 deletion"),
    ("deletion in exon 19", "exon 19 deletion"),
    ("19del", "exon 19 deletion"),
    ("exon 20 ins", "exon 20 insertion"),
    ("exon 19 frameshift", "exon 19 frameshift"),
    ("truncating mutation", "truncating"),
    ("c.2235_2249del", "c.2235_2249del"),
]


@pytest.mark.parametrize(("text", "canonical"), ONE)
def test_one_change_has_one_name_however_it_is_written(text: str, canonical: str) -> None:
    found = change(text)
    assert found is not None
    assert found.text == canonical
    assert found.keys
    assert change(canonical) == found


@pytest.mark.parametrize(("text", "canonical"), CLASSES)
def test_a_class_stands_for_many_changes_and_names_none(text: str, canonical: str) -> None:
    found = change(text, "EGFR")
    assert found is not None
    assert found.text == canonical
    assert not found.keys
    assert change(canonical, "EGFR") == found


@pytest.mark.parametrize(
    "text",
    ["V600E?", "?V600E", "wild type", "no V600E", "V600E not detected", "V600E (VAF 0 %)", "600", "E19del", "-", "V600E-",
     "exon 20 L858R", "p.=", "amplification", "(V600E", "V600E, K601E"],
)  # fmt: skip
def test_what_is_left_over_makes_the_whole_not_understood(text: str) -> None:
    if text == "(V600E":
        assert change(text) is not None
    else:
        assert change(text, "EGFR") is None


def test_alternatives_are_several_changes() -> None:
    assert [each.text for each in changes("V600E/K")] == ["V600E", "V600K"]
    assert [each.text for each in changes("Gly12Cys or G12D")] == ["G12C", "G12D"]
    assert changes("V600E/foo") == ()


def test_an_effect_is_what_the_change_does_to_the_protein() -> None:
    kinds = {
        text: change(text)
        for text in ("V600E", "R213*", "R213fs", "E746_A750del", "A767_V769dup", "D770delinsGY")
    }
    assert [next(iter(each.kinds)) for each in kinds.values() if each] == [
        "missense", "nonsense", "frameshift", "inframe_deletion", "inframe_insertion", "inframe_insertion",
    ]  # fmt: skip
    found = change("c.1799T>A")
    assert found is not None
    assert found.kinds == MUTATION


def test_two_spellings_of_one_insertion_share_a_key() -> None:
    one, other, longer = (change(text) for text in ("A767_V769dup", "V769_D770insASV", "D770_N771insG"))
    assert one is not None and other is not None and longer is not None  # noqa: PT018
    assert one.keys & other.keys
    assert not one.keys & longer.keys


@pytest.mark.parametrize(
    ("text", "gene", "exons"),
    [
        ("E746_A750del", "EGFR", {"19"}),
        ("L858R", "EGFR", {"21"}),
        ("D761Y", "EGFR", {"19"}),
        ("K601E", "BRAF", {"15"}),
        ("D1010N", "MET", {"14", "other"}),
        ("W557_K558del", "KIT", {"11"}),
        ("V600E", "TP53", None),
    ],
)
def test_residues_lie_in_exons(text: str, gene: str, exons: set[str] | None) -> None:
    found = change(text, gene)
    assert found is not None
    assert exons_of(found, gene) == exons


@pytest.mark.parametrize(
    ("text", "gene", "rest"),
    [
        ("BRAF V600E", "BRAF", "V600E"),
        ("BRAF:p.V600E", "BRAF", "p.V600E"),
        ("BRAFV600E", "BRAF", "V600E"),
        ("EGFRvIII", "EGFR", "vIII"),
        ("FLT3-ITD", "FLT3", "ITD"),
        ("METex14 skipping", "MET", "ex14 skipping"),
        ("NM_004333.4(BRAF):c.1799T>A (p.Val600Glu)", "BRAF", "c.1799T>A (p.Val600Glu)"),
        ("FGFR3", "", ""),
        ("p.Gly12Asp", "", ""),
        ("Arg100Asp", "", ""),
        ("A20_A22del", "", ""),
        ("NKX2-1", "", ""),
        ("KRAS wild type", "", ""),
    ],
)
def test_a_gene_may_stand_before_its_change(text: str, gene: str, rest: str) -> None:
    assert named(text) == (gene, rest)
