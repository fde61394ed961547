"""L020: a citation of a section that its document does not have.

Only where the documents themselves are at hand: the texts are an argument, and a rulebook is used without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from matcher.errors import Diagnostic, nearest
from matcher.rulebook.lint.book import Book
from matcher.rulebook.lint.documents import citations

WHOLE = "whole document"
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*)$", re.MULTILINE)
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9-]+")
_MARKS = re.compile(r"[*_`]|\[[^\[\]]*\]\([^()]*\)|\(PDQ®\)|®")


def check(book: Book, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Each citation of a document among ``texts``: its section is a heading, or headings parted by ' / '.

    An identifier (a registry number, the acronym of a study) need only occur: lists of studies have no headings.
    """
    headings = {name: _headings(text) for name, text in texts.items()}
    for file, path, citation in citations(book):
        if citation.document not in headings or citation.section == WHOLE:
            continue
        known = headings[citation.document]
        for part in citation.section.split(" / "):
            if _plain(part) in known or _names(part, texts[citation.document]):
                continue
            suggestion = nearest(_plain(part), known)
            hint = f"did you mean '{known[suggestion]}'?" if suggestion else ""
            message = f"'{citation.document}' has no section '{part}'"
            yield book.report(file, "L020", (*path, "section"), message, hint, on_key=False)
            break


def _names(part: str, text: str) -> bool:
    """Whether the part is an identifier that occurs in the text as a whole."""
    identifier = _IDENTIFIER.fullmatch(part) is not None
    return identifier and re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", text) is not None


def _headings(text: str) -> Mapping[str, str]:
    found = (each.rstrip().rstrip("#").rstrip() for each in _HEADING.findall(text))
    return {_plain(each): each for each in found}


def _plain(heading: str) -> str:
    """Typography aside: marks of emphasis, dashes, spaces and case."""
    text = _MARKS.sub("", heading).replace("\N{EN DASH}", "-").replace("\N{EM DASH}", "-")
    return " ".join(text.casefold().split())
