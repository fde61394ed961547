"""Edits of a text at the marks of its parts. Every byte that an edit is not about stays: comments, order, spacing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.authoring.written import in_block, in_flow
from matcher.rulebook.marked import Location
from matcher.rulebook.spans import Located, Span

_STEP = 2
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Splicer:
    """A readable text; each method gives the text after one change."""

    held: Located

    @property
    def text(self) -> str:
        return self.held.text

    @property
    def newline(self) -> str:
        """As the file ends its lines."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"

    def span(self, path: Location) -> Span:
        found = self.held.at(path)
        if found is None:
            raise KeyError(path)
        return found

    def put(self, path: Location, value: object) -> str:
        """Another value at a place that has one; in the place of a block it stands behind its key."""
        span = self.span(path)
        written = self._value(path, value)
        if span.key and span.kind != "scalar" and not span.flow:
            behind = self.text.index(":", span.key[1]) + 1
            if not self.text[behind : span.start].strip():
                return self._replaced(behind, span.end, f" {written}")
        return self._replaced(span.start, span.end, f" {written}" if self._is_empty(span) else written)

    def put_source(self, path: Location, source: str) -> str:
        """Another value at a place, written already; its lines hold their own indent."""
        span = self.span(path)
        return self._replaced(span.start, span.end, source)

    def rename(self, path: Location, key: str) -> str:
        at = self.span(path).key
        assert at is not None
        return self._replaced(*at, in_flow(key))

    def add_key(self, path: Location, key: str, value: object, before: str = "") -> str:
        """A field at the end of a mapping, or in front of one of its fields."""
        span = self.span(path)
        written = f"{in_flow(key)}: {in_flow(value)}"
        if span.kind != "mapping" or span.flow or self._is_empty(span):
            if span.kind != "mapping" or not span.members:
                indent = self._indent_of(span.whole) + _STEP
                return self._replaced(
                    span.start, span.end, self._below(indent, f"{in_flow(key)}: {in_flow(value)}")
                )
            return self._into_flow(span, written, before)
        indent = self._column(self._first(span))
        written = f"{in_flow(key)}: {self._lines(in_block(value, indent))}"
        if before and (beside := span.member(before)) is not None:
            return self._replaced(beside.whole, beside.whole, written + self.newline + " " * indent)
        return self._after(span, written, indent)

    def add_item(self, path: Location, value: object) -> str:
        """A member at the end of a list."""
        span = self.span(path)
        if span.kind != "sequence" or span.flow:
            if span.kind != "sequence" or not span.members:
                return self._replaced(span.start, span.end, f"[{in_flow(value)}]")
            return self._into_flow(span, in_flow(value))
        indent = self._column(span.start)
        return self._after(span, f"- {in_flow(value)}", indent)

    def add_block(self, path: Location, lines: list[str]) -> str:
        """Lines of a mapping's own, such as a whole criterion, at the end of it; ``lines`` begin at its indent."""
        span = self.span(path)
        if span.flow or span.kind != "mapping":
            raise KeyError(path)
        indent = self._column(self._first(span))
        return self._after(span, (self.newline + " " * indent).join(lines), indent)

    def insert_block(self, path: Location, lines: list[str]) -> str:
        """Lines in front of a field of a mapping, and of the comments above it."""
        start, _ = self._with_comments(path)
        indent = " " * self._column(self.span(path).whole)
        written = "".join(f"{indent}{line}{self.newline}" for line in lines)
        return self._replaced(start, start, written)

    def at_end(self, text: str, line: str) -> str:
        """A line behind all others."""
        gap = "" if not text or text.endswith(("\n", "\r")) else self.newline
        return f"{text}{gap}{line}{self.newline}"

    def remove(self, path: Location) -> str:
        """Without a field or a member. Comments above it stay, its own line goes."""
        span = self.span(path)
        around = self.span(path[:-1])
        if around.flow:
            return self._out_of_flow(around, span)
        if len(around.members) == 1:
            empty = "{}" if around.kind == "mapping" else "[]"
            return self._replaced(around.start, around.end, empty)
        start, end = self.lines_of(path)
        if self.text[start : self._lead(path)].strip():
            # It begins on the line of something else, the dash of a list: what follows moves up to it.
            siblings = [each for _, each in around.each()]
            following = siblings[siblings.index(span) + 1]
            return self._replaced(span.whole, following.whole, "")
        return self._replaced(start, end, "")

    def lines_of(self, path: Location) -> tuple[int, int]:
        """From the beginning of a block's first line to that of the line behind its last."""
        span = self.span(path)
        return self._line_start(span.whole), self._line_end(span.end)

    def swap(self, one: Location, other: Location) -> str:
        """Two neighbours of a list or a mapping in each other's place, each with the comments above it."""
        first, second = sorted((self.span(one), self.span(other)), key=lambda each: each.whole)
        around = self.span(one[:-1])
        if around.flow:
            cut = (first.whole, first.end, second.whole, second.end)
        else:
            of = {id(first): one, id(second): other}
            if self.span(one) is not first:
                of = {id(first): other, id(second): one}
            cut = (*self._with_comments(of[id(first)]), *self._with_comments(of[id(second)]))
        a, b, c, d = cut
        text = self.text
        moved, stayed = text[c:d], text[a:b]
        if not around.flow and not moved.endswith(("\n", "\r")):
            moved, stayed = moved + self.newline, stayed.rstrip("\r\n")
        return text[:a] + moved + text[b:c] + stayed + text[d:]

    def wrapped(self, path: Location, gate: str, listed: bool) -> str:
        """The condition at a place under a gate, as it is written."""
        span = self.span(path)
        source = self.text[span.start : span.end]
        if span.flow or span.kind == "scalar":
            held = f"[{source}]" if listed else source
            return self.put_source(path, f"{{{gate}: {held}}}")
        deeper = " " * (2 * _STEP if listed else _STEP)
        lead = self._column(span.start)
        first = self.newline + " " * (lead + _STEP) + ("- " if listed else "")
        inner = re.sub(r"(\r\n|\r|\n)(?=[^\r\n])", lambda found: found[0] + deeper, source)
        return self.put_source(path, f"{gate}:{first}{inner}")

    def unwrapped(self, path: Location, member: Location) -> str:
        """The one member of a group in the place of the group."""
        outer, inner = self.span(path), self.span(member)
        source = self.text[inner.start : inner.end]
        if not inner.flow and not outer.flow:
            back = self._column(inner.start) - self._column(outer.start)
            first, *lines = source.splitlines(keepends=True)
            source = first + "".join(line[min(back, len(line) - len(line.lstrip(" "))) :] for line in lines)
        return self.put_source(path, source)

    def _value(self, path: Location, value: object) -> str:
        around = [self.span(path[:length]) for length in range(len(path))]
        if any(each.flow for each in around):
            return in_flow(value)
        return self._lines(in_block(value, self._indent_of(self.span(path).whole)))

    def _lines(self, written: str) -> str:
        return written.replace("\n", self.newline)

    def _is_empty(self, span: Span) -> bool:
        return span.start == span.end

    def _below(self, indent: int, written: str) -> str:
        return self.newline + " " * indent + written

    def _first(self, span: Span) -> int:
        return min((each.whole for _, each in span.each()), default=span.start)

    def _into_flow(self, span: Span, written: str, before: str = "") -> str:
        if before and (beside := span.member(before)) is not None:
            return self._replaced(beside.whole, beside.whole, f"{written}, ")
        last = max((each.end for _, each in span.each()), default=None)
        if last is None:
            return self._replaced(span.start + 1, span.end - 1, written)
        return self._replaced(last, last, f", {written}")

    def _out_of_flow(self, around: Span, span: Span) -> str:
        held = sorted((each for _, each in around.each()), key=lambda each: each.whole)
        place = held.index(span)
        if len(held) == 1:
            return self._replaced(span.whole, span.end, "")
        if place == 0:
            return self._replaced(span.whole, held[1].whole, "")
        return self._replaced(held[place - 1].end, span.end, "")

    def _after(self, span: Span, written: str, indent: int) -> str:
        """Behind the last line of a block: below a comment that ends that line."""
        end = self._line_end(span.end)
        head = self.text[:end]
        gap = "" if head.endswith(("\n", "\r")) else self.newline
        tail = self.newline if end < len(self.text) or not gap else ""
        return f"{head}{gap}{' ' * indent}{written}{tail}{self.text[end:]}"

    def _with_comments(self, path: Location) -> tuple[int, int]:
        start, end = self.lines_of(path)
        while start:
            above = self._line_start(start - 1 if self.text[start - 2 : start] != "\r\n" else start - 2)
            line = self.text[above:start].lstrip(_BLANKS)
            if not line.startswith("#") or line.startswith("# not yet"):
                break
            start = above
        return start, end

    def _lead(self, path: Location) -> int:
        """Where a field begins, or the dash of a member."""
        at = self.span(path).whole
        return self.text.rindex("-", 0, at) if isinstance(path[-1], int) else at

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)

    def _indent_of(self, offset: int) -> int:
        start = self._line_start(offset)
        return len(self.text[start:offset]) - len(self.text[start:offset].lstrip(" "))

    def _line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def _line_end(self, offset: int) -> int:
        found = re.compile(r"\r\n|\r|\n").search(self.text, offset)
        return found.end() if found else len(self.text)

    def _replaced(self, start: int, end: int, written: str) -> str:
        return self.text[:start] + written + self.text[end:]
