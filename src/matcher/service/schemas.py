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
_GATES: Mapping[str, str] = {
    "all": "Every condition of the list holds.",
    "any": "At least one condition of the list holds.",
    "not": "The condition does not hold.",
    "at_least": "At least so many conditions of a list hold.",
    "if": "A limit that depends on another condition.",
    "recorded": "The fact as it was recorded, leaving derived facts out.",
}

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
    condition = {"$ref": "#/$defs/Condition"}
    for definition in definitions.values():
        for name, field in definition.get("properties", {}).items():
            if name in ("when", "applies_to"):
                branches = field.get("anyOf", [field])
                places = [each for each in branches if each.get("type") == "object"]
                for place in places:
                    place.pop("additionalProperties", None)
                    place["$ref"] = condition["$ref"]
    several = {"type": "array", "items": condition, "minItems": 1}
    gates = {name: {"description": meaning} for name, meaning in _GATES.items()}
    gates["all"] |= several
    gates["any"] |= several
    gates["not"] |= condition
    words = {
        word.name: {"description": f"{word.meaning} Example: {word.example}"} for word in CATALOGUE.values()
    }
    definitions["Condition"] = {
        "type": "object",
        "description": "One word with what is asked of it, or one gate with its conditions.",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {**gates, **words},
    }
