import pytest

from matcher.vocabulary.conditions import (
    CONDITIONS,
    ICD10_CONDITION,
    SNOMED_CONDITION,
    condition_of_icd10,
    condition_of_snomed,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("autoimmune disease", "autoimmune_disease"),
        ("RA", "rheumatoid_arthritis"),
        ("Hashimoto's thyroiditis", "hypothyroidism_autoimmune"),
        ("hypothyroidism", "hypothyroidism"),
        ("ILD", "interstitial_lung_disease"),
        ("Pneumonitis", "interstitial_lung_disease"),
        ("heart attack", "myocardial_infarction"),
        ("CHF", "heart_failure"),
        ("TIA", "tia"),
        ("DVT", "dvt"),
        ("brain metastases", "metastasis_brain"),
        ("cns disease", "cns_disease"),
        ("HBV", "hepatitis_b"),
        ("Gilbert's syndrome", "gilbert_syndrome"),
        ("GVHD", "graft_versus_host_disease"),
        ("thrombosis", None),
        ("lumbago", None),
    ],
)
def test_conditions_are_found_by_the_names_people_use(text, code):
    found = CONDITIONS.lookup(text)
    assert (found is None) is (code is None)
    if code is not None and found is not None:
        assert CONDITIONS.is_below(found, code)


@pytest.mark.parametrize(
    ("code", "ancestor"),
    [
        ("type_1_diabetes", "autoimmune_disease"),
        ("crohn_disease", "inflammatory_bowel_disease"),
        ("pneumonitis", "interstitial_lung_disease"),
        ("metastasis_brain", "metastasis_cns"),
        ("leptomeningeal_disease", "metastasis_cns"),
        ("metastasis_cns", "metastasis"),
        ("metastasis_cns", "cns_disease"),
        ("seizure_disorder", "cns_disease"),
        ("atrial_fibrillation", "cardiac_disease"),
        ("pulmonary_embolism", "thromboembolism"),
        ("tuberculosis", "infection"),
    ],
)
def test_what_lies_below_what(code, ancestor):
    assert CONDITIONS.is_below(code, ancestor)


def test_hypothyroidism_alone_may_or_may_not_be_autoimmune():
    leaves = CONDITIONS.leaves("hypothyroidism")
    assert leaves & CONDITIONS.leaves("autoimmune_disease")
    assert leaves - CONDITIONS.leaves("autoimmune_disease")


def test_a_condition_outside_the_list_can_be_said():
    assert CONDITIONS.leaves("any_condition_other") == {"any_condition_other"}


def test_every_name_means_one_condition():
    for code in CONDITIONS.codes:
        for name in (code, CONDITIONS.title(code), *CONDITIONS.synonyms(code)):
            assert CONDITIONS.lookup(name) == code, name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I21.4", "myocardial_infarction"),
        ("i50", "heart_failure"),
        ("J84.10", "pulmonary_fibrosis"),
        ("J84.9", "interstitial_lung_disease"),
        ("C78.7", "metastasis_liver"),
        ("B18.1", "hepatitis_b"),
        ("I1", None),
        ("Z99.9", None),
    ],
)
def test_icd10_codes_are_read_by_their_longest_prefix(text, code):
    assert condition_of_icd10(text) == code


def test_snomed_codes_are_read_exactly():
    assert condition_of_snomed(" 22298006 ") == "myocardial_infarction"
    assert condition_of_snomed("1") is None
    assert all(CONDITIONS.has(code) for code in (*ICD10_CONDITION.values(), *SNOMED_CONDITION.values()))


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("anaemia", "pernicious_anaemia"),
        ("haemolytic anaemia", "autoimmune_haemolytic_anaemia"),
        ("thrombocytopenia", "immune_thrombocytopenia"),
        ("hyperthyroidism", "graves_disease"),
        ("thyrotoxicosis", "graves_disease"),
        ("thyroiditis", "hypothyroidism_autoimmune"),
        ("colitis", "ulcerative_colitis"),
        ("arthritis", "rheumatoid_arthritis"),
        ("dermatitis", "atopic_dermatitis"),
        ("hepatitis", "hepatitis_b"),
        ("chronic hepatitis", "autoimmune_hepatitis"),
        ("glomerulonephritis", "glomerulonephritis_other_cause"),
        ("glomerulonephritis", "glomerulonephritis_autoimmune"),
        ("kidney disease", "glomerulonephritis_autoimmune"),
        ("liver disease", "primary_biliary_cholangitis"),
        ("lung disease", "pneumonitis"),
        ("skin disease", "psoriasis"),
        ("neurological disorder", "multiple_sclerosis"),
        ("neurological disorder", "ischaemic_stroke"),
        ("polyneuropathy", "guillain_barre"),
        ("encephalopathy", "hepatic_encephalopathy"),
        ("paraneoplastic syndrome", "paraneoplastic_other"),
        ("insulin-dependent diabetes", "type_2_diabetes"),
        ("infusion reaction", "infusion_reaction_other"),
        ("dysphagia", "difficulty_swallowing"),
        ("injury", "minor_injury"),
        ("cerebrovascular disease", "cerebrovascular_other"),
        ("coagulation disorder", "thrombophilia"),
        ("QT prolongation", "qt_prolongation_acquired"),
        ("hair loss", "alopecia_areata"),
    ],
)
def test_a_name_is_as_wide_as_whoever_writes_it_may_mean(text, may_be):
    found = CONDITIONS.lookup(text)
    assert found is not None
    assert CONDITIONS.leaves(may_be) < CONDITIONS.leaves(found)


@pytest.mark.parametrize(
    ("text", "disease"),
    [
        ("iron overload", "haemochromatosis"),
        ("iron deficiency", "iron_deficiency_anaemia"),
        ("vascular invasion", "vessel_invasion"),
        ("sicca syndrome", "sjogren_syndrome"),
        ("hyperleukocytosis", "leukostasis"),
        ("ataxia", "cerebellar_disease"),
        ("confusion", "delirium"),
        ("severe sepsis", "septic_shock"),
        ("bundle branch block", "heart_block"),
        ("monoclonal gammopathy", "mgus"),
        ("significant liver disease", "hepatic_impairment"),
        ("sprained ankle", "major_trauma"),
    ],
)
def test_a_name_that_says_less_is_not_the_disease(text, disease):
    found = CONDITIONS.lookup(text)
    assert found is None or not CONDITIONS.is_below(found, disease)


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        # Gastroenteritis, pyelonephritis and other inflammation of the liver share a code with none of these.
        ("K52.9", None),
        ("N10", None),
        ("K75.8", None),
        ("K52.3", "colitis"),
        ("K75.81", "steatohepatitis"),
    ],
)
def test_a_code_of_something_wider_is_no_code_of_a_disease(code: str, condition: str | None) -> None:
    assert condition_of_icd10(code) == condition
