import pytest

from matcher.vocabulary.biomarkers import (
    CATEGORIES,
    MARKER,
    MARKERS,
    METHOD,
    METHOD_SPECIMENS,
    SCORE_TYPE,
    SPECIMENS,
    STATUS,
    gene_symbol,
    hla_allele,
    speaks_for_tumour,
    specimens,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MSLN", "mesothelin"),
        ("tumour mesothelin", "mesothelin"),
        ("Claudin 18.2", "cldn18_2"),
        ("CLDN18.2", "cldn18_2"),
        ("HER2/neu", "her2"),
        ("PD-L1", "pd_l1"),
        ("BCMA", "bcma"),
        ("CK5/6", "ck5_6"),
        ("WT-1", "wt1"),
        ("podoplanin", "d2_40"),
        ("AE1/AE3", "pancytokeratin"),
        ("SMRP", None),
        ("serum mesothelin", None),
    ],
)
def test_markers_are_found_by_the_names_people_use(text, code):
    assert MARKERS.lookup(text) == code


@pytest.mark.parametrize(
    ("marker", "method", "specimen", "speaks"),
    [
        ("mesothelin", "ihc", None, True),
        ("mesothelin", None, None, True),
        ("mesothelin", "serum", None, False),
        ("mesothelin", "serum", "tumour", False),
        ("mesothelin", None, "blood", False),
        ("mesothelin", "ihc", "blood", False),
        ("bcma", "flow", "tumour", True),
        ("bcma", "flow", "blood", False),
        ("pd_l1", "ctdna", None, False),
        ("ctdna", None, None, False),
        ("hla_a", "serology", None, False),
    ],
)
def test_a_blood_level_never_counts_as_expression_on_the_tumour(marker, method, specimen, speaks):
    assert speaks_for_tumour(marker, method, specimen) is speaks


@pytest.mark.parametrize(
    ("method", "specimen", "possible"),
    [
        ("ihc", None, {"tumour"}),
        ("serum", None, {"blood"}),
        ("flow", None, {"tumour", "blood"}),
        ("flow", "blood", {"blood"}),
        (None, None, {"tumour", "blood"}),
        ("serum", "tumour", {"tumour", "blood"}),
    ],
)
def test_a_specimen_is_what_method_and_record_leave_possible(method, specimen, possible):
    assert specimens(method, specimen) == possible


def test_every_method_has_its_specimens_and_every_marker_its_kind():
    assert set(METHOD_SPECIMENS) == set(METHOD.codes)
    assert all(each <= set(SPECIMENS) for each in METHOD_SPECIMENS.values())
    assert set(MARKER) == set(MARKERS.codes)
    assert all(marker.kinds and marker.specimen in {"tumour", "blood", "any"} for marker in MARKER.values())
    assert set(CATEGORIES) <= set(MARKERS.codes)


@pytest.mark.parametrize(
    ("tree", "text", "code"),
    [
        (METHOD, "immunohistochemistry", "ihc"),
        (METHOD, "ELISA", "serum"),
        (METHOD, "liquid biopsy", "ctdna"),
        (STATUS, "pos", "positive"),
        (STATUS, "not detected", "negative"),
        (SCORE_TYPE, "CPS", "cps"),
        (SCORE_TYPE, "tumor proportion score", "tps"),
        (CATEGORIES["msi"], "MSI-H", "msi_high"),
        (CATEGORIES["mmr"], "dMMR", "mmr_deficient"),
    ],
)
def test_the_words_of_reports_are_known(tree, text, code):
    assert tree.lookup(text) == code


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("HER2", "ERBB2"),
        ("nf2", "NF2"),
        ("PD-L1", "CD274"),
        ("KRAS", "KRAS"),
        ("kras ", "KRAS"),
        ("BCMA", "TNFRSF17"),
    ],
)
def test_genes_are_named_by_their_hgnc_symbol(text, symbol):
    assert gene_symbol(text) == symbol


@pytest.mark.parametrize(
    ("text", "allele"),
    [
        ("HLA-A*02:01", "A*02:01"),
        ("HLA-A*02:01:01", "A*02:01"),
        ("A0201", "A*02:01"),
        ("HLA-A*02", "A*02"),
        ("HLA-A2", "A*02"),
        ("C*08:02", "C*08:02"),
        ("DRB1*04:01", None),
        ("positive", None),
    ],
)
def test_hla_alleles_are_written_in_two_fields(text, allele):
    assert hla_allele(text) == allele
