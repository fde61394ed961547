import pytest

from matcher.vocabulary.staging import (
    EDITIONS,
    SCHEMES,
    STAGE,
    TNM,
    Refused,
    edition,
    scheme_of,
    stage_codes,
    tnm_category,
)


def _codes(scheme, *stages):
    return frozenset(f"{scheme}.{stage}" for stage in stages)


@pytest.mark.parametrize(
    ("scheme", "text", "stages"),
    [
        ("ajcc8_pleural", "Stage III", ("IIIA", "IIIB")),
        ("ajcc8_pleural", "stage iiia", ("IIIA",)),
        ("ajcc8_pleural", "IIIB", ("IIIB",)),
        ("ajcc8_pleural", "3b", ("IIIB",)),
        ("ajcc8_pleural", "III-A", ("IIIA",)),
        ("ajcc8_pleural", "I", ("IA", "IB")),
        ("ajcc8_pleural", "II-III", ("II", "IIIA", "IIIB")),
        ("ajcc8_pleural", "IB to II", ("IB", "II")),
        ("ajcc8_pleural", "IIIA or IV", ("IIIA", "IV")),
        ("ajcc8_pleural", "III/IV", ("IIIA", "IIIB", "IV")),
        ("ajcc7_pleural", "stage iii", ("III",)),
        ("ajcc7_pleural", "stage i", ("IA", "IB")),
        ("imig", "II", ("II",)),
        ("ajcc7_gastric", "Stage IIIC", ("IIIC",)),
        ("ajcc6_gastric", "II", ("II",)),
        ("ajcc8_gastric_clinical", "IVB", ("IVB",)),
        ("ajcc8_lung", "IA", ("IA1", "IA2", "IA3")),
        ("ajcc8_lung", "0", ("0",)),
        ("r_iss", "R-ISS II", ("II",)),
    ],
)
def test_a_written_stage_is_the_leaves_it_can_mean(scheme, text, stages):
    assert stage_codes(scheme, text) == _codes(scheme, *stages)


@pytest.mark.parametrize(
    ("scheme", "text", "reason"),
    [
        ("ajcc8_pleural", "IIIC", "has no stage 'IIIC'"),
        ("ajcc7_pleural", "IIIA", "has no stage 'IIIA'"),
        ("ajcc8_pleural", "advanced", "has no stage"),
        ("ajcc8_pleural", "", "names no stage"),
        ("ajcc8_pleural", "IV-II", "runs backwards"),
        ("ajcc9_pleural", "II", "unknown staging scheme"),
    ],
)
def test_a_stage_the_scheme_has_not_is_refused_with_the_reason(scheme, text, reason):
    refused = stage_codes(scheme, text)
    assert isinstance(refused, Refused)
    assert reason in refused.reason


def test_the_same_numeral_of_two_editions_are_different_codes():
    assert not STAGE.leaves("ajcc8_pleural") & STAGE.leaves("ajcc7_pleural")
    assert stage_codes("ajcc8_pleural", "III") != stage_codes("ajcc7_pleural", "III")


def test_a_scheme_is_closed_and_a_foreign_stage_can_be_said():
    assert STAGE.leaves("ajcc8_pleural.III") == _codes("ajcc8_pleural", "IIIA", "IIIB")
    assert STAGE.leaves("ajcc8_pleural") == _codes("ajcc8_pleural", "IA", "IB", "II", "IIIA", "IIIB", "IV")
    assert "other_scheme" in STAGE.all_leaves
    assert STAGE.cover(_codes("ajcc8_pleural", "IIIA", "IIIB")) == ("ajcc8_pleural.III",)


def test_every_scheme_is_a_root_of_the_tree():
    assert set(SCHEMES) | {"other_scheme"} == set(STAGE.roots)


@pytest.mark.parametrize(
    ("letter", "text", "scheme", "nodes"),
    [
        ("t", "T3", "ajcc8_pleural", ("T3",)),
        ("t", "pT2", "ajcc8_pleural", ("T2",)),
        ("t", "ypT0", "ajcc8_pleural", ("T0",)),
        ("t", "3", "ajcc8_pleural", ("T3",)),
        ("t", "TX", "ajcc8_pleural", ("T1", "T2", "T3", "T4")),
        ("n", "nx", "ajcc8_pleural", ("N0", "N1", "N2")),
        ("m", "MX", "ajcc8_pleural", ("M0", "M1")),
        ("n", "N1-2", "ajcc8_pleural", ("N1", "N2")),
        ("n", "N0/N1", "ajcc8_pleural", ("N0", "N1")),
        ("t", "T1-T3", "ajcc8_pleural", ("T1", "T2", "T3")),
        ("m", "cM0 (i+)", "ajcc8_pleural", ("M0",)),
        ("t", "t1a", "ajcc7_pleural", ("T1a",)),
        ("t", "T1", "ajcc7_pleural", ("T1",)),
        ("n", "n3", "ajcc6_pleural", ("N3",)),
        ("n", "nx", "ajcc6_pleural", ("N0", "N1", "N2", "N3")),
        ("t", "t4a", "ajcc7_gastric", ("T4a",)),
        ("n", "n3b", None, ("N3b",)),
        ("t", "Tis", None, ("Tis",)),
        ("t", "TX", None, ("Tis", "T1", "T2", "T3", "T4")),
    ],
)
def test_a_written_category_is_what_it_can_mean_in_the_scheme(letter, text, scheme, nodes):
    assert tnm_category(letter, text, scheme) == TNM.expand(nodes)


@pytest.mark.parametrize(
    ("letter", "text", "scheme", "reason"),
    [
        ("t", "T1a", "ajcc8_pleural", "older editions"),
        ("t", "pT1b", "ajcc8_pleural", "older editions"),
        ("n", "N3", "ajcc8_pleural", "older editions"),
        ("t", "T4b", "ajcc8_pleural", "has no category 'T4b'"),
        ("m", "M1a", "ajcc8_pleural", "has no category 'M1a'"),
        ("t", "T5", None, "has no category 'T5'"),
        ("t", "large", None, "has no category"),
        ("t", "0-99999999", None, "has no category"),
        ("t", "0 or \N{SUPERSCRIPT TWO}", None, "has no category"),
        ("t", "", None, "is not a T category"),
        ("n", "T2", None, "has no category"),
    ],
)
def test_a_category_of_another_edition_is_refused_with_the_reason(letter, text, scheme, reason):
    refused = tnm_category(letter, text, scheme)
    assert isinstance(refused, Refused)
    assert reason in refused.reason


def test_a_category_stands_for_its_parts():
    assert TNM.is_below("T4b", "T4")
    assert TNM.leaves("T") | TNM.leaves("N") | TNM.leaves("M") == TNM.all_leaves


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7th", "7"),
        ("8th edition", "8"),
        ("AJCC 6", "6"),
        ("8", "8"),
        ("AJCC7", "7"),
        ("8?", None),
        ("8 (?)", None),
        ("seventh", None),
        ("1998", None),
    ],
)
def test_editions_are_read_from_what_registries_write(text, expected):
    assert edition(text) == expected
    assert expected is None or expected in EDITIONS


def test_a_scheme_is_named_by_site_and_edition():
    assert scheme_of("pleural", "8") == "ajcc8_pleural"
    assert scheme_of("pleural", "4") is None
