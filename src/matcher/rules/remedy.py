"""What is right for a sentence that was written in another way: the word, the comparison or the limit that says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.features.everyday import EVERYDAY
from matcher.features.word import Answer, Number, Word
from matcher.rules.lexicon import Lexicon
from matcher.vocabulary import staging
from matcher.vocabulary.biomarkers import MARKERS, gene_symbol
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.laboratory import LabTest, lab_test
from matcher.vocabulary.procedures import PROCEDURES, TREATMENTS
from matcher.vocabulary.qualities import QUALITIES
from matcher.vocabulary.text import key
from matcher.vocabulary.tree import Tree

_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|to)\s*(\d+(?:\.\d+)?)")
_MULTIPLE = re.compile(
    r"((?<!\d)\d+(?:\.\d+)?)(?:\s*(?:x|\u00d7|\*|times))?\s*(?:the\s+)?(ULN|UNL|LLN|LNL|upper limit(?: of normal)?|lower limit(?: of normal)?)",
    re.IGNORECASE,
)
_PLUS = re.compile(r"([1-4])\s*\+")
#: vocabularies that are taken for one another, by their names: what their members are, and the word that asks for one
_KINDS = {
    CONDITIONS.name: (CONDITIONS, "a condition", "condition: {}"),
    PROCEDURES.name: (PROCEDURES, "a procedure", "procedure: {}"),
    DIAGNOSES.name: (DIAGNOSES, "a cancer", "diagnosis: {}' or 'other_cancer: {{is: {}}}"),
}
_QUALIFIED = {
    "conditions": "condition: {is: ...",
    "therapies": "prior: {therapy: ...",
    "medications": "medication: {is: ...",
    "procedures": "procedure: {is: ...",
    "radiotherapy": "radiotherapy: {field: ...",
    "diagnoses": "other_cancer: {is: ...",
}
_EVERYDAY = {key(name): word for word, others in EVERYDAY.items() for name in others}


def word_for(name: str, lexicon: Lexicon) -> str:
    """How a name that is no word of the language is asked about: ``platelets:`` is ``lab: {test: platelets, ...}``."""
    spelled = name.replace("_", " ")
    if (word := _EVERYDAY.get(key(name))) is not None:
        return f"write '{word}: ...'"
    if (test := lab_test(spelled)) is not None:
        return f"write 'lab: {{test: {test.code}, ...}}'"
    if (condition := CONDITIONS.lookup(spelled)) is not None:
        return f"write 'condition: {condition}'"
    if (agent := lexicon.formulary.lookup(spelled)) is not None:
        return f"write 'prior: {agent}', or 'medication: {agent}' for one that does not treat the cancer"
    if (procedure := PROCEDURES.lookup(spelled)) is not None:
        return f"write 'procedure: {procedure}'"
    if (marker := MARKERS.lookup(spelled)) is not None:
        return f"write 'biomarker: {{marker: {marker}, ...}}'"
    gene = gene_symbol(spelled)
    return f"write 'alteration: {{gene: {gene}}}'" if gene is not None else ""


def treatment_for(name: str) -> str:
    """What is no medicine has a word of its own."""
    code = TREATMENTS.lookup(name)
    if code is None:
        return ""
    return "write 'radiotherapy: {...}'" if code == "radiotherapy" else f"write 'procedure: {code}'"


def elsewhere(name: str, asked: Tree) -> str:
    """The word for a name that is of another vocabulary than the one that is asked: a procedure, not a disease."""
    if asked.name not in _KINDS:
        return ""
    for kind, (tree, what, word) in _KINDS.items():
        code = tree.lookup(name) if kind != asked.name else None
        if code is not None:
            return f"that is {what}: write '{word.format(code, code)}'"
    test = lab_test(name)
    return f"that is a laboratory test: write 'lab: {{test: {test.code}, ...}}'" if test is not None else ""


def quality_of(name: str) -> str:
    """What a quality is said of, where it is not said of what is asked about."""
    for table, word in _QUALIFIED.items():
        found = next((each for each in QUALITIES[table] if each.name == name), None)
        if found is not None:
            return f"'{found.title}' is said of {word.split(':')[0]}: write '{word}, {name}: true}}'"
    return ""


def one_each(values: Sequence[object], word: str, parameter: str) -> str:
    """Several values where a word takes one: a condition for each."""
    shown = ", ".join(f"{{{word}: {{{parameter}: {value}}}}}" for value in values[:2])
    return f"write one condition for each: any: [{shown}]"


def comparison_for(raw: object, word: Word, answer: Answer | None) -> str:
    """A range that was written as a text: ``ecog: 0-1`` is at most 1."""
    found = _RANGE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None or not isinstance(answer, Number):
        return f"for example: {word.example}"
    low, high = found.groups()
    if float(low) == answer.low:
        return f"write '{word.name}: {{at_most: {high}}}'"
    return f"write '{word.name}: {{between: [{low}, {high}]}}'"


def multiple_for(raw: object) -> str:
    """A multiple of a limit of normal in other words: ``1.5 ULN`` is 1.5 x ULN."""
    found = _MULTIPLE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        return ""
    return f"write '{found[1]} x {'LLN' if found[2].lower().startswith('l') else 'ULN'}'"


def grade_for(raw: str) -> str:
    """The grade of a strip: ``2+`` is 2."""
    found = _PLUS.fullmatch(raw.strip())
    return f"write {found[1]}" if found is not None else ""


def unit_for(value: float, test: LabTest) -> str:
    """The units in which a living patient has this value, the test's own first, and the multiple of normal."""
    fitting = [
        unit
        for unit in dict.fromkeys((test.unit, *test.usual_units))
        if max(test.low, test.least_limit) <= test.in_unit(value, unit) <= test.high
    ]
    multiple = [f"'{value:g} x ULN'"] if value <= _MOST_TIMES else []
    written = [f"'{value:g} {unit}'" for unit in fitting[:1]] + multiple
    return f"write {' or '.join(written)}" if written else f"write '{value:g} {test.unit}'"


_MOST_TIMES = 10


def stage_for(text: str) -> str:
    """A stage without its scheme: which schemes have it."""
    held = [each for each in staging.SCHEMES if staging.STAGE.has(f"{each}.{text.strip().upper()}")]
    if not held:
        return ""
    return f"say of which scheme: stage: {{scheme: {held[0]}, in: [{text.strip().upper()}]}}; it is one of {', '.join(held)}"
