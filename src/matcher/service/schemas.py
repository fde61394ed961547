"""JSON Schemas for editors and for those who send profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from matcher.domain.wire.model import profile_schema
from matcher.errors import UsageError, nearest
from matcher.features.catalogue import CATALOGUE
from matcher.rules.syntax import KINDS, CaseDocument

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CASES = "cases"
RULE_KINDS: tuple[str, ...] = (*KINDS, _CASES)
_CONDITION: dict[str, Any] = {"$ref": "#/$defs/Condition"}
_SEVERAL: dict[str, Any] = {"type": "array", "items": _CONDITION, "minItems": 1}
_GATES: Mapping[str, dict[str, Any]] = {
    "all": {"description": "Every condition of the list holds.", **_SEVERAL},
    "any": {"description": "At least one condition of the list holds.", **_SEVERAL},
    "not": {"description": "The condition does not hold.", **_CONDITION},
    "recorded": {"description": "The fact as recorded, leaving derived facts out.", **_CONDITION},
    "at_least": {"description": "With `of`: at least so many of these hold.", "type": "number"},
    "of": _SEVERAL,
    "weights": {
        "description": "With `of`: one number for each.",
        "type": "array",
        "items": {"type": "number"},
    },
    "if": {"description": "With `then` and `else`: a limit that depends on something else.", **_CONDITION},
    "then": _CONDITION,
    "else": _CONDITION,
}
_SHAPES: list[dict[str, Any]] = [
    {"maxProperties": 1},
    {"required": ["if", "then", "else"]},
    {"required": ["at_least", "of"]},
]

__all__ = ["RULE_KINDS", "profile_schema", "rule_schema"]


def rule_schema(kind: str | None = None) -> dict[str, Any]:
    """The schema of one kind of rule file, or of all of them, each told by the field that names it.

    Inside ``when`` the words of the language are offered and others let through: a rulebook's own derived
    facts are words too. ``matcher rules lint`` checks them all.
    """
    if kind is not None and kind not in RULE_KINDS:
        guess = nearest(kind, RULE_KINDS)
        raise UsageError(
            f"there is no kind of rule file '{kind}'",
            (f"did you mean '{guess}'? " if guess else "") + f"One of: {', '.join(RULE_KINDS)}.",
        )
    wanted = [kind] if kind else list(KINDS)
    models = {name: CaseDocument if name == _CASES else KINDS[name] for name in wanted}
    references, definitions = models_json_schema([(model, "validation") for model in models.values()])
    held: dict[str, Any] = definitions.get("$defs", {})
    _offer_words(held)
    alternatives = [references[model, "validation"] for model in models.values()]
    if kind == _CASES:
        top: dict[str, Any] = {"type": "array", "items": alternatives[0]}
    else:
        top = alternatives[0] if kind else {"oneOf": alternatives}
    return {"$schema": _DIALECT, "title": f"Rule file: {kind}" if kind else "Rule file", **top, "$defs": held}


def _offer_words(definitions: dict[str, Any]) -> None:
    """Points every condition at one definition that knows the words."""
    for definition in definitions.values():
        for name in ("when", "applies_to", "supplies"):
            field = definition.get("properties", {}).get(name, {})
            for place in field.get("anyOf", [field]):
                if place.get("type") == "object":
                    place.pop("additionalProperties", None)
                    place.update(_CONDITION)
    words = {
        word.name: {"description": f"{word.meaning} Example: {word.example}"} for word in CATALOGUE.values()
    }
    definitions["Condition"] = {
        "type": "object",
        "description": "One word with what is asked of it, or a gate with its conditions.",
        "minProperties": 1,
        "properties": {**_GATES, **words},
        "anyOf": _SHAPES,
    }
