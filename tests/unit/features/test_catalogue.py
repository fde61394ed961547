"""The catalogue: every word has an example that reads, and features are named by what they ask."""

import pytest

from matcher.features.catalogue import CATALOGUE
from matcher.features.kind import Kind
from matcher.features.word import Word
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.condition import Comparison, comparisons
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from tests.small_formulary import SMALL_FORMULARY

EVENTS = ("leukapheresis", "lymphodepletion", "t_cell_infusion")
each_word = pytest.mark.parametrize("word", CATALOGUE.values(), ids=lambda word: word.name)


def read(raw: object) -> list[Comparison]:
    reader = ConditionReader(Lexicon(SMALL_FORMULARY, events=EVENTS))
    condition = reader.read(raw, ())
    assert condition is not None, reader.problems
    return list(comparisons(condition))


def test_there_are_at_most_ten_kinds_of_feature() -> None:
    assert len(Kind.__args__) <= 10


@each_word
def test_the_example_of_each_word_is_a_condition(word: Word, tmp_path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(word.example + "\n", encoding="utf-8")
    marked, diagnostics = load_yaml(path, "example.yaml")
    assert marked is not None
    assert not diagnostics
    found = read(marked.data)
    assert {each.word for each in found} == {word.name}


@each_word
def test_each_word_says_what_it_means_and_its_parameters_too(word: Word) -> None:
    assert word.meaning
    assert word.phrase
    assert word.section
    assert all(parameter.meaning for parameter in word.parameters)


@each_word
def test_a_parameter_is_never_named_like_a_gate(word: Word) -> None:
    taken = {"all", "any", "not", "of", "if", "then", "else", "recorded"}
    assert not taken & {parameter.name for parameter in word.parameters}


def test_the_order_of_parameters_makes_no_other_feature() -> None:
    first = {"lab": {"test": "platelets", "within": "14 days", "at_least": "100 10*9/L"}}
    second = {"lab": {"at_least": "75 10*9/L", "within": "14 days", "test": "plt"}}
    assert read(first)[0].feature == read(second)[0].feature


def test_windows_on_one_test_are_features_of_one_topic() -> None:
    def of(window: dict[str, str]) -> Comparison:
        return read({"lab": {"test": "platelets", "at_least": "100 10*9/L", **window}})[0]

    short, usual = of({"within": "14 days"}), of({})
    assert short.feature is not None
    assert usual.feature is not None
    assert short.feature != usual.feature
    assert short.feature.topic == usual.feature.topic
    assert (short.default_window, usual.default_window) == (None, 28)


def test_a_limit_in_months_counts_calendar_months_and_is_another_feature() -> None:
    days, months = (
        read({"days_since": {"therapy": "platinum", "at_least": limit}})[0].feature
        for limit in ("90 days", "3 months")
    )
    assert days is not None
    assert months is not None
    assert days.kind != months.kind


def test_weeks_are_days() -> None:
    weeks, days = (
        read({"days_since": {"therapy": "platinum", "at_least": limit}})[0]
        for limit in ("3 weeks", "21 days")
    )
    assert weeks.feature == days.feature
    assert [each.limit for each in weeks.bounds] == [each.limit for each in days.bounds]
