"""The figures of an evidence block, and whether a section prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.rules.syntax import EvidenceDocument, Outcome

_OUTCOMES = (
    "overall_survival",
    "progression_free_survival",
    "response",
    "grade_3_4",
    "grade_3_or_higher",
    "treatment_related_deaths",
)
#: small numbers are also printed as words
_SMALL = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six"
)
_WORDS = dict(enumerate(re.split(" ", _SMALL)))
_PLAIN_TEXT = re.compile(r"(?<![A-Za-z\d.])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?|(?<![\d\w])\.\d+")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the rulebook: where it stands, and its text as it would be printed."""

    place: str
    text: str


def figures_of(document: EvidenceDocument) -> Iterator[Figure]:
    """Every number of the block, those in its sentences too; the doubtful ones are printed like the others."""
    for name in ("patients", "randomised", "treated"):
        value = getattr(document, name)
        if value is not None:
            yield Figure(name, f"{value}")
    for text in (document.study, document.design or "", *document.findings):
        yield from _in_sentence("text", text)
    for name in _OUTCOMES:
        outcome = getattr(document, name)
        if outcome is not None:
            yield from _of_outcome(name, outcome)
    for name, outcome in document.other.items():
        yield from _of_outcome(f"other.{name}", outcome)


def _of_outcome(place: str, outcome: Outcome) -> Iterator[Figure]:
    for name, value in outcome.model_dump(exclude_none=True).items():
        match value:
            case bool() | [] | {}:
                continue
            case int() | float():
                yield Figure(f"{place}.{name}", f"{value:g}")
            case list() if name != "doubtful":
                for each in value:
                    if each is not None:
                        yield Figure(f"{place}.{name}", f"{each:g}")
            case dict():
                for time, share in value.items():
                    yield Figure(f"{place}.{name}", f"{share:g}")
                    yield from _in_sentence(f"{place}.{name}", time)
            case str():
                yield from _in_sentence(f"{place}.{name}", value)


def _in_sentence(place: str, text: str) -> Iterator[Figure]:
    for found in _PLAIN_TEXT.findall(text):
        yield Figure(place, found)


def prints(section: str, figure: Figure) -> bool:
    """Whether the section prints this number: as digits with or without final zeros, or as a small word."""
    plain = figure.text.replace(",", "")
    whole, _, fraction = plain.partition(".")
    spelled = _with_thousands(whole or "0")
    tail = rf"\.{fraction.rstrip('0')}0*" if fraction.rstrip("0") else r"(?:\.0+)?"
    leading = f"(?:{spelled})?" if (whole or "0") == "0" and fraction else spelled
    if re.search(rf"(?<![\d.]){leading}{tail}(?![\d]|\.\d)", section):
        return True
    if fraction or int(whole or 0) not in _WORDS:
        return False
    return re.search(rf"(?i)\b{_WORDS[int(whole or 0)]}\b", section) is not None


def _with_thousands(whole: str) -> str:
    if len(whole) <= 3:
        return whole
    head, tail = whole[:-3], whole[-3:]
    return f"(?:{head},?{tail})"
