import pytest

from matcher.vocabulary.text import in_sentence, key, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Non-Small Cell", "non small  cell"),
        ("tumour", "tumor"),
        ("haemoglobin", "Hemoglobin"),
        ("oesophagus", "esophagus"),
        ("localised", "localized"),
        ("leucocytes", "leukocytes"),
        ("Sjögren", "sjogren"),
        ("interferon-\N{GREEK SMALL LETTER ALPHA}", "interferon alpha"),
        ("5-FU", "5 fu"),
        ("PD-L1", "pdl1"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert key(one) == key(other)


def test_words_are_lower_case_and_single_spaced():
    assert words("  Diffuse malignant\tMesothelioma -NOS ") == "diffuse malignant mesothelioma nos"
    assert words("--") == ""


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Absolute neutrophil count", "absolute neutrophil count"),
        ("T-cell infusion", "T-cell infusion"),
        ("M-protein in serum", "M-protein in serum"),
        ("Diffuse Large B-Cell Lymphoma, NOS", "diffuse large B-cell lymphoma, NOS"),
        ("Non-Small Cell Lung Cancer", "non-small cell lung cancer"),
        ("Non-Hodgkin Lymphoma", "non-Hodgkin lymphoma"),
        ("Karnofsky performance status", "Karnofsky performance status"),
        ("HER2", "HER2"),
        ("I", "I"),
    ],
)
def test_inside_a_sentence_names_letters_and_abbreviations_stay(title, inside):
    assert in_sentence(title) == inside
