"""Every sentence of the protocols that is said to be sayable is read, and no fewer are than the language promises."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.rules.candidate import Role
from matcher.rules.condition import Problem, without_else
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from matcher.service import open_rulebook
from tests.spec.protocols import SAID, protocols

EVENTS = ("enrolment", "randomisation", "leukapheresis", "treatment_start")


def _sentences() -> Iterator[tuple[str, int, dict[str, Any]]]:
    for document in protocols():
        for number, sentence in enumerate(document["sentences"], 1):
            yield document["trial"], number, sentence


SENTENCES = tuple(_sentences())
WRITTEN = [each for each in SENTENCES if "when" in each[2]]


@pytest.fixture(scope="module")
def lexicon(root: Path) -> Lexicon:
    return Lexicon(open_rulebook(root / "rules").formulary, {}, EVENTS)


@pytest.mark.parametrize(
    ("trial", "number", "sentence"), WRITTEN, ids=[f"{trial}-{number}" for trial, number, _ in WRITTEN]
)
def test_what_is_said_exactly_is_read(
    trial: str, number: int, sentence: dict[str, Any], lexicon: Lexicon
) -> None:
    problems: list[Problem] = []
    condition = ConditionReader(lexicon, problems).read(sentence["when"], ("when",))
    assert not problems, problems
    assert condition is not None
    assert sentence["of"] == Role.INCLUSION.value or not list(without_else(condition))


def test_four_of_five_sentences_are_said_exactly_and_at_most_three_in_a_hundred_not_at_all() -> None:
    counted = Counter(sentence["said"] for _, _, sentence in SENTENCES)
    assert counted["exactly"] >= 0.8 * len(SENTENCES)
    assert counted["not at all"] <= 0.03 * len(SENTENCES)
    assert set(counted) <= set(SAID)
    assert all(sentence.get("lost") for _, _, sentence in SENTENCES if sentence["said"] != "exactly")
