"""A question asks one field, and an answer to it writes what was asked and nothing besides."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.features.kind import Feature
from matcher.rules.graph import Read
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.intake.desk import Desk
from matcher.service.intake.form import Field, Shape


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(Matcher(open_rulebook(), MatchOptions()))


@pytest.fixture(scope="module")
def asked(desk: Desk) -> list[tuple[Field, Feature, bool, str]]:
    """Every question the rulebook can produce: each feature that a rule reads, at first and once more."""
    graph, chooser = desk.matcher.rulebook.graph, desk.chooser
    empty = desk.take({}, date(2026, 1, 15), "").profile
    features = dict.fromkeys(node.feature for node in graph.nodes if isinstance(node, Read))
    found = []
    for feature in features:
        answers: dict[str, object] = {}
        while (target := chooser.target(feature, answers, empty)) is not None:
            name, again = target
            field = desk.form.find(name)
            assert field is not None
            text = chooser.words(name, [feature], feature, again=again)
            found.append((field, feature, again, text))
            if again:
                break
            answers[name] = "unknown" if name == "therapies" else {"value": "?"}
            if name == "therapies":
                break
    return found


def test_there_are_questions_of_every_shape(asked: list[tuple[Field, Feature, bool, str]]) -> None:
    assert len(asked) > 50
    assert {Shape.PRESENCE, Shape.LIST} <= {field.shape for field, *_ in asked}


def test_a_yes_or_no_is_asked_in_the_field_s_own_words(asked: list[tuple[Field, Feature, bool, str]]) -> None:
    for field, _, again, text in asked:
        if field.shape is Shape.PRESENCE and not again:
            assert text == field.question
            assert field.title.casefold() in text.casefold()


def test_what_a_rule_asks_of_several_fields_is_asked_field_by_field(
    desk: Desk, asked: list[tuple[Field, Feature, bool, str]]
) -> None:
    several = [(field, text) for field, feature, _, text in asked if len(desk.chooser._fields(feature)) > 1]
    assert several
    for field, text in several:
        assert text == field.question


def test_a_yes_writes_that_field_alone(desk: Desk, asked: list[tuple[Field, Feature, bool, str]]) -> None:
    for field in {each.id: each for each, *_ in asked if each.shape is Shape.PRESENCE}.values():
        taken = desk.take({field.id: {"value": "yes"}}, date(2026, 1, 15), "")
        written = {str(row) for table, rows in taken.wire.items() if isinstance(rows, list) for row in rows}
        assert len(written) <= 1, field.id
        code = field.id.partition(":")[2]
        assert all(code in each for each in written), (field.id, written)
