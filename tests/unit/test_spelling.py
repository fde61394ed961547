"""Which names are one name with a slip of the pen, and which are two names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import misspelt, nearest


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("platlets", "platelets"),
        ("palteletes", "platelets"),
        ("lpatelets", "platelets"),
        ("plate lets", "platelets"),
        ("cisplatn", "cisplatin"),
        ("epitheliod", "epithelioid"),
        ("hemoglobn", "Haemoglobin"),
        ("lymfoma", "lymphoma"),
        ("hypretension", "hypertension"),
        ("checkpoint inhibiter", "checkpoint_inhibitor"),
        ("typ 1 diabetes", "type 1 diabetes"),
        ("lug cancer", "lung cancer"),
        ("Hb A1c", "HbA1c"),
        ("phse", "phase"),
        ("ages", "age"),
        ("therapys", "therapies"),
        ("g/dLL", "g/dL"),
    ],
)
def test_a_slip_of_the_pen_is_taken_for_the_name(written: str, known: str) -> None:
    assert misspelt(written, [known, "quite another"]) == known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("asymptomatic", "active"),
        ("asymptomatic", "symptomatic"),
        ("inactive", "active"),
        ("unresectable", "resectable"),
        ("no asthma", "asthma"),
        ("not active", "active"),
        ("hypertension", "hypotension"),
        ("hyperkalaemia", "hypokalaemia"),
        ("hypercalcaemia", "hyperkalaemia"),
        ("anti-CD20", "anti_cd38"),
        ("CD19", "CD20"),
        ("HLA-A*02:01", "HLA-A*03:01"),
        ("HIV-", "HIV"),
        ("type 1 diabetes", "type 2 diabetes"),
        ("hepatitis B", "hepatitis C"),
        ("hepatitisC", "hepatitis_b"),
        ("T-cell lymphoma", "B-cell lymphoma"),
        ("stage II", "stage III"),
        ("stageII", "stageIII"),
        ("left lung", "right lung"),
        ("CYP3A4 inhibitor", "CYP3A4 inducer"),
        ("prealbumin", "albumin"),
        ("mastectomy", "gastrectomy"),
        ("colotomy", "colostomy"),
        ("arteritis", "arthritis"),
        ("nephritis", "neuritis"),
        ("chordoma", "chondroma"),
        ("dysphasia", "dysphagia"),
        ("metatarsal", "metacarpal"),
        ("microcytic", "macrocytic"),
        ("hip fracture", "rib fracture"),
        ("perineal", "peritoneal"),
        ("prednisone", "prednisolone"),
        ("icotinib", "imatinib"),
        ("acute promyelocytic leukaemia", "AML"),
        ("IIIC", "IIIB"),
        ("ALT", "AST"),
        ("ASAT", "alat"),
        ("BRCA", "BLCA"),
        ("SCLC", "CSCLC"),
        ("anti-PD1", "anti-PDL1"),
        ("GPRC5A", "GPRC5D"),
    ],
)
def test_another_name_is_not_near_though_its_letters_are(one: str, other: str) -> None:
    assert misspelt(one, [other]) is None
    assert misspelt(other, [one]) is None


def test_between_two_meanings_nothing_is_chosen_and_between_two_names_of_one_the_first() -> None:
    assert misspelt("hypetension", ["hypertension", "hypotension"]) is None
    assert misspelt("hypetension", {"hypertension": "up", "hypotension": "down"}) is None
    assert misspelt("tumuor", ["tumor", "tumour"]) is None
    assert misspelt("tumuor", {"tumour": "tumour", "tumor": "tumour"}) == "tumor"


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_name_near_another_has_its_digits(written: str, known: str) -> None:
    if nearest(written, [known]) is not None:
        assert [each for each in written if each.isdecimal()] == [each for each in known if each.isdecimal()]
