"""The OpenAPI document as something to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """What is sent or comes back: name, kind, and what it means."""

    name: str
    where: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can ask for: what it takes, and each answer with its status."""

    method: str
    path: str
    summary: str
    about: str
    fields: tuple[Field, ...]
    takes: str
    gives: tuple[tuple[str, str, str], ...]

    @property
    def anchor(self) -> str:
        return f"{self.method}-{self.path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"


def operations_of(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """By tag, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                described = item[method]
                tag = (described.get("tags") or ["server"])[0]
                found.setdefault(tag, []).append(_operation(path, method, described))
    return found


def _operation(path: str, method: str, described: Mapping[str, Any]) -> Operation:
    fields = tuple(
        Field(
            each["name"],
            each["in"],
            kind_of(each.get("schema", {})),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in described.get("parameters", ())
    )
    body = described.get("requestBody", {}).get("content", {})
    takes = "; ".join(f"{media}: {kind_of(held.get('schema', {}))}" for media, held in body.items())
    gives = tuple(
        (
            status,
            answer.get("description", ""),
            "; ".join(kind_of(held.get("schema", {})) for held in answer.get("content", {}).values()),
        )
        for status, answer in sorted(described.get("responses", {}).items())
    )
    about = described.get("description", "")
    return Operation(method.upper(), path, described.get("summary", ""), about, fields, takes, gives)


def kind_of(schema: Mapping[str, Any]) -> str:
    """A schema in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(dict.fromkeys(kind_of(each) for each in several))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    if kind == "string":
        return str(schema.get("format", "text"))
    return {"null": "nothing", "integer": "whole number"}.get(kind, kind)
