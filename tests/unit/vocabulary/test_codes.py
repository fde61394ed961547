import pytest

from matcher.vocabulary import codes
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.tree import Tree


@pytest.mark.parametrize(
    ("tree", "text", "code"),
    [
        (codes.SEX, "F", "female"),
        (codes.VITAL_STATUS, "dead", "deceased"),
        (codes.YES_NO, "Y", "yes"),
        (codes.YES_NO, "0", "no"),
        (codes.RESPONSE, "PR", "partial_response"),
        (codes.RESPONSE, "clinical progressive disease", "progressive_disease"),
        (codes.RESPONSE, "Radiographic Progressive Disease", "progressive_disease"),
        (codes.RESPONSE, "complete remission/response", "complete_response"),
        (codes.RESPONSE, "NE", "not_evaluable"),
        (codes.EXTENT, "localized", "localised"),
        (codes.RESECTABILITY, "inoperable", "unresectable"),
        (codes.GROWTH_PATTERN, "solitary", "localised"),
        (codes.THERAPY_KIND, "chemotherapy", "systemic"),
        (codes.THERAPY_KIND, "targeted molecular therapy", "systemic"),
        (codes.THERAPY_KIND, "ancillary", "supportive"),
        (codes.THERAPY_KIND, "HIPEC", "intracavitary"),
        (codes.THERAPY_ROLE, "pre-operative", "neoadjuvant"),
        (codes.STOP_REASON, "adverse event", "toxicity"),
        (codes.CONDITION_STATUS, "history of", "resolved"),
        (codes.RESPONSE_CRITERIA, "modified RECIST", "mrecist"),
        (codes.EVENT, "apheresis", "leukapheresis"),
        (codes.ALTERATION_KIND, "Structural Variation", "fusion"),
    ],
)
def test_the_words_of_records_are_known(tree, text, code):
    assert tree.lookup(text) == code


def test_every_name_in_a_set_means_one_thing():
    trees = [value for value in vars(codes).values() if isinstance(value, Tree)]
    assert len(trees) > 15
    for tree in trees:
        for code in tree.codes:
            for name in (code, tree.title(code), *tree.synonyms(code)):
                assert tree.lookup(name) == code, (tree.name, name)


@pytest.mark.parametrize(
    ("observation", "tree"),
    [
        ("sex", codes.SEX),
        ("vital_status", codes.VITAL_STATUS),
        ("extent", codes.EXTENT),
        ("resectability", codes.RESECTABILITY),
        ("growth_pattern", codes.GROWTH_PATTERN),
        ("course_of_disease", codes.COURSE_OF_DISEASE),
    ],
)
def test_observations_use_the_same_codes(observation, tree):
    assert set(OBSERVATIONS[observation].codes) == set(tree.codes)


def test_responses_are_ordered_from_worst_to_best_and_the_unevaluable_has_no_rank():
    assert codes.RESPONSE_ORDER[0] == "progressive_disease"
    assert codes.RESPONSE_ORDER[-1] == "complete_response"
    assert set(codes.RESPONSES) - set(codes.RESPONSE_ORDER) == {"not_evaluable"}


@pytest.mark.parametrize(
    ("karnofsky", "ecog"),
    [
        (100, {0}),
        (90, {0, 1}),
        (80, {0, 1}),
        (70, {1, 2}),
        (60, {1, 2}),
        (50, {2, 3}),
        (40, {2, 3}),
        (30, {3, 4}),
        (20, {3, 4}),
        (10, {3, 4}),
    ],
)
def test_a_karnofsky_score_is_a_set_of_ecog_grades(karnofsky, ecog):
    assert codes.ECOG_OF_KARNOFSKY[karnofsky] == ecog


def test_a_karnofsky_score_of_zero_is_no_grade():
    assert 0 not in codes.ECOG_OF_KARNOFSKY
    assert set(codes.ECOG_OF_KARNOFSKY) == set(range(10, 101, 10))


def test_the_two_scales_are_exact_inverses():
    for grade in codes.ECOG:
        for score in range(0, 101, 10):
            there = grade in codes.ECOG_OF_KARNOFSKY.get(score, ())
            assert there is (score in codes.KARNOFSKY_OF_ECOG[grade])
