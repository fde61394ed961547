"""The JSON Schema of rule files, for editors: fields from the models, words and their values from the catalogue.

It helps while typing and refuses what is surely wrong. Where names have synonyms (diagnoses, conditions, tests, genes,
medicines) the codes are offered and any text is let through; what a rule file may say is decided when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isinf
from typing import Any

from pydantic.json_schema import models_json_schema

from matcher.features.catalogue import CATALOGUE
from matcher.features.word import (
    Answer,
    Arguments,
    Category,
    Elapsed,
    Number,
    Parameter,
    Presence,
    Takes,
    Word,
)
from matcher.rules.bounds import COMPARISONS, MEMBERSHIP
from matcher.rules.lexicon import DerivedWord
from matcher.rules.syntax import KINDS, CaseDocument
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.genes import SYMBOLS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.procedures import PROCEDURES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CASES = "cases"
RULE_KINDS: tuple[str, ...] = (*KINDS, CASES)
_CONDITION: Schema = {"$ref": "#/$defs/Condition"}
_SEVERAL: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
CONDITION_FIELDS = ("when", "applies_to")
_MEDICINES = "medicines"
#: what is offered in several places and stands in a schema once
_VOCABULARIES: Mapping[str, Sequence[str]] = {
    "diagnoses": DIAGNOSES.asked,
    "conditions": CONDITIONS.codes,
    "procedures": PROCEDURES.codes,
    "tests": tuple(LAB_TESTS),
    "markers": MARKERS.codes,
    "genes": tuple(SYMBOLS),
}
_DURATION: Schema = {
    "type": "string",
    "pattern": r"^[0-9.]+ *(hour|day|week|month|year)s?$",
    "examples": ["14 days", "6 months"],
}

GATES: Mapping[str, tuple[str, Schema]] = {
    "all": ("Every condition of the list holds.", _SEVERAL),
    "any": ("At least one condition of the list holds.", _SEVERAL),
    "not": ("The condition does not hold.", _CONDITION),
    "at_least": (
        "With `of`: at least so many of the conditions hold, or their weights reach it.",
        {"type": "number"},
    ),
    "of": ("The conditions that `at_least` counts.", _SEVERAL),
    "weights": ("One number for each condition under `of`.", {"type": "array", "items": {"type": "number"}}),
    "if": ("With `then` and `else`: a limit that depends on something else.", _CONDITION),
    "then": ("What is asked where the condition under `if` holds.", _CONDITION),
    "else": ("What is asked where it does not; without it nothing is.", _CONDITION),
    "known": ("It is known whether the condition holds; unknown elsewhere, never not met.", _CONDITION),
    "recorded": ("The fact as recorded, leaving derived facts out.", _CONDITION),
}
_SHAPES: list[Schema] = [
    {"maxProperties": 1},
    {"required": ["if", "then"], "maxProperties": 3},
    {"required": ["at_least", "of"], "maxProperties": 3},
]


def rule_schema(
    kind: str | None = None,
    derived: Iterable[DerivedWord] | None = None,
    medicines: Sequence[str] = (),
) -> Schema:
    """The schema of one kind of rule file, or of any.

    With the derived words of a rulebook every unknown word is refused; without them it is let through, since
    it may be one. ``medicines`` are the classes, agents and schemes of its lists.
    """
    wanted = [kind] if kind else list(KINDS)
    models = {name: CaseDocument if name == CASES else KINDS[name] for name in wanted}
    references, definitions = models_json_schema([(model, "validation") for model in models.values()])
    held: Schema = definitions.get("$defs", {})
    for definition in held.values():
        _refer_to_condition(definition)
    held["Condition"] = condition_schema(derived)
    held |= {
        _reference(name): _named(codes) for name, codes in {**_VOCABULARIES, _MEDICINES: medicines}.items()
    }
    alternatives = [references[model, "validation"] for model in models.values()]
    if kind == CASES:
        top: Schema = {"type": "array", "items": alternatives[0]}
    else:
        top = alternatives[0] if kind else {"oneOf": alternatives}
    return {"$schema": DIALECT, "title": f"Rule file: {kind}" if kind else "Rule file", **top, "$defs": held}


def condition_schema(derived: Iterable[DerivedWord] | None = None) -> Schema:
    """What may stand under ``when``: one word with what it asks, or one gate."""
    words = {word.name: word_schema(word) for word in CATALOGUE.values()}
    words |= {each.name: _derived(each) for each in derived or ()}
    gates = {name: {"description": meaning, **shape} for name, (meaning, shape) in GATES.items()}
    closed: Schema = {} if derived is None else {"additionalProperties": False}
    return {
        "type": "object",
        "description": "One word with what is asked of it, or one gate with its conditions.",
        "minProperties": 1,
        "properties": {**gates, **words},
        "anyOf": _SHAPES,
        **closed,
    }


def word_schema(word: Word) -> Schema:
    """A word as a mapping of its parameters and comparisons, or in short where it has a short form."""
    properties: Schema = {each.name: _parameter(each) for each in word.parameters}
    short: list[Schema] = []
    if word.primary is not None:
        short.append(_parameter(word.primary))
    for facet, answer in answers(word).items():
        if facet:
            properties[facet] = {"anyOf": [*_short(answer), _closed(_comparisons(answer))]}
            continue
        # A parameter hides the comparison of its name: `condition: {is: ...}` names the condition.
        compared = _comparisons(answer) if answer is not None else _open_comparisons()
        properties = {**compared, **properties}
        if word.primary is None:
            short += _short(answer)
    full = _closed(properties)
    required = [each.name for each in word.parameters if each.required]
    if required:
        full["required"] = required
    if word.one_of:
        full["oneOf"] = [{"required": [name]} for name in word.one_of]
    return {"description": f"{word.meaning}. Example: {word.example}", "anyOf": [*short, full]}


def _derived(word: DerivedWord) -> Schema:
    values = _of_category(word.answer, word.prefix)
    several: Schema = {"type": "array", "items": {"anyOf": values}, "minItems": 1}
    full = _closed({name: {"anyOf": [*values, several]} for name in MEMBERSHIP})
    return {"description": word.title, "anyOf": [*values, several, full]}


def answers(word: Word) -> dict[str, Answer | None]:
    """How each facet answers; ``None`` where that depends on a parameter (the test, the scheme)."""
    found: dict[str, Answer | None] = {}
    for name, facet in word.facets.items():
        try:
            found[name] = facet.answer(Arguments({}))
        except KeyError:
            found[name] = None
    return found


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _comparisons(answer: Answer | None) -> Schema:
    match answer:
        case None:
            return _open_comparisons()
        case Category():
            values = _of_category(answer)
            several: Schema = {"type": "array", "items": {"anyOf": values}, "minItems": 1}
            return {name: {"anyOf": [*values, several]} for name in MEMBERSHIP}
    limit = _limit(answer)
    pair: Schema = {"type": "array", "items": limit, "minItems": 2, "maxItems": 2}
    return {**dict.fromkeys(COMPARISONS, limit), "is": limit, "between": pair}


def _open_comparisons() -> Schema:
    return {name: {} for name in dict.fromkeys((*COMPARISONS, "between", *MEMBERSHIP))}


def _short(answer: Answer | None) -> list[Schema]:
    """The forms without braces: a code, a list of codes, or true and false."""
    match answer:
        case Category():
            values = _of_category(answer)
            return [*values, {"type": "array", "items": {"anyOf": values}, "minItems": 1}]
        case Presence():
            return [{"type": "boolean"}]
        case Number(bare=True):
            return [{"type": "number"}]
    return []


def _limit(answer: Answer) -> Schema:
    match answer:
        case Elapsed():
            return _DURATION
        case Presence():
            return {"type": "integer", "minimum": 0}
        case Number(unit=unit, low=low, high=high, bare=bare):
            plain: Schema = {"type": "number", "minimum": low}
            if not isinf(high):
                plain["maximum"] = high
            written: Schema = {"type": "string", "pattern": r"^[0-9.]", "description": f"in {unit} or alike"}
            if not unit:
                return plain
            return {"anyOf": [plain, written]} if bare else written
    raise TypeError(f"{answer!r} is compared with codes")


def _of_category(answer: Category, prefix: str = "") -> list[Schema]:
    if answer.tree is None:
        forms: list[Schema] = [{"enum": list(answer.codes)}]
        if set(answer.codes) == {"yes", "no"}:
            forms.append({"type": "boolean"})
        return forms
    allowed = answer.leaves()
    codes = [code for code in answer.tree.asked if answer.tree.leaves(code) <= allowed]
    return _offered([code.removeprefix(f"{prefix}.") for code in codes])


def _offered(codes: list[str]) -> list[Schema]:
    """Codes to choose from, and any text beside them: names have synonyms. Whole vocabularies stand once."""
    for name, held in _VOCABULARIES.items():
        if len(codes) == len(held) and set(codes) == set(held):
            return [_refers(name)]
    return [{"enum": codes}, {"type": "string"}]


def _reference(vocabulary: str) -> str:
    return vocabulary.capitalize()


def _refers(vocabulary: str) -> Schema:
    return {"$ref": f"#/$defs/{_reference(vocabulary)}"}


def _named(codes: Sequence[str]) -> Schema:
    """Any text, with the codes for an editor to complete."""
    return {"anyOf": [{"enum": list(codes)}, {"type": "string"}]} if codes else {"type": "string"}


def _parameter(parameter: Parameter) -> Schema:
    match parameter.takes:
        case Takes.FLAG:
            shape: Schema = {"type": "boolean"}
        case Takes.NUMBER:
            ends = {"minimum": parameter.low, "maximum": parameter.high}
            shape = {"type": "number"} | {name: end for name, end in ends.items() if not isinf(end)}
        case Takes.DURATION:
            shape = dict(_DURATION)
        case Takes.LAB:
            shape = _refers("tests")
        case Takes.MARKER:
            shape = _refers("markers")
        case Takes.GENE:
            shape = _refers("genes")
        case Takes.CHANGE:
            shape = {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
            }
        case Takes.CODES:
            values = _codes(parameter)
            shape = {"anyOf": [*values, {"type": "array", "items": {"anyOf": values}, "minItems": 1}]}
        case Takes.TEXT if parameter.choices:
            numbers = [int(each) for each in parameter.choices if each.isdecimal()]
            shape = {"enum": [*parameter.choices, *numbers]}
        case Takes.TEXT if parameter.vocabulary is not None:
            shape = {"anyOf": _offered(list(parameter.vocabulary.asked))}
        case Takes.THERAPY | Takes.MEDICATION | Takes.AGENT | Takes.CAUSE:
            shape = _refers(_MEDICINES)
        case Takes.TEXT | Takes.EVENT:
            shape = {"type": "string"}
    return {"description": parameter.meaning, **shape}


def _codes(parameter: Parameter) -> list[Schema]:
    if parameter.vocabulary is not None:
        return _offered(list(parameter.vocabulary.asked))
    return [{"enum": [*parameter.choices, "any"]}]


def _refer_to_condition(definition: Schema) -> None:
    """Points a field that holds a condition, or a list of them, at the one definition that knows the words."""
    fields = definition.get("properties", {})
    for name in CONDITION_FIELDS:
        for place in fields.get(name, {}).get("anyOf", [fields.get(name, {})]):
            if place.get("type") == "object":
                place.pop("additionalProperties", None)
                place.pop("type")
                place.update(_CONDITION)
    members = fields.get("of", {})
    if "at_least" in fields and members.get("type") == "array":
        members["items"] = _CONDITION
