"""A trial in CTML, the format of MatchMiner, as the draft of a rule.

Steps, arms and dose levels each have a match of their own, and nothing is handed down: each becomes a cohort. A
criterion of which one part cannot be said in the rule language is left to a person whole, with everything it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from matcher.errors import UsageError
from matcher.exchange.ctml_leaf import NotSaidError, When, clinical, genomic
from matcher.exchange.draft import Draft
from matcher.rulebook.plain_yaml import plain_yaml

LARGEST = 50_000_000
_DEEPEST = 60
_MOST = 40
_NCT = re.compile(r"NCT\d{8}")
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_OPEN = "open to accrual"
_PHASES = {"0": "1", "i": "1", "i/ii": "1/2", "ii": "2", "ii/iii": "2/3", "iii": "3", "iv": "4"}
ABSENT = (
    "What nobody recorded counts as not so, as in MatchMiner: what the rule language cannot say is left out."
)


@dataclass(frozen=True, slots=True)
class _Level:
    """A step, arm or dose level with a match; without a status what holds for the trial holds for it."""

    name: str
    title: str
    match: list[Any]
    status: str


def _names() -> Iterator[str]:
    """Of criteria, each once in a trial."""
    for letter in ("", *ascii_lowercase):
        yield from (f"I-{number:02}{letter}" for number in range(1, 100))
    raise UsageError("the trial has more criteria than there are names", code="U011")


@dataclass(slots=True)
class _Counts:
    proposed: int = 0
    judged: int = 0
    names: Iterator[str] = field(default_factory=_names)


def trials_in(path: Path) -> Iterator[Mapping[str, Any]]:
    """The trials of a file, JSON or YAML; one that is no CTML is refused with the reason."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path.name} is larger than any trial", code="U011")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", code="U009") from None
    document = _parsed(text, path)
    for trial in document if isinstance(document, list) else [document]:
        if not isinstance(trial, dict) or not isinstance(trial.get("treatment_list"), dict):
            raise UsageError(f"{path.name} is no trial in CTML (no treatment_list)", code="U011")
        yield trial


def _parsed(text: str, path: Path) -> Any:
    try:
        if path.suffix.casefold() in (".yaml", ".yml"):
            return plain_yaml(text)
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} is no whole document: {error}", code="U011") from None


def draft_of_ctml(trial: Mapping[str, Any], today: date, *, absent_is_negative: bool = False) -> Draft:
    """The YAML of the trial. With ``absent_is_negative`` what cannot be said is taken as never so, which is stated."""
    counts = _Counts()
    levels = list(_levels(trial))
    lines = list(_head(trial, today, absent_is_negative=absent_is_negative))
    lines += ["cohorts:"] if levels else []
    for each in levels:
        lines += _cohort(each, counts, closed=absent_is_negative)
    return Draft(_identifier(trial), "\n".join(lines) + "\n", counts.proposed, counts.judged)


def _head(trial: Mapping[str, Any], today: date, *, absent_is_negative: bool) -> Iterator[str]:
    stated = _summary_status(trial)
    status = "unknown" if not stated else "recruiting" if stated == _OPEN else "closed"
    title = trial.get("long_title") or trial.get("short_title") or f"Protocol {trial.get('protocol_no', '')}"
    phase = _PHASES.get(str(trial.get("phase", "")).casefold().strip(), "not stated")
    day = _day(str(trial.get("last_updated") or "")) or today
    yield "# A draft from CTML. Nobody has read it yet: check each condition before use."
    yield f"trial: {_identifier(trial)}"
    yield f"title: {_quoted(str(title))}"
    yield f"phase: {_quoted(phase)}"
    yield f"recruitment: {{status: {status}, as_of: {day.isoformat()}, source: ctml}}"
    yield "coverage: partial"
    yield "encoded: part"
    if absent_is_negative:
        yield f"assumptions: [{_quoted(ABSENT)}]"
    yield "sources:"
    document = _quoted(f"CTML of protocol {trial.get('protocol_no', '')}")
    yield f"  ctml: {{document: {document}, section: treatment_list}}"


