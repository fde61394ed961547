"""Questions to an author whose rule can be read and may not say what was meant: polarity, numbers, units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.authoring.edits import Edit
from matcher.authoring.limits import as_limit
from matcher.authoring.remedies import Remedy
from matcher.explanation.wording import comparison_in_words, is_presence
from matcher.rulebook.marked import Location
from matcher.rules.condition import Comparison, Condition, Gate, Group, comparisons
from matcher.vocabulary import units
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.text import in_sentence

_SAID = re.compile(
    r"(?<![\w.])(\d{1,9}(?:[.,]\d{1,3}){0,3})\s{0,3}((?:[x\u00d7*]\s*10|10|[a-zA-Z\u00b5%/]).{0,24})"
)
_FIGURE = re.compile(r"(?<![\w.])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")


@dataclass(frozen=True, slots=True)
class Guard:
    """``about``: polarity, numbers, units or coverage; ``asks`` is the question, and ``remedy`` what a *no* does."""

    about: str
    path: Location
    asks: str
    remedy: Remedy | None = None


def polarity(section: str, path: Location, condition: Condition) -> Iterator[Guard]:
    """An exclusion of everybody *without* something, which is most often an inclusion that was copied."""
    if section != "exclusion":
        return
    match condition:
        case Group(gate=Gate.NOT, members=(Comparison() as inner,)) if is_presence(inner):
            what = in_sentence(comparison_in_words(inner))
            remedy = Remedy("No: exclude those with it", Edit("unwrap", (*path, "when")))
            yield Guard(
                "polarity",
                (*path, "when"),
                f"This exclusion excludes everybody without {what}: meant?",
                remedy,
            )


def numbers(
    sentence: str, section: str, path: Location, when: object, condition: Condition
) -> Iterator[Guard]:
    """Numbers of a protocol's sentence that the rule has otherwise, and the same number with another unit."""
    yield from _units(sentence, path, condition)
    said = {float(each.replace(",", "")) for each in _FIGURE.findall(sentence)}
    written = {float(each) for each in _FIGURE.findall(_shown(when))}
    near = _near(said)
    if section == "exclusion":
        # Grade 2 or more is what is not back to grade 1; within 13 days is what is not 14 days ago.
        near |= {each + by for each in near for by in (-1, 1)}
    strange = sorted(written - near)
    if said and strange:
        rule = ", ".join(f"{each:g}" for each in strange[:4])
        asks = f"The rule says {rule}, which the protocol's sentence does not: meant?"
        yield Guard("numbers", (*path, "when"), asks)


def _near(said: set[float]) -> set[float]:
    """A number as it is said, in weeks or months for days, in thousands for millions."""
    times = (1, 7, 12, 30, 365, 1000)
    nearby = {round(n * by, 6) for n in said for by in times} | {
        round(n / by, 6) for n in said for by in times
    }
    return nearby | {0.0, 1.0}


def _shown(when: object) -> str:
    match when:
        case dict():
            return " ".join(_shown(each) for each in when.values())
        case list():
            return " ".join(map(_shown, when))
    return re.sub(r"10\*\d+|1\.73_m2", "", str(when))


def _units(sentence: str, path: Location, condition: Condition) -> Iterator[Guard]:
    said = dict(_quantities(sentence))
    for each in comparisons(condition):
        test = LAB_TESTS.get(each.feature.topic.removeprefix("lab:")) if each.feature else None
        for bound in each.bounds if test is not None else ():
            ours = next(_quantities(bound.written), None)
            if ours is None or ours[0] not in said or test is None:
                continue
            number, unit = ours
            theirs = said[number]
            try:
                same = test.in_unit(number, theirs) == test.in_unit(number, unit)
            except units.UnitError:
                same = False
            if not same:
                asks = f"The sentence says {number:g} {theirs}, the rule {number:g} {unit}: meant?"
                yield Guard("units", (*path, "when"), asks)


def _quantities(text: str) -> Iterator[tuple[float, str]]:
    for found in _SAID.finditer(text):
        words = found[2].split(" ")
        for length in range(len(words), 0, -1):
            read = _quantity(as_limit(f"{found[1]} {' '.join(words[:length])}".rstrip(" .,;)")))
            if read is not None:
                yield read
                break


def _quantity(written: object) -> tuple[float, str] | None:
    if not isinstance(written, str):
        return None
    try:
        quantity = units.parse_quantity(written)
    except units.UnitError:
        return None
    return quantity.value, quantity.unit


def coverage(claimed: str, follows: str, states: Mapping[str, Any]) -> Iterator[Guard]:
    """What the file claims of itself beside what the states of its sentences come to."""
    if follows and claimed in ("full", "partial") and claimed != follows:
        open_ = states.get("not yet", 0) + states.get("with loss", 0)
        asks = (
            f"The file claims full coverage, and {open_} of the protocol's sentences are not encoded exactly."
            if follows == "partial"
            else "Every sentence is encoded or left to a person: coverage is full."
        )
        yield Guard(
            "coverage", ("coverage",), asks, Remedy(f"Say {follows}", Edit("set", ("coverage",), follows))
        )
