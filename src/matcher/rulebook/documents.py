"""Rule files on disk as validated documents, with a place for everything that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from matcher.errors import Diagnostic, nearest
from matcher.rulebook.marked import Location, Marked
from matcher.rulebook.model_problem import diagnostics_of
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.condition import Problem
from matcher.rules.syntax import KINDS, AnyDocument

D = TypeVar("D", bound=BaseModel)
CASES_SUFFIX = ".cases.yaml"
KINDS_OF_RULE = ("trial", "regimen", "derive", "list")
"""What a file can be that has a name of its own."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file: its data with marks, and the document if it is one."""

    name: str
    marked: Marked | None
    document: AnyDocument | None

    @property
    def is_candidate(self) -> bool:
        """Whether it is a trial or a regimen, with which no other file is read."""
        return self.marked is not None and kind_of(self.marked) in ("trial", "regimen")


def rule_paths(root: Path) -> list[Path]:
    """The rule files below a directory, cases aside, in a fixed order."""
    return sorted(path for path in root.rglob("*.yaml") if not path.name.endswith(CASES_SUFFIX))


def misnamed_paths(root: Path) -> list[Path]:
    """Files that were meant as rules and would be passed over, for their ending."""
    return sorted(root.rglob("*.yml"))


def case_paths(root: Path) -> list[Path]:
    return sorted(root.rglob(f"*{CASES_SUFFIX}"))


def content_hash(files: Iterable[tuple[str, Path]]) -> str:
    """SHA-256 over the names and bytes of every rule file: the version of a rulebook."""
    digest = hashlib.sha256()
    for name, path in files:
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_rule_file(path: Path, name: str) -> tuple[RuleFile, list[Diagnostic]]:
    """The document of a file and everything wrong with its form."""
    return rule_file(*load_yaml(path, name), name)


def rule_file(
    marked: Marked | None, diagnostics: list[Diagnostic], name: str
) -> tuple[RuleFile, list[Diagnostic]]:
    """The document of what was read of a file, and everything wrong with its form."""
    if marked is None:
        return RuleFile(name, None, None), diagnostics
    if not isinstance(marked.data, dict):
        return RuleFile(name, marked, None), [
            *diagnostics,
            marked.report("R013", (), "a rule file holds fields, not a list or a single value"),
        ]
    kind = kind_of(marked)
    if kind is None:
        first = next(iter(marked.data), "")
        suggestion = nearest(str(first), list(KINDS))
        hint = f"did you mean '{suggestion}'?" if suggestion else f"begin it with one of: {', '.join(KINDS)}"
        return RuleFile(name, marked, None), [
            *diagnostics,
            marked.report("R040", (first,), "this file does not say what it is", hint, on_key=True),
        ]
    document, found = validated(KINDS[kind], marked)
    return RuleFile(name, marked, document if not diagnostics and not found else None), diagnostics + found


def kind_of(marked: Marked) -> str | None:
    """What a file is: its first key, unless that is merely a field; a misspelt first key is no field."""
    if not isinstance(marked.data, dict):
        return None
    first = next(iter(marked.data), "")
    if first in KINDS:
        return first
    named = next((word for word in KINDS if word in marked.data), None)
    known = named is not None and first in KINDS[named].model_fields
    return named if known or nearest(first, list(KINDS)) is None else None


def validated(model: type[D], marked: Marked, at: Location = ()) -> tuple[D | None, list[Diagnostic]]:
    """The data at a location as a model, or what is wrong with it."""
    data = marked.data
    for step in at:
        data = data[step]  # type: ignore[index]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, diagnostics_of(model, marked, at, error.errors(include_url=False))


def located(marked: Marked, problems: Iterable[Problem], at: Location = ()) -> list[Diagnostic]:
    """Problems of conditions at the line and column where they stand."""
    return [
        marked.report(each.code, (*at, *each.path), each.message, each.hint, on_key=each.at_key)
        for each in problems
    ]