def _levels(trial: Mapping[str, Any]) -> Iterator[_Level]:
    """Each with a match. A step takes patients where one of its arms does, a dose level where its arm does too."""
    recruiting = _summary_status(trial) == _OPEN
    used: set[str] = set()
    for number, step in enumerate(_members(trial.get("treatment_list"), "step"), start=1):
        arms = _members(step, "arm")
        arms_open = [_is_open(arm, "arm_suspended") for arm in arms]
        step_open = True if True in arms_open else False if arms else None
        name = f"step-{step.get('step_code', number)}"
        title = str(step.get("step_type") or f"Step {step.get('step_code', number)}")
        yield from _level(name, title, step, step_open, recruiting, used)
        for arm, arm_open in zip(arms, arms_open, strict=True):
            code = str(arm.get("arm_code") or arm.get("arm_internal_id") or "arm")
            yield from _level(code, str(arm.get("arm_description") or code), arm, arm_open, recruiting, used)
            for dose in _members(arm, "dose_level"):
                own = _is_open(dose, "level_suspended")
                level = f"{code}-{dose.get('level_code', 'level')}"
                dose_open = own if arm_open else arm_open
                words = str(dose.get("level_description") or level)
                yield from _level(level, words, dose, dose_open, recruiting, used)


def _level(
    name: str, title: str, held: Mapping[str, Any], is_open: bool | None, recruiting: bool, used: set[str]
) -> Iterator[_Level]:
    match = held.get("match")
    if not isinstance(match, list) or not match:
        return
    plain = _NO_NAME.sub("-", name).strip("-_") or "level"
    unique = next(each for each in (plain, *(f"{plain}-{n}" for n in range(2, 9_999))) if each not in used)
    used.add(unique)
    if is_open is False:
        status = "suspended"
    else:
        # Where the trial is not known to take patients no part of it is.
        status = {True: "open", None: "unknown"}[is_open] if recruiting else ""
    yield _Level(unique, title, match, status)


def _cohort(level: _Level, counts: _Counts, *, closed: bool) -> Iterator[str]:
    yield f"  {level.name}:"
    yield f"    title: {_quoted(level.title)}"
    if level.status:
        yield f"    status: {level.status}"
    yield "    inclusion:"
    nodes = _conjuncts(level.match)
    kept, rest = nodes[: _MOST - 1], nodes[_MOST - 1 :]
    criteria = [*kept, *([{"and": rest}] if rest else [])]
    for node in criteria:
        yield f"      {next(counts.names)}:"
        yield f"        text: {_quoted(in_words(node))}"
        try:
            when, lost = (_closed(node), _lost(node)) if closed else (_said(node), [])
        except NotSaidError as error:
            counts.judged += 1
            yield "        judgement: true"
            yield "        source: ctml"
            yield f"        note: {_quoted(f'Not said by the rule language: {error}.')}"
            continue
        counts.proposed += 1
        yield f"        when: {json.dumps(when, ensure_ascii=False)}"
        yield "        source: ctml"
        if lost:
            yield f"        note: {_quoted('Taken as never so: ' + '; '.join(lost) + '.')}"


def _conjuncts(match: list[Any]) -> list[Any]:
    """What all have to hold, each by itself: criteria of their own are easier to read."""
    found: list[Any] = []
    for node in match:
        if isinstance(node, dict) and list(node) == ["and"] and isinstance(node["and"], list):
            found += _conjuncts(node["and"])
        else:
            found.append(node)
    return found


def _said(node: Any, depth: int = 0) -> When:
    """The condition of a node; ``NotSaidError`` where any part of it has no words."""
    kind, held = _opened(node, depth)
    if kind == "clinical":
        return clinical(held)
    if kind == "genomic":
        return genomic(held)
    parts = [_said(each, depth + 1) for each in held]
    return parts[0] if len(parts) == 1 else {"all" if kind == "and" else "any": parts}


