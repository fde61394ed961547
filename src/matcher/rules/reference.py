"""The reference page of the rule language, written from the models and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isinf
from typing import Any

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
from matcher.rules.bounds import SIGNS
from matcher.rules.schema import CONDITION_FIELDS, GATES, answers
from matcher.rules.syntax import KINDS, CaseDocument
from matcher.vocabulary.laboratory import LAB_TESTS

RULE_LANGUAGE_PAGE = "docs/reference/rule-language.md"
_MANY = 24

_INTRODUCTION = """\
# The rule language

<!-- Written by scripts/docs.py from src/matcher/rules and src/matcher/features; edit the words there. -->

A rule is one YAML file in the words of clinical staff: every limit carries its unit, every criterion its source.
`matcher rules lint` says everything that is wrong with a file, `matcher rules schema` prints a JSON Schema with
which an editor completes and checks while you type. What can be wrong is listed in [errors](errors.md).

## Conditions

A condition, under `when`, is **one word with what is asked of it, or one gate**:

```yaml
when:
  all:
    - age: {at_least: 18 years}
    - any:
        - histology: {in: [epithelioid, biphasic]}
        - not: {prior: platinum}
    - if: {condition: liver_metastases}
      then: {lab: {test: alt, at_most: 5 x ULN}}
      else: {lab: {test: alt, at_most: 2.5 x ULN}}
```

A condition is *met* when it holds for every value the patient's record allows, *not met* when it holds for none,
and *unknown* otherwise. An exclusion is worded as the condition that excludes.
"""

_LEFT_TO_A_PERSON = """
### Left to a person

Where the protocol leaves a criterion to somebody's judgement, the criterion has `judgement: true` in place of `when`:

```yaml
I-07:
  text: Able to comply with the visits, in the investigator's judgement.
  judgement: true
  source: registry
```

It is unknown until a person has judged it (`judgements` of the profile), is asked about, and lets `coverage: full` be
true. The text is what the person answers: word an exclusion as what excludes.
"""

_COMPARISONS = """
### Comparisons

| word | holds when the value is | for |
|---|---|---|
| `at_least`, `above` | not below the limit; above it | numbers, lengths of time, counts |
| `at_most`, `below` | not above the limit; below it | numbers, lengths of time, counts |
| `between: [a, b]` | from a to b, both included | numbers, lengths of time, counts |
| `is` | exactly this | numbers, counts and codes |
| `is_a` | this code or anything below it | codes |
| `in: [...]` | any of these, or anything below them | codes |

A limit is written with its unit (`9.0 g/dL`, `100 10*9/L`, `21 days`); percentages, scores and counts need none. A
laboratory limit may be a multiple of normal (`2.5 x ULN`, `0.8 x LLN`). Months and years are calendar months and
years. Yes-and-no facts take `true` and `false`. Instead of signs, write the words: {signs}.
"""


def rule_language_reference() -> str:
    """The page as Markdown."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _INTRODUCTION
    yield "\n### Gates\n\n| word | meaning |\n|---|---|\n"
    for name, (meaning, _) in GATES.items():
        yield f"| `{name}` | {meaning} |\n"
    signs = ", ".join(f"`{sign}` is `{SIGNS[sign]}`" for sign in (">=", ">", "<=", "<"))
    yield _LEFT_TO_A_PERSON
    yield _COMPARISONS.format(signs=signs)
    yield "\n## Words\n\nA parameter in **bold** is needed. A word's first needed parameter may stand alone: `prior: platinum`.\n"
    for section in dict.fromkeys(word.section for word in CATALOGUE.values()):
        yield f"\n### {section.replace('_', ' ').capitalize()}\n"
        for word in CATALOGUE.values():
            if word.section == section:
                yield from _word(word)
    yield "\n## Laboratory tests\n\n| test | name | unit | without `within`: days |\n|---|---|---|---|\n"
    for test in LAB_TESTS.values():
        yield f"| `{test.code}` | {test.title} | `{test.unit}` | {test.max_age_days} |\n"
    yield _FILES
    schemas = {name: model.model_json_schema() for name, model in {**KINDS, "case": CaseDocument}.items()}
    parts: dict[str, Mapping[str, Any]] = {}
    for name, schema in schemas.items():
        yield f"\n### {name.capitalize()}\n\n{schema.get('description', '')}\n\n"
        yield from _fields(schema)
        parts |= schema.get("$defs", {})
    yield "\n### Parts of these files\n"
    for part, definition in sorted(parts.items()):
        yield f"\n#### {_part(part).capitalize()}\n\n{definition.get('description', '')}\n\n"
        yield from _fields(definition)


