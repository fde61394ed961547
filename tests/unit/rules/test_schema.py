"""The schema that editors use, and the reference page: both printed from the catalogue."""

import re
from pathlib import Path

import pytest

from matcher.features.catalogue import CATALOGUE
from matcher.features.word import Category, Word
from matcher.rulebook.load import load_rulebook
from matcher.rulebook.strict_yaml import parse_yaml
from matcher.rules.lexicon import DerivedWord, Lexicon
from matcher.rules.parse import ConditionReader
from matcher.rules.reference import rule_language_reference
from matcher.rules.schema import RULE_KINDS, condition_schema, rule_schema, word_schema

WORDS = list(CATALOGUE.values())


@pytest.fixture(scope="module")
def lexicon(root: Path) -> Lexicon:
    formulary = load_rulebook(root / "rules").formulary
    return Lexicon(formulary, events=("leukapheresis", "t_cell_infusion"))


def example_of(word: Word) -> dict[str, object]:
    marked, diagnostics = parse_yaml(word.example, word.name)
    assert diagnostics == []
    assert marked is not None
    assert isinstance(marked.data, dict)
    return dict(marked.data)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_the_example_of_every_word_can_be_read(word: Word, lexicon: Lexicon) -> None:
    reader = ConditionReader(lexicon)
    assert reader.read(example_of(word), ()) is not None, reader.problems
    assert reader.problems == []


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_the_example_of_every_word_has_no_field_that_its_schema_lacks(word: Word) -> None:
    full = word_schema(word)["anyOf"][-1]
    asked = example_of(word)[word.name]
    if isinstance(asked, dict):
        assert set(asked) <= set(full["properties"])
        assert set(full.get("required", [])) <= set(asked)
    else:
        assert len(word_schema(word)["anyOf"]) > 1, "the short form is missing"


@pytest.mark.parametrize("kind", [None, *RULE_KINDS])
def test_every_reference_in_a_schema_leads_somewhere(kind: str | None) -> None:
    schema = rule_schema(kind)
    assert set(re.findall(r"'#/\$defs/(\w+)'", str(schema))) <= set(schema["$defs"])


def test_every_condition_of_every_kind_knows_the_words() -> None:
    held = rule_schema()["$defs"]
    for part, field in (("CriterionDocument", "when"), ("Row", "when"), ("CautionDocument", "when")):
        assert held[part]["properties"][field]["$ref"] == "#/$defs/Condition"
    assert held["CountOf"]["properties"]["of"]["items"] == {"$ref": "#/$defs/Condition"}
    assert set(CATALOGUE) <= set(held["Condition"]["properties"])


def test_an_unknown_word_is_refused_only_where_the_derived_ones_are_known() -> None:
    assert "additionalProperties" not in condition_schema()
    derived = DerivedWord("setting", "Setting", Category(codes=("localised", "advanced")))
    closed = condition_schema([derived])
    assert closed["additionalProperties"] is False
    assert closed["properties"]["setting"]["anyOf"][0] == {"enum": ["localised", "advanced"]}


def test_a_parameter_hides_the_comparison_of_its_name() -> None:
    named = word_schema(CATALOGUE["condition"])["anyOf"][-1]["properties"]["is"]
    assert named["description"] == "which condition"


@pytest.mark.parametrize(
    ("word", "parameter", "named", "code"),
    [
        ("condition", "is", "Conditions", "gilbert_syndrome"),
        ("procedure", "is", "Procedures", "gastrectomy"),
        ("diagnosis", "is_a", "Diagnoses", "PLMESO"),
        ("lab", "test", "Tests", "platelets"),
        ("biomarker", "marker", "Markers", "pd_l1"),
        ("alteration", "gene", "Genes", "BRAF"),
        ("prior", "therapy", "Medicines", "platinum"),
        ("medication", "is", "Medicines", "platinum"),
    ],
)
def test_an_editor_completes_every_vocabulary(word: str, parameter: str, named: str, code: str) -> None:
    schema = rule_schema(medicines=("platinum",))
    asked = schema["$defs"]["Condition"]["properties"][word]["anyOf"][-1]["properties"][parameter]
    assert f"'#/$defs/{named}'" in str(asked)
    offered, anything = schema["$defs"][named]["anyOf"]
    assert code in offered["enum"]
    assert anything == {"type": "string"}


def test_small_vocabularies_are_offered_and_units_are_asked_for() -> None:
    sex = word_schema(CATALOGUE["sex"])["anyOf"]
    assert {"enum": ["female", "male"]} in sex
    age = word_schema(CATALOGUE["age"])["anyOf"][-1]["properties"]["at_least"]
    assert age["type"] == "string"


def test_the_reference_has_each_word_once() -> None:
    page = rule_language_reference()
    for name in CATALOGUE:
        assert page.count(f"\n#### `{name}`\n") == 1


def test_the_reference_is_up_to_date(root: Path) -> None:
    page = (root / "docs" / "reference" / "rule-language.md").read_text(encoding="utf-8")
    assert page == rule_language_reference(), "run `make docs`"
