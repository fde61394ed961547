"""The parser's complaints, in words for people who write rules and not parsers.

libyaml and PyYAML's own parser word the same complaint differently; the fragments below occur in both.
"""

from dataclasses import dataclass
from typing import Protocol

import yaml

from matcher.rulebook.marked import Mark
from matcher.rulebook.source_text import lines_of


class _ParserMark(Protocol):
    """What the marks of libyaml and of PyYAML's own parser have in common."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the file cannot be read on from ``mark``."""

    mark: Mark
    message: str
    hint: str
    code: str = "R002"


def explain(error: yaml.YAMLError, text: str) -> Problem:
    """The problem behind ``error``; at its opening where something is left open, else where reading stopped."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(Mark(1, 1), f"the file cannot be read: {str(error).partition(chr(10))[0]}", "")
    here = mark_of(error.problem_mark)
    opening = mark_of(error.context_mark) if error.context_mark else here
    return _explain(error.problem or "", error.context or "", here, opening, lines_of(text))


def _explain(problem: str, context: str, here: Mark, opening: Mark, lines: list[str]) -> Problem:
    character = _character(lines, here)
    if character == "\t" or "tab character" in problem:
        return Problem(here, "a tab where spaces are needed", "indent with spaces")
    if "quoted scalar" in context or "double-quoted" in context:
        return _explain_quoted(problem, here, opening)
    if "flow" in context and _character(lines, opening) in {"[", "{"}:
        return _explain_brackets(opening, here, lines)
    if "anchor" in context or "alias" in context or "start any token" in problem:
        return Problem(opening, f"text cannot begin with '{_character(lines, opening)}'", "quote the text")
    if "block scalar" in context:
        sign = _character(lines, opening)
        return Problem(
            opening,
            f"'{sign}' begins a block of text on the lines below",
            "a limit is written with at_least, above, at_most or below; quote the text if the sign belongs to it",
        )
    return _explain_structure(problem, context, here, opening, lines)


def _explain_quoted(problem: str, here: Mark, opening: Mark) -> Problem:
    if "escape" in problem or "hexdecimal" in problem:
        return Problem(
            here,
            "'\\' in double quotes begins an escape that does not exist",
            "use single quotes around the text",
        )
    return Problem(
        opening,
        "quoted text that is never closed",
        "close the quotation mark opened here; inside '...' an apostrophe is written twice",
    )


def _explain_brackets(opening: Mark, here: Mark, lines: list[str]) -> Problem:
    bracket = _character(lines, opening)
    closing = "}" if bracket == "{" else "]"
    return Problem(
        here,
        f"the '{bracket}' opened at {opening.line}:{opening.column} should go on with a comma or end here",
        f"close it with '{closing}', put a comma between its entries, or quote text that holds brackets or ': '",
    )


def _explain_structure(problem: str, context: str, here: Mark, opening: Mark, lines: list[str]) -> Problem:
    if "mapping values are not allowed" in problem:
        return Problem(
            here,
            "a colon where no key can stand",
            "quote the text if the colon belongs to it; otherwise indent the line like its neighbours",
        )
    if "could not find expected ':'" in problem:
        return Problem(
            opening,
            "a line that is neither 'key: value' nor part of the text above",
            "write a colon and a space after the key, or indent the line to continue the text above",
        )
    if "sequence entries are not allowed" in problem:
        return Problem(
            here, "a '-' where no list can begin", "begin the list on a line of its own, or quote the text"
        )
    if "document start" in problem:
        return Problem(
            here, "text after the end of the document", "remove what follows, or check the brackets"
        )
    if "directive" in problem + context or "incompatible" in problem:
        return Problem(
            here, "'%' at the beginning of a line instructs the parser", "remove the line, or quote the text"
        )
    if "tag" in problem + context:
        return Problem(here, "a '!' begins a tag, and tags are not allowed", "quote the text", "R004")
    if "flow" in context and not _character(lines, here):
        return Problem(here, "a bracket is never closed", "close every '[' with ']' and every '{' with '}'")
    if "node content" in problem:
        return Problem(here, "a key or a value is missing before this sign", "write it, or quote the text")
    if "block mapping" in context or "block collection" in context:
        return _explain_misfit(here, lines)
    return Problem(here, f"not valid YAML: {problem}", "")


def _explain_misfit(here: Mark, lines: list[str]) -> Problem:
    before = lines[here.line - 1][: here.column - 1] if here.line <= len(lines) else ""
    if before.strip():
        return Problem(
            here,
            "text after the end of a quoted or bracketed value",
            "put the whole text into one pair of quotation marks; inside '...' an apostrophe is written twice",
        )
    return Problem(
        here,
        "the line does not belong to what stands above it",
        "indent it like its neighbours; entries of a list begin with '- '",
    )


def mark_of(mark: _ParserMark | None) -> Mark:
    """The parser counts from 0; it gives no mark only where no file was read."""
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _character(lines: list[str], mark: Mark) -> str:
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    return line[mark.column - 1 : mark.column]
