"""The cards of a rule file: what an author reads beside what they wrote, with each finding at its field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matcher.authoring.begin import blank, of_sentences
from matcher.authoring.cards import Sheet, sheet
from matcher.authoring.conditions import Gated, Test
from matcher.authoring.edits import Edit, edited
from matcher.authoring.limits import read_limit
from matcher.authoring.protocol import split
from matcher.authoring.words import offered
from matcher.rules.rulebook import Rulebook

DAY = date(2026, 11, 28)
BLANK = blank("trial", "NEW-1", "A new trial", DAY)
PASTED = """\
Inclusion Criteria:

* Age >= 18 years
* Platelets \u2265 100 x 10^9/L
  within 14 days
* Able to comply, in the opinion of the investigator

Exclusion Criteria:

1. Pregnant or breastfeeding
2. Known HIV
"""


def with_criterion(section: str, text: str, when: object, sentence: str = "", **more: object) -> str:
    value = {"text": text, "when": when, "source": "protocol", **more}
    return edited(BLANK, Edit("add_criterion", (section,), value, sentence=sentence))


def laid(text: str, book: Rulebook) -> Sheet:
    return sheet(text, "NEW-1.yaml", book)


def test_a_blank_draft_lints_and_takes_a_criterion_that_is_read_back(book: Rulebook) -> None:
    assert laid(BLANK, book).problems == ()
    when = {"lab": {"test": "platelets", "at_least": "100 10*9/L", "within": "14 days"}}
    shown = laid(with_criterion("inclusion", "Platelets at least 100", when), book)
    (section,) = shown.sections
    (card,) = section.cards
    assert shown.problems == ()
    assert card.id == "I-01"
    assert [str(each) for each in card.lines] == ["Platelets within 14 days at least 100 x 10^9/L"]
    assert isinstance(card.condition, Test)
    assert [(each.name, each.written) for each in card.condition.fields] == [
        ("test", "platelets"),
        ("at_least", "100 10*9/L"),
        ("within", "14 days"),
    ]


@pytest.mark.parametrize(
    ("when", "path", "mended"),
    [
        ({"lab": {"test": "haemoglobin", "at_least": "9 g/L"}}, ("lab", "at_least"), "at_least: 9 g/dL"),
        ({"lab": {"test": "ast", "at_most": "1.5 ULN"}}, ("lab", "at_most"), "at_most: 1.5 x ULN"),
        ({"lab": {"test": "platlets", "at_least": "9 10*9/L"}}, ("lab", "test"), "test: platelets"),
        ({"age": {"at_lest": "18 years"}}, ("age", "at_lest"), "{age: {at_least: 18 years}}"),
        ({"age": {">=": "18 years"}}, ("age", ">="), "{age: {at_least: 18 years}}"),
        (
            {"platelets": {"at_least": "9 10*9/L"}},
            ("platelets",),
            "{lab: {test: platelets, at_least: 9 10*9/L}}",
        ),
        ({"performance_status": {"at_most": 1}}, ("performance_status",), "when: {ecog: {at_most: 1}}"),
    ],
)
def test_an_error_stands_at_its_field_and_one_click_mends_it(
    book: Rulebook, when: object, path: tuple[str, ...], mended: str
) -> None:
    text = with_criterion("inclusion", "As the protocol has it", when)
    (found,) = laid(text, book).problems
    assert found.path == ("inclusion", "I-01", "when", *path)
    assert found.remedy is not None
    after = edited(text, found.remedy.edit)
    assert mended in after
    assert [each.code for each in laid(after, book).problems if each.severity == "error"] == []


def test_an_exclusion_of_everybody_without_something_is_asked_about(book: Rulebook) -> None:
    text = with_criterion("exclusion", "No HIV infection", {"not": {"condition": "hiv"}})
    (guard,) = laid(text, book).guards
    assert guard.asks == "This exclusion excludes everybody without HIV infection: meant?"
    assert guard.remedy is not None
    assert "when: {condition: hiv}" in edited(text, guard.remedy.edit)
    assert not laid(
        with_criterion("inclusion", "No HIV infection", {"not": {"condition": "hiv"}}), book
    ).guards


def test_numbers_and_units_are_held_against_the_sentence(book: Rulebook) -> None:
    def asked(sentence: str, limit: str) -> list[str]:
        when = {"lab": {"test": "haemoglobin", "at_least": limit}}
        return [
            each.about
            for each in laid(with_criterion("inclusion", "Haemoglobin", when, sentence), book).guards
        ]

    # The sentence is encoded, so nothing keeps coverage from being full: that too is said.
    assert asked("Haemoglobin of at least 9 g/dL", "9 g/dL") == ["coverage"]
    assert asked("Haemoglobin of at least 8 g/dL", "9 g/dL") == ["numbers", "coverage"]
    assert asked("Haemoglobin of at least 90 g/L", "9 g/dL") == ["numbers", "coverage"]
    assert asked("Haemoglobin of at least 9 mmol/L", "9 g/dL") == ["units", "coverage"]


def test_a_minimum_for_what_should_be_low_is_a_finding(book: Rulebook) -> None:
    when = {"lab": {"test": "bilirubin_total", "at_least": "1.5 x ULN"}}
    shown = laid(with_criterion("inclusion", "Bilirubin of at least 1.5 x ULN", when), book)
    assert "L028" in [each.code for each in shown.problems]


def test_groups_are_trees_of_cards(book: Rulebook) -> None:
    tests = [{"sex": "male"}, {"not": {"condition": {"is": "hiv", "status": "active"}}}]
    shown = laid(with_criterion("inclusion", "One of these", {"at_least": 1, "of": tests}), book)
    tree = shown.sections[0].cards[0].condition
    assert isinstance(tree, Gated)
    assert (tree.gate, tree.threshold) == ("at_least", 1)
    first, second = tree.members
    assert isinstance(first, Test)
    assert first.fields[0].path[-1] == "sex"
    assert isinstance(second, Gated)
    assert isinstance(second.members[0], Test)
    assert [each.name for each in second.members[0].fields] == ["is", "status"]


def test_broken_text_has_no_cards_and_says_the_line(book: Rulebook) -> None:
    broken = with_criterion("inclusion", "Men", {"sex": "male"}).replace("{sex: male}", "{sex: male")
    shown = laid(broken, book)
    assert not shown.readable
    assert shown.sections == ()
    assert shown.problems[0].line in (11, 12)


@pytest.mark.parametrize(
    "text",
    [
        "# " + "x" * 5_000_000,
        BLANK + "inclusion: " + "{a: " * 200 + "1" + "}" * 200,
        BLANK + "notes: [" + ", ".join(f"n{each}" for each in range(40_000)) + "]\n",
        with_criterion("inclusion", "x", {"prior": [f"drug{each}" for each in range(40)]}),
        with_criterion("inclusion", "x", {"all": {"a": 1}}) + "inclusion:\n",
        "- a\n- b\n",
        "trial: 1\ninclusion: [1, {}]\ncohorts: {A: 3, B: {inclusion: {I-01: 4}}}\nevents: x\n",
        "trial: T\ninclusion: {I-01: {when: {all: [3, null, {}, {not: 2}, {if: {}}]}, text: [1]}}\n",
        "trial: &x {a: *x}\n",
        "derive: x\ntable: 3\n",
        "\x00\ud800",
    ],
)
def test_whatever_is_sent_is_answered(book: Rulebook, text: str) -> None:
    assert laid(text, book).problems


def test_shipped_rules_are_laid_out_whole_and_without_a_question_of_polarity(
    root: Path, book: Rulebook
) -> None:
    for name in ("trials/NCT04577326", "trials/NCT04334759", "regimens/cisplatin_pemetrexed"):
        file = root / "rules" / f"{name}.yaml"
        shown = sheet(file.read_text(), file.name, book)
        rule = book.by_id[file.stem]
        held = [each.id for section in shown.sections for each in section.cards]
        assert held == [each.id for each in rule.every_criterion if not each.general]
        assert all(each.lines or each.judgement for section in shown.sections for each in section.cards)
        assert [each for each in shown.guards if each.about == "polarity"] == []


def test_no_sentence_of_a_protocol_is_dropped(book: Rulebook) -> None:
    parts = split(PASTED)
    assert [each.section for each in parts] == ["inclusion"] * 3 + ["exclusion"] * 2
    assert [" ".join(PASTED[each.start : each.end].split()) for each in parts] == [
        each.text for each in parts
    ]
    text = of_sentences("NEW-1", "A new trial", PASTED, DAY)
    shown = laid(text, book)
    assert sorted(each.text for each in shown.sentences) == sorted(each.text for each in parts)
    assert shown.coverage.states == {"exactly": 2, "with loss": 0, "left to a person": 0, "not yet": 3}
    (waits,) = [each for each in shown.sentences if each.text.startswith("Platelets")]
    assert waits.proposal == {"lab": {"test": "platelets", "at_least": "100 10*9/L", "within": "14 days"}}


def test_coverage_follows_from_the_sentences(book: Rulebook) -> None:
    text = of_sentences("NEW-1", "A new trial", PASTED, DAY)
    claimed = edited(text, Edit("set", ("coverage",), "full"))
    (guard,) = [each for each in laid(claimed, book).guards if each.about == "coverage"]
    assert guard.remedy is not None
    assert edited(claimed, guard.remedy.edit) == text
    for each in laid(text, book).sentences:
        if each.state == "not yet":
            left = {"text": each.text, "judgement": True, "source": "protocol"}
            text = edited(text, Edit("add_criterion", (each.section,), left, sentence=each.text))
    shown = laid(text, book)
    assert (shown.coverage.claimed, shown.coverage.follows) == ("partial", "full")
    path = ("inclusion", "I-01", "note")
    lossy = laid(edited(text, Edit("set", path, "Lost: the upper end")), book)
    assert lossy.coverage.follows == "partial"
    assert [each.lost for each in lossy.sentences if each.state == "with loss"] == ["the upper end"]


def test_words_are_found_by_what_they_mean(book: Rulebook) -> None:
    assert offered("platelets", book)[0].condition == {"lab": {"test": "platelets", "at_least": ""}}
    assert offered("washout", book)[0].condition == {"days_since": {"therapy": "", "at_least": ""}}
    assert offered("ajcc8 pleural stage", book)[0].condition == {"ajcc8_pleural_stage": ""}
    assert offered("HIV", book)[0].condition == {"condition": "hiv"}
    washout = [each for each in offered("pembrolizumab", book) if "days_since" in each.condition]
    assert washout[0].condition == {"days_since": {"therapy": "pembrolizumab", "at_least": ""}}
    assert offered("zzzz", book) == () == offered("x" * 300, book)
    (form,) = [each.form for each in offered("platelets", book)[:1]]
    assert form is not None
    (field,) = [each for each in form.fields if each.name == "at_least"]
    assert field.takes == "limit"
    assert {"10*9/L", "x ULN"} <= set(field.units)


@pytest.mark.parametrize(
    ("pasted", "fields", "condition", "left"),
    [
        ("\u2265 1.5 x 10^9/L", {"at_least": "1.5 10*9/L"}, None, ""),
        ("\u22651.5\u00d710\u2079/L", {"at_least": "1.5 10*9/L"}, None, ""),
        ("within 28 days", {"within": "28 days"}, None, ""),
        ("100 x 10^9/L", {"value": "100 10*9/L"}, None, ""),
        ("AST/ALT <= 3 x ULN", None, {"all": [{"lab": {"test": t, "at_most": "3 x ULN"}} for t in ("ast", "alt")]}, ""),
        ("Body mass index > 35 kg/m2", None, {"bmi": {"above": "35 kg/m2"}}, ""),
        ("LVEF >= 50 %", None, {"lvef": {"at_least": "50 %"}}, ""),
        ("at least 18 years", None, {"age": {"at_least": "18 years"}}, ""),
        ("frobs > 3", None, None, "frobs"),
        ("> 1,5 g/dL", {}, None, "> 1,5 g/dL"),
        ("\u2265 3 blobs", {}, None, "\u2265 3 blobs"),
        ("", {}, None, ""),
    ],
)  # fmt: skip
def test_a_limit_is_filled_from_what_is_pasted(
    pasted: str, fields: dict[str, str] | None, condition: object, left: str
) -> None:
    found = read_limit(pasted)
    assert (found.condition, found.left) == (condition, left)
    if fields is not None:
        assert found.fields == fields
