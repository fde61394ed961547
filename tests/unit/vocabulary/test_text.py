import pytest

from matcher.vocabulary.text import key, words


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
