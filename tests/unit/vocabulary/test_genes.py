import pytest

from matcher.vocabulary.genes import SYMBOLS, family, genes, nearest, stated, symbol


@pytest.mark.parametrize(
    ("text", "approved"),
    [
        ("KMT2D", "KMT2D"),
        ("MLL2", "KMT2D"),
        ("MLL", "KMT2A"),
        ("mll-3", "KMT2C"),
        ("PARK2", "PRKN"),
        ("C10orf54", "VSIR"),
        ("HER2/NEU", "ERBB2"),
        ("c-erbB-2", "ERBB2"),
        ("p53", "TP53"),
        ("PD-L1", "CD274"),
        ("c-MET", "MET"),
        ("LKB1", "STK11"),
        ("INI1", "SMARCB1"),
        ("BRG1", "SMARCA4"),
        ("FAM123B", "AMER1"),
        ("H3F3A", "H3-3A"),
        ("MRE11A", "MRE11"),
        ("p16INK4a", "CDKN2A"),
        ("NKX2-1", "NKX2-1"),
        ("TTF-1", "NKX2-1"),
        ("B-Raf", "BRAF"),
        ("WHSC1", "NSD2"),
        ("FKHR", "FOXO1"),
    ],
)
def test_earlier_symbols_and_aliases_mean_the_approved_symbol(text: str, approved: str) -> None:
    assert symbol(text) == approved
    assert symbol(text.lower()) == approved


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("MLL4", {"KMT2B", "KMT2D"}),
        ("TAZ", {"TAFAZZIN", "WWTR1"}),
        ("BRCA1/2", {"BRCA1", "BRCA2"}),
        ("NTRK1-3", {"NTRK1", "NTRK2", "NTRK3"}),
        ("CDKN2A/B", {"CDKN2A", "CDKN2B"}),
        ("RAS", {"KRAS", "NRAS", "HRAS"}),
    ],
)
def test_a_name_of_several_genes_is_the_set_of_them(text: str, several: set[str]) -> None:
    assert genes(text) == several
    assert symbol(text) is None


def test_only_a_family_is_said_of_all_its_genes() -> None:
    assert stated("BRCA1/2") == family("BRCA") == {"BRCA1", "BRCA2"}
    assert stated("TAZ") == frozenset()


@pytest.mark.parametrize(
    "text", ["QWERTY", "BRAF?", "HER2-", "?BRAF", "BRAF V600E", "EML4-ALK", "", "no BRAF", "ALK+"]
)
def test_what_is_more_or_less_than_a_name_is_no_gene(text: str) -> None:
    assert genes(text) == frozenset()


def test_every_symbol_means_its_own_gene() -> None:
    assert [each for each in SYMBOLS if genes(each) != {each}] == []
    assert list(SYMBOLS) == sorted(set(SYMBOLS))
    assert len(SYMBOLS) > 1000


def test_a_misspelt_gene_has_a_nearest_one() -> None:
    assert nearest("CDKN2AA") is None
    assert nearest("QWERTYUI") is None