_NEVER: When = {"not": {"age": {"at_least": "0 years"}}}
_ALWAYS: When = {"age": {"at_least": "0 years"}}


def _closed(node: Any) -> When:
    """The same, where a node without words never holds, and one that denies it always does."""
    found = _settled(node, 0)
    return _ALWAYS if found is True else _NEVER if found is False else found


def _settled(node: Any, depth: int) -> When | bool:
    kind, held = _opened(node, depth)
    if kind in ("clinical", "genomic"):
        try:
            return clinical(held) if kind == "clinical" else genomic(held)
        except NotSaidError:
            return _all_denied(kind, held)
    parts = [_settled(each, depth + 1) for each in held]
    decides = kind == "or"
    if any(each is decides for each in parts):
        return decides
    open_parts: list[Any] = [each for each in parts if not isinstance(each, bool)]
    if not open_parts:
        return not decides
    return open_parts[0] if len(open_parts) == 1 else {"any" if decides else "all": open_parts}


def _all_denied(kind: str, held: Mapping[str, Any]) -> When | bool:
    """A genomic node is denied whole; of a clinical one the keys that have words stay."""
    if kind == "genomic":
        return any(str(value).startswith("!") for value in held.values())
    parts: list[When] = []
    for key, value in held.items():
        try:
            parts.append(clinical({key: value}))
        except NotSaidError:
            # A status that is neither of the two asks nothing there.
            if not str(value).startswith("!") and not (
                str(key).endswith("_status") and str(value) == "False"
            ):
                return False
    return True if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def _lost(node: Any, depth: int = 0) -> list[str]:
    kind, held = _opened(node, depth)
    if kind in ("clinical", "genomic"):
        try:
            _said(node, depth)
        except NotSaidError as error:
            return [str(error)]
        return []
    return list(dict.fromkeys(text for each in held for text in _lost(each, depth + 1)))


def _opened(node: Any, depth: int) -> tuple[str, Any]:
    if depth > _DEEPEST:
        raise UsageError("a match is nested too deep", code="U011")
    if not isinstance(node, dict) or len(node) != 1:
        raise UsageError("a node of a match is one of and, or, clinical, genomic", code="U011")
    ((kind, held),) = node.items()
    right = list if kind in ("and", "or") else dict if kind in ("clinical", "genomic") else None
    if right is None or not isinstance(held, right) or not held:
        raise UsageError(f"'{str(kind)[:40]}' is no node of a match, or an empty one", code="U011")
    return kind, held


def in_words(node: Any, depth: int = 0) -> str:
    """A node as a reader would say it, with everything that stands there."""
    kind, held = _opened(node, depth)
    if kind in ("clinical", "genomic"):
        return ", ".join(f"{str(key).replace('_', ' ')} {value}" for key, value in held.items())
    inner = [in_words(each, depth + 1) for each in held]
    joined = (" and " if kind == "and" else " or ").join(inner)
    return f"({joined})" if depth and len(inner) > 1 else joined


def _members(held: Any, name: str) -> list[Mapping[str, Any]]:
    found = held.get(name) if isinstance(held, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _is_open(held: Mapping[str, Any], name: str) -> bool | None:
    stated = str(held.get(name, "")).strip().casefold()
    return {"n": True, "no": True, "false": True, "y": False, "yes": False, "true": False}.get(stated)


def _summary_status(trial: Mapping[str, Any]) -> str:
    listed = _members(trial.get("_summary"), "status")
    return str(listed[0].get("value", "")).casefold().strip() if listed else ""


def _identifier(trial: Mapping[str, Any]) -> str:
    registered = str(trial.get("nct_id") or "").strip()
    if _NCT.fullmatch(registered):
        return registered
    return f"CTML-{_NO_NAME.sub('-', str(trial.get('protocol_no') or 'trial')).strip('-')}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split())[:4_000], ensure_ascii=False)
