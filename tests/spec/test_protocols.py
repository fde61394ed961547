"""Every sentence of the protocols is said by criteria of a shipped rule, and no fewer exactly than is promised."""

from collections import Counter

from tests.spec.protocols import SAID, criteria, protocols

SENTENCES = tuple((each["trial"], sentence) for each in protocols() for sentence in each["sentences"])


def test_every_sentence_that_can_be_said_is_said_by_criteria_of_the_shipped_trial() -> None:
    for trial, sentence in SENTENCES:
        if sentence["said"] != "not at all":
            assert sentence["criteria"], sentence["text"]
        assert set(sentence.get("criteria", ())) <= set(criteria(trial)), f"{trial}: {sentence['text']}"


def test_every_criterion_of_these_trials_says_a_sentence_or_the_least_age_of_the_record() -> None:
    for each in protocols():
        said = {key for sentence in each["sentences"] for key in sentence.get("criteria", ())}
        rest = [each for key, each in criteria(each["trial"]).items() if key not in said]
        assert all("age" in each.get("when", {}) for each in rest), rest


def test_four_of_five_sentences_are_said_exactly_and_at_most_three_in_a_hundred_not_at_all() -> None:
    counted = Counter(sentence["said"] for _, sentence in SENTENCES)
    assert counted["exactly"] >= 0.8 * len(SENTENCES)
    assert counted["not at all"] <= 0.03 * len(SENTENCES)
    assert set(counted) <= set(SAID)
    assert all(sentence.get("lost") for _, sentence in SENTENCES if sentence["said"] != "exactly")
