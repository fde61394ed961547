import pytest

from matcher.vocabulary.histology import HISTOLOGY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("epithelial", "epithelioid"),
        ("Epithelioid mesothelioma", "epithelioid"),
        ("diffuse malignant mesothelioma - epithelioid", "epithelioid"),
        ("diffuse malignant mesothelioma - biphasic", "biphasic"),
        ("mixed", "biphasic"),
        ("diffuse malignant mesothelioma -sarcomatoid", "sarcomatoid"),
        ("sarcomatous", "sarcomatoid"),
        ("desmoplastic", "desmoplastic"),
        ("diffuse malignant mesothelioma - nos", "mesothelioma_type"),
        ("NOS", "any_histology"),
        ("non-epithelioid", "non_epithelioid"),
        ("nonepithelioid", "non_epithelioid"),
        ("stomach  adenocarcinoma  diffuse type", "diffuse_type"),
        ("stomach adenocarcinoma  signet ring type", "signet_ring"),
        ("stomach intestinal adenocarcinoma  tubular type", "tubular"),
        ("spindly", None),
    ],
)
def test_types_are_found_by_the_words_of_pathology_reports(text, code):
    assert HISTOLOGY.lookup(text) == code


def test_non_epithelioid_is_biphasic_or_sarcomatoid_with_desmoplastic():
    assert HISTOLOGY.leaves("non_epithelioid") == {"biphasic", "desmoplastic", "sarcomatoid_other"}


def test_sarcomatoid_alone_may_be_desmoplastic():
    assert HISTOLOGY.leaves("sarcomatoid") == {"desmoplastic", "sarcomatoid_other"}


def test_not_otherwise_specified_is_every_type():
    assert HISTOLOGY.leaves("any_histology") == HISTOLOGY.all_leaves
    assert HISTOLOGY.leaves("epithelioid") < HISTOLOGY.leaves("mesothelioma_type") < HISTOLOGY.all_leaves


def test_mucinous_alone_is_not_said_to_be_intestinal():
    mucinous = HISTOLOGY.leaves("mucinous")
    assert mucinous & HISTOLOGY.leaves("intestinal")
    assert mucinous - HISTOLOGY.leaves("intestinal")