def _word(word: Word) -> Iterator[str]:
    yield f"\n#### `{word.name}`\n\n{word.meaning}.\n\n```yaml\n{word.example}\n```\n\n"
    for parameter in word.parameters:
        yield f"- {_parameter(parameter)}\n"
    if word.one_of:
        yield f"- exactly one of {', '.join(f'`{name}`' for name in word.one_of)}\n"
    for facet, answer in answers(word).items():
        asked = f"`{facet}`: " if facet else "asked: "
        yield f"- {asked}{_answer(word, answer)}\n"
    days = _default_window(word)
    if days:
        yield f"- {days}\n"


def _parameter(parameter: Parameter) -> str:
    name = f"**`{parameter.name}`**" if parameter.required else f"`{parameter.name}`"
    return f"{name} ({parameter.takes.value}): {parameter.meaning}{_choices(parameter)}"


def _choices(parameter: Parameter) -> str:
    known: tuple[str, ...] = parameter.choices
    if parameter.vocabulary is not None:
        known = parameter.vocabulary.codes
    if not known or parameter.takes in (Takes.THERAPY, Takes.MEDICATION, Takes.AGENT, Takes.CAUSE):
        return ""
    return f". One of {_listed(known)}"


def _listed(codes: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{code}`" for code in codes[:_MANY])
    return f"{shown} and {len(codes) - _MANY} more" if len(codes) > _MANY else shown


def _answer(word: Word, answer: Answer | None) -> str:
    match answer:
        case None:
            return (
                "a number in the test's own unit, or a multiple of its limit of normal"
                if word.name == "lab"
                else (f"a code of the {word.parameters[0].name} named")
            )
        case Number():
            return _number(answer)
        case Elapsed():
            return "a length of time, in days, weeks, months or years"
        case Presence():
            return "had or not; with `at_least` and the like, how many"
        case Category(tree=None, codes=codes) if set(codes) == {"yes", "no"}:
            return "`true` or `false`"
        case Category(tree=None, codes=codes):
            return f"one of {_listed(codes)}"
        case Category() as category:
            assert category.tree is not None
            allowed = category.leaves()
            codes = tuple(code for code in category.tree.codes if category.tree.leaves(code) <= allowed)
            return f"a code of {category.tree.name}: {_listed(codes)}"


def _number(number: Number) -> str:
    kind = "a whole number" if number.integer else "a number"
    ends = f" from {number.low:g}" + ("" if isinf(number.high) else f" to {number.high:g}")
    if not number.unit:
        return kind + ends
    unit = f"in `{number.unit}` or a unit like it"
    return f"{kind}{ends}, {unit}" + ("; the unit may be left out" if number.bare else "")


def _default_window(word: Word) -> str:
    """How long a value holds where the rule does not say."""
    if word.parameter("within") is None:
        return ""
    try:
        days = word.default_window(Arguments({}))
    except KeyError:
        return "without `within`: the test's own maximum age"
    return f"without `within`: not older than {days} days" if days else ""


_FILES = """
## Files

One rule a file, named after it; its cases stand beside it in `<name>.cases.yaml`. A field in **bold** is needed.
"""


def _part(name: str) -> str:
    return name.removesuffix("Document").lower()


def _fields(part: Mapping[str, Any]) -> Iterator[str]:
    required = part.get("required", [])
    for name, field in part.get("properties", {}).items():
        shown = f"**`{name}`**" if name in required else f"`{name}`"
        if name in CONDITION_FIELDS:
            yield f"- {shown}: a condition\n"
            continue
        description = field.get("description", "")
        yield f"- {shown}: {_type(field)}{'. ' + description if description else ''}\n"


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _part(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"] if each.get("type") != "null")
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    match field.get("type"):
        case "array":
            return f"list of {_type(field.get('items', {}))}"
        case "object":
            patterns = list(field.get("patternProperties", {}).values())
            inner = patterns[0] if patterns else field.get("additionalProperties")
            return f"mapping to {_type(inner)}" if isinstance(inner, dict) and inner else "mapping"
        case "string":
            return "date" if field.get("format") == "date" else "text"
        case "boolean":
            return "true or false"
        case "integer":
            return "whole number"
        case str() as other:
            return other
    return "anything"
