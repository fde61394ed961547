"""Whole criteria put into a text and taken out of it, each with the sentence of the protocol that it encodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from matcher.authoring.protocol import kept_above, kept_comment, noted, open_comment, without_heading
from matcher.authoring.splice import Splicer
from matcher.authoring.written import in_block, in_flow
from matcher.rulebook.marked import Location
from matcher.rulebook.spans import Located, locate

SECTIONS = ("inclusion", "exclusion", "cautions")
_LETTERS = {"inclusion": "I", "exclusion": "E", "cautions": "C"}
_ORDER = (
    "text",
    "judgement",
    "when",
    "at_screening",
    "recoverable",
    "waivable",
    "source",
    "assumption",
    "note",
)
_STEP = "  "
#: the headings that a new section stands in front of
_BELOW = ("exclusion", "cohorts", "cautions", "evidence", "assumptions", "notes", "versions")
_NUMBER = re.compile(r"[IEC]-(\d\d)[a-z]?")


def is_criterion(path: Location) -> bool:
    """Whether a criterion stands at this place, of the candidate itself or of a cohort."""
    return len(path) in (2, 4) and path[-2] in SECTIONS


def following(key: str, held: Mapping[str, Any]) -> str:
    """The field of a criterion in front of which a new one stands, in the order in which people write them."""
    if key not in _ORDER:
        return ""
    later = _ORDER[_ORDER.index(key) + 1 :]
    return next((each for each in held if each in later), "")


def next_id(section: str, held: object) -> str:
    """The next free name of a section, behind the highest."""
    used = [
        int(found[1])
        for each in (held if isinstance(held, dict) else ())
        if (found := _NUMBER.fullmatch(each))
    ]
    number = max(used, default=0) + 1
    if number > 99:
        raise ValueError(section)
    return f"{_LETTERS[section]}-{number:02}"


def added(held: Located, data: Any, path: Location, fields: Any, sentence: str) -> tuple[str, Any]:
    """The text with a criterion more, and what it then says. The section is made where there is none."""
    section = str(path[-1])
    if section not in SECTIONS or not isinstance(fields, dict):
        raise KeyError(path)
    text, around = held.text, data
    for step in path[:-1]:
        around = around[step]
    present = around.get(section)
    name = str(fields.get("id") or next_id(section, present))
    if isinstance(present, dict) and name in present:
        raise KeyError(name)
    value = {key: _plain(fields[key]) for key in (*_ORDER, *fields) if key in fields and key != "id"}
    if sentence and isinstance(value.get("text"), str):
        # What joined it to the next one in a list is no part of it.
        value["text"] = value["text"].rstrip(" ,;") or value["text"]
    around[section] = {**(present or {}), name: value}
    lines = [f"{name}:", *(f"{_STEP}{line}" for line in _lines(value))]
    if sentence:
        lines = [kept_comment(sentence), *lines]
        text = without_waiting(text, sentence)
    now = locate(text, held.marked.file if held.marked else "draft")
    splicer = Splicer(now)
    if isinstance(present, dict) and present:
        return splicer.add_block(path, lines), data
    if section in _at(held, path[:-1]):
        text = splicer.remove(path)
        splicer = Splicer(locate(text, "draft"))
    block = [f"{section}:", *(f"{_STEP}{line}" for line in lines)]
    return _with_section(splicer, path, block, around), data


def _with_section(splicer: Splicer, path: Location, block: list[str], around: dict[str, Any]) -> str:
    """A new section in its usual place, which is in front of those that come after it."""
    section = str(path[-1])
    later = _BELOW[_BELOW.index(section) + 1 :] if section in _BELOW else _BELOW
    before = next((name for name in around if name in later and name != section), None)
    if before is None:
        return splicer.add_block(path[:-1], block)
    # The order of the fields is the file's: so the data has it too.
    kept = {key: value for key, value in around.items() if key != section}
    mine = around[section]
    around.clear()
    for key, value in kept.items():
        if key == before:
            around[section] = mine
        around[key] = value
    return splicer.insert_block((*path[:-1], before), block)


def removed(held: Located, data: Any, path: Location) -> tuple[str, Any]:
    """The text without a criterion. The sentence it encoded waits again; a section that is empty then goes too."""
    around, section = data, str(path[-2])
    for step in path[:-2]:
        around = around[step]
    del around[section][path[-1]]
    last = not around[section]
    if last:
        del around[section]
    span = held.at(path)
    assert span is not None
    kept = kept_above(held.text, span.whole)
    text = Splicer(held).remove(path[:-1] if last else path)
    if kept is None or section not in SECTIONS:
        return text, data
    splicer = Splicer(locate(text, "draft"))
    if not last or text[kept.start : kept.end].strip() == kept_comment(kept.text):
        text = _without_line(text, kept.start)
    return splicer.at_end(text, open_comment(kept.text, section)), data


def without_waiting(text: str, sentence: str) -> str:
    """Without the comment that says nobody has encoded this sentence, where there is one."""
    wanted = " ".join(sentence.split())
    held = noted(text)
    for each in held:
        if each.section and each.text == wanted:
            left = _without_line(text, each.start)
            return left if sum(bool(one.section) for one in held) > 1 else without_heading(left)
    return text


def _without_line(text: str, start: int) -> str:
    found = re.compile(r"\r\n|\r|\n").search(text, start)
    return text[:start] + (text[found.end() :] if found else "")


def _at(held: Located, path: Location) -> Any:
    return held.value(path)


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _lines(value: dict[str, Any]) -> list[str]:
    return [
        line for key, held in value.items() for line in f"{in_flow(key)}: {in_block(held, 4)}".split("\n")
    ]
