"""Where each part of a rule file stands in its text, to the character: what an edit replaces, and no byte beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from matcher.errors import Diagnostic
from matcher.rulebook.marked import Location, Marked
from matcher.rulebook.source_text import read_text
from matcher.rulebook.strict_yaml import parse_yaml

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REPEATS = frozenset({"R004", "R005", "R009", "R038"})
"""Anchors, tags, a second document, keys that are none: what stands in such a text has no one place."""
_BREAK = re.compile(r"\r\n|\r|\n")
_FREE = " \t\r\n"
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""A byte-order mark, which some editors put in front of a file; it stays there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value from ``start`` to ``end``, both offsets in the text, and its key before it, where it has one.

    ``flow``: in brackets or braces, where line breaks mean nothing. ``style`` is the quote or the sign of a block.
    An empty value ends where it starts, right behind its colon or dash.
    """

    start: int
    end: int
    kind: str
    flow: bool = False
    style: str = ""
    key: tuple[int, int] | None = None
    members: dict[str, Span] | list[Span] = field(default_factory=dict)

    @property
    def whole(self) -> int:
        """Where the key begins, or the value of an item."""
        return self.key[0] if self.key else self.start

    def member(self, step: str | int) -> Span | None:
        if isinstance(self.members, dict):
            return self.members.get(step) if isinstance(step, str) else None
        if isinstance(step, int) and 0 <= step < len(self.members):
            return self.members[step]
        return None

    def each(self) -> Iterator[tuple[str | int, Span]]:
        yield from self.members.items() if isinstance(self.members, dict) else enumerate(self.members)


@dataclass(frozen=True, slots=True)
class Located:
    """A text, what stands in it, and where; ``marked`` and ``root`` are missing where it cannot be read.

    ``starts`` are the offsets at which its lines begin, as every reader of the file counts them.
    """

    text: str
    marked: Marked | None
    root: Span | None
    problems: tuple[Diagnostic, ...]
    starts: tuple[int, ...] = (0,)

    def at(self, path: Location) -> Span | None:
        """The span of exactly this place."""
        found = self.root
        for step in path:
            found = found.member(step) if found is not None else None
        return found

    def value(self, path: Location) -> object:
        held: object = self.marked.data if self.marked is not None else None
        for step in path:
            held = held[step]  # type: ignore[index]
        return held

    def place_of(self, line: int, column: int) -> Location:
        """The innermost value, or key, that holds this place; what stands in none belongs to what is around it."""
        if self.root is None:
            return ()
        if not 0 < line <= len(self.starts):
            return ()
        offset = self.starts[line - 1] + column - 1
        path: Location = ()
        place = self.root
        while True:
            inner = next((one for one in place.each() if one[1].whole <= offset <= one[1].end), None)
            if inner is None:
                return path
            path, place = (*path, inner[0]), inner[1]


def locate(text: str, file: str) -> Located:
    """The places of everything in a text; none of it where the text is no YAML, or names one thing twice."""
    marked, problems = parse_yaml(text, file)
    starts = (len(text) - len(text.removeprefix(MARK)), *(each.end() for each in _BREAK.finditer(text)))
    if marked is None or any(each.code in _REPEATS for each in problems):
        return Located(text, marked, None, tuple(problems), starts)
    seen, _ = read_text(text, file)
    assert seen is not None
    node = yaml.compose(seen, Loader=_LOADER)
    assert node is not None
    before = len(text) - len(seen)
    return Located(text, marked, _span(node, text, before), tuple(problems), starts)


def _span(node: yaml.Node, text: str, before: int, key: yaml.Node | None = None, floor: int = 0) -> Span:
    """``before`` is what stands in front of what was parsed: a byte-order mark."""
    start, end = node.start_mark.index + before, node.end_mark.index + before
    at = (key.start_mark.index + before, key.end_mark.index + before) if key is not None else None
    match node:
        case yaml.MappingNode():
            held: dict[str, Span] = {}
            for name, value in node.value:
                if name.value not in held:
                    held[name.value] = _span(value, text, before, name, name.end_mark.index + before)
            if not node.flow_style and node.value:
                end = max(each.end for each in held.values())
            return Span(start, end, "mapping", bool(node.flow_style), "", at, held)
        case yaml.SequenceNode():
            items: list[Span] = []
            for each in node.value:
                items.append(_span(each, text, before, None, items[-1].end if items else start))
            if not node.flow_style and items:
                end = items[-1].end
            return Span(start, end, "sequence", bool(node.flow_style), "", at, items)
        case yaml.ScalarNode() if node.style in ("|", ">"):
            return Span(start, start + len(text[start:end].rstrip(_FREE)), "scalar", False, node.style, at)
        case yaml.ScalarNode() if start == end:
            sign = text.index(":" if key is not None else "-", floor)
            return Span(sign + 1, sign + 1, "scalar", False, "", at)
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    return Span(start, end, "scalar", False, style or "", at)
