"""What to do about an answer that could not be read, in the words of whoever fills in the form.

The reasons of the readers are for whoever prepares a file; their remedies speak of mapping files and vocabularies.
Here an answer can be put right with a click, so what it may have meant is offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from matcher.readers.outcome import Issue
from matcher.service.intake.days import readings, spoken
from matcher.service.intake.form import Field, Term

_MOST = 4
#: how alike two names are of which one may be meant where the other is written; `difflib` measures it
_ALIKE = 0.72
MOST_LOOKED_UP = 50
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


_NOT_LOOKED_UP = f"Names alike are looked for only for the first {MOST_LOOKED_UP} that are not known."


def remedy(issue: Issue, *, looked_up: bool = True) -> str:
    found = _REMEDIES.get(issue.code, issue.remedy)
    return found if looked_up else f"{found} {_NOT_LOOKED_UP}"


@dataclass(slots=True)
class Meant:
    """What the answers of one intake may have meant, looked for in its lists on its day.

    To hold a text against every name of a list takes milliseconds. So it is done for the first ``MOST_LOOKED_UP``
    texts that differ: whoever has more has another list in hand, and no use for likenesses.
    """

    terms: Mapping[str, tuple[Term, ...]]
    as_of: date
    _found: dict[tuple[str, ...], tuple[Suggestion, ...]] = field(default_factory=dict, init=False)
    _names: dict[str, dict[str, Term]] = field(default_factory=dict, init=False)

    def by(self, issue: Issue, asked: Field | None) -> tuple[Suggestion, ...] | None:
        """The answers that the text may stand for, the likeliest first; ``None`` where nobody looked for any."""
        if issue.code == "P106":
            return tuple(Suggestion(each, spoken(each)) for each in readings(issue.text, self.as_of))[:_MOST]
        if issue.code not in ("P105", "P108") or asked is None:
            return ()
        lists = tuple(dict.fromkeys(each.terms for each in asked.inputs if each.terms))
        text = issue.text.casefold()
        known = self._found.get((text, *lists))
        if known is None and len(self._found) < MOST_LOOKED_UP:
            known = self._found[text, *lists] = self._like(text, lists)
        return known

    def _like(self, text: str, lists: tuple[str, ...]) -> tuple[Suggestion, ...]:
        found: dict[str, str] = {}
        for name in lists:
            by_name = self._named(name)
            for word in get_close_matches(text, by_name, _MOST, _ALIKE):
                found.setdefault(by_name[word].name, by_name[word].title)
        return tuple(Suggestion(name, title) for name, title in found.items())[:_MOST]

    def _named(self, name: str) -> dict[str, Term]:
        if name not in self._names:
            self._names[name] = {
                word.casefold(): term
                for term in self.terms.get(name, ())
                for word in (term.title, term.name, *term.also)
            }
        return self._names[name]
