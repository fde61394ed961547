"""A rule file in the form that all have: two spaces a level, nothing behind a line, one blank line at most.

Only space in front of a line, behind it and behind a colon changes. Every other byte stays, so that comments, quotes
and the breaking of long lists are the author's; what is in form already comes back as it is.
"""

from __future__ import annotations

import yaml

from matcher.errors import Diagnostic
from matcher.rulebook.source_text import lines_of, read_text
from matcher.rulebook.strict_yaml import parse_yaml

_STEP = 2
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def laid_out(content: bytes, file: str) -> tuple[bytes, list[Diagnostic]]:
    """The file in form; as it was, where it cannot be read or is of a shape that this would change the meaning of."""
    marked, problems = parse_yaml(content, file)
    text, _ = read_text(content, file)
    if problems or marked is None or text is None:
        return content, problems
    lines = lines_of(text)
    root = yaml.compose("\n".join(lines), Loader=_LOADER)
    laying = _Laying(lines)
    if root is not None:
        laying.place(root, 0)
    result = laying.result().encode("utf-8")
    again, faults = parse_yaml(result, file)
    if faults or again is None or again.data != marked.data:
        return content, []
    return result, []


class _Laying:
    """Where each line is to begin: known of those on which a key, an item or a value of its own begins."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._indents: dict[int, int] = {}
        #: gaps between a dash or a colon and what follows, by their line: from column to column
        self._gaps: dict[int, list[tuple[int, int]]] = {}
        #: lines inside a value, with the line on which that begins: they move with it
        self._inside: dict[int, int] = {}
        #: lines inside a text, of which every space is part
        self._text: set[int] = set()

    def place(self, node: yaml.Node, indent: int) -> None:
        """A block from here on; ``indent`` is that of its keys or dashes."""
        match node:
            case yaml.MappingNode(flow_style=False):
                for key, value in node.value:
                    self._begins(key, indent)
                    self._hold(key)
                    if key.end_mark.line == value.start_mark.line:
                        line, column = key.end_mark.line, key.end_mark.column
                        colon = self._lines[line].index(":", column)
                        self._close_up(line, colon + 1, value.start_mark.column)
                    self.place(value, indent + _STEP)
            case yaml.SequenceNode(flow_style=False):
                for item in node.value:
                    line = self._dash_before(item)
                    self._indents[line] = indent
                    if line == item.start_mark.line:
                        self._close_up(line, self._lines[line].index("-") + 1, item.start_mark.column)
                    self.place(item, indent + _STEP)
            case _:
                self._begins(node, indent)
                self._hold(node)

    def result(self) -> str:
        """The lines, each where it belongs."""
        found: list[str] = []
        for number, line in enumerate(self._lines):
            shown = self._moved(number, line)
            if shown or number in self._text or (found and found[-1]):
                found.append(shown)
        while found and not found[-1]:
            found.pop()
        return "\n".join([*found, ""])

    def _moved(self, number: int, line: str) -> str:
        if not line.strip():
            return line if number in self._text else ""
        indent = max(_indent_of(line) + self._shift(number), 0)
        # From the right, so that columns further left stay what they were.
        for start, end in sorted(self._gaps.get(number, ()), reverse=True):
            line = f"{line[:start]} {line[end:]}"
        return " " * indent + (line if number in self._text else line.rstrip()).lstrip(" ")

    def _shift(self, number: int) -> int:
        start = self._inside.get(number, number)
        if start in self._indents:
            return self._indents[start] - _indent_of(self._lines[start])
        # A comment goes with what it stands above; the last of a file stays.
        below = range(number + 1, len(self._lines))
        following = next((each for each in below if each in self._indents), None)
        return 0 if following is None else self._indents[following] - _indent_of(self._lines[number])

    def _begins(self, node: yaml.Node, indent: int) -> None:
        mark = node.start_mark
        if mark.column == _indent_of(self._lines[mark.line]):
            self._indents[mark.line] = indent

    def _hold(self, node: yaml.Node) -> None:
        first, end = node.start_mark.line, node.end_mark
        lines = range(first + 1, end.line + (end.column > 0))
        self._inside.update(dict.fromkeys(lines, first))
        if isinstance(node, yaml.ScalarNode) and node.style is not None:
            self._text.update(lines)

    def _close_up(self, line: int, start: int, end: int) -> None:
        if start < end:
            self._gaps.setdefault(line, []).append((start, end))

    def _dash_before(self, item: yaml.Node) -> int:
        """The line of the dash of an item, which may stand above it."""
        line = int(item.start_mark.line)
        while not self._lines[line].lstrip().startswith("-"):
            line -= 1
        return line


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
