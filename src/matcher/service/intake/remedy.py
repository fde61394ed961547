"""What to do about an answer that could not be read, in the words of whoever fills in the form.

The reasons of the readers are for whoever prepares a file; their remedies speak of mapping files and vocabularies.
Here an answer can be put right with a click, so what it may have meant is offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from matcher.readers.outcome import Issue
from matcher.service.intake.days import readings, spoken
from matcher.service.intake.form import Field, Term

_MOST = 4
#: how alike two names are of which one may be meant where the other is written; `difflib` measures it
_ALIKE = 0.72
_REMEDIES = {
    "P103": "Choose a unit of the list beside the number.",
    "P105": "Choose from the list that opens while you type. A code of ICD-10 works too.",
    "P106": "Write the day as in 2025-04-03, or as in 3 April 2025.",
    "P108": "Choose from the list that opens while you type, or write the generic name.",
    "P109": "Use a field of the form, or leave it out.",
    "P112": "Choose the unit beside the number.",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an answer may have meant: ``value`` is to be sent in its place, ``title`` to be read."""

    value: str
    title: str


def remedy(issue: Issue) -> str:
    return _REMEDIES.get(issue.code, issue.remedy)


def suggestions(
    issue: Issue, field: Field | None, terms: Mapping[str, tuple[Term, ...]], as_of: date
) -> tuple[Suggestion, ...]:
    """The answers that the text may stand for, the likeliest first."""
    if issue.code == "P106":
        return tuple(Suggestion(each, spoken(each)) for each in readings(issue.text, as_of))[:_MOST]
    if issue.code not in ("P105", "P108") or field is None:
        return ()
    lists = dict.fromkeys(each.terms for each in field.inputs if each.terms)
    found: dict[str, str] = {}
    for name in lists:
        by_name = {
            word.casefold(): term
            for term in terms.get(name, ())
            for word in (term.title, term.name, *term.also)
        }
        for word in get_close_matches(issue.text.casefold(), by_name, _MOST, _ALIKE):
            found.setdefault(by_name[word].name, by_name[word].title)
    return tuple(Suggestion(name, title) for name, title in found.items())[:_MOST]
