"""How a draft begins: from nothing, a rule in force, a file, a record of a registry, or pasted text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from matcher.authoring import begin as written
from matcher.authoring.proposals import proposer
from matcher.errors import UsageError
from matcher.exchange.draft import draft_of
from matcher.exchange.registry import records_in
from matcher.rulebook.documents import CASES_SUFFIX
from matcher.rulebook.sources import Sources
from matcher.rules.rulebook import Rulebook
from matcher.service.rulebooks import rules_directory
from matcher.service.workbench.checked import Identity, identity_of

CANDIDATES = ("trial", "regimen")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Begun:
    """The rule a draft is to be of, its text and cases, and where they come from."""

    identity: Identity
    text: str
    cases: str = ""
    origin: dict[str, Any] = field(default_factory=dict)


def blank(identifier: str, title: str, today: date) -> Begun:
    """A trial that loads and asks nothing yet."""
    _named(identifier)
    return _begun(written.blank("trial", identifier, title, today), {"from": "blank"})


def copy(name: str, identifier: str, rules: Path | None) -> Begun:
    """A rule in force with its cases: an amendment of it, or, under another name, a rule like it."""
    found = in_force(name, rules)
    if found is None:
        raise UsageError(
            f"the rulebook has no rule '{name}'", "its names are those of 'matcher rules list'", "U007"
        )
    if identifier in ("", name):
        origin = {"from": "copy", "of": name, "base": found.text, "base_cases": found.cases}
        return _begun(found.text, origin, found.cases)
    _named(identifier)
    kind = identity_of(found.text).kind
    head = re.compile(rf"^({re.escape(kind)}:[ \t]*)(['\"]?){re.escape(name)}\2", re.MULTILINE)
    text = head.sub(lambda each: f"{each[1]}{each[2]}{identifier}{each[2]}", found.text, count=1)
    return _begun(text, {"from": "copy", "of": name}, found.cases)


def file(text: str, cases: str, rules: Path | None) -> Begun:
    """A rule file as somebody wrote it. Of a rule that is in force it is a change of that."""
    identity = identity_of(text)
    if not identity.name:
        raise UsageError(
            "the file does not say which rule it is", "it begins with trial or regimen, and a name", "U072"
        )
    held = in_force(identity.name, rules)
    base = {} if held is None else {"base": held.text, "base_cases": held.cases}
    return _begun(text, {"from": "file", **base}, cases or (held.cases if held else ""))


def record(text: str, today: date, book: Rulebook) -> Begun:
    """A record of ClinicalTrials.gov: clear sentences proposed, the others left to a person."""
    found = next(records_in(text.encode("utf-8", "replace"), "the record"), None)
    if found is None or not NAME.fullmatch(found.identifier):
        raise UsageError("the record names no NCT number", code="U011")
    return _begun(draft_of(found, today, proposer(book)).text, {"from": "record", "protocol": found.criteria})


def sentences(identifier: str, title: str, protocol: str, cited: written.Cited, today: date) -> Begun:
    """Pasted text of a protocol, every sentence of it."""
    _named(identifier)
    if not protocol.strip():
        raise UsageError("there is no text", "paste the criteria of the protocol", "U072")
    text = written.of_sentences(identifier, title, protocol, today, cited)
    return _begun(text, {"from": "sentences", "protocol": protocol})


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule file of the folder, and its cases; ``own`` where it lies in the folder and not in what that extends."""

    path: Path
    text: str
    cases: str
    own: bool


def in_force(name: str, rules: Path | None) -> InForce | None:
    """As it lies on the disk now."""
    root = rules_directory(rules)
    sources = Sources.of(root)
    path = next((each for each in sources.rules if each.stem == name), None)
    if path is None:
        return None
    cases = path.with_name(f"{name}{CASES_SUFFIX}")
    return InForce(path, text_of(path), text_of(cases), sources.is_own(str(path)))


def text_of(path: Path) -> str:
    """Every character of a file, ends of lines too; nothing where there is none."""
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def _named(identifier: str) -> None:
    if not NAME.fullmatch(identifier):
        raise UsageError(f"'{identifier[:60]}' is no name of a rule", "write it like NCT01234567", "U072")


def _begun(text: str, origin: dict[str, Any], cases: str = "") -> Begun:
    """Of a trial or a regimen. Whom a list or a derived fact touches only all rules together can say."""
    identity = identity_of(text)
    if identity.kind not in CANDIDATES:
        raise UsageError(
            f"a draft is of a trial or a regimen, and this is a {identity.kind or 'text without a name'}",
            "change a list or a derived fact in its file, and weigh it with 'matcher rules diff'",
            "U072",
        )
    return Begun(identity, text, cases, origin)
