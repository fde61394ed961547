"""L028: a limit, or an answer, that lets in those who are worse: platelets of *at most*, bilirubin of *at least*."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.domain.possible import Op
from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, criteria_of
from matcher.rules.candidate import CandidateKind, Role
from matcher.rules.condition import Comparison, Condition, Gate, Group
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.text import in_sentence

_UPWARDS = {Op.AT_LEAST: True, Op.ABOVE: True, Op.AT_MOST: False, Op.BELOW: False}
_IN_WORDS = {Op.AT_LEAST: "at least", Op.ABOVE: "above", Op.AT_MOST: "at most", Op.BELOW: "below"}
#: words that are no rows of these tables and are asked about like them
_CALCULATED = {"creatinine_clearance": "high", "egfr": "high"}


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        if candidate.kind is not CandidateKind.TRIAL:
            # A regimen for those with poor kidneys says so.
            continue
        for placed in criteria_of(candidate):
            criterion = placed.criterion
            if criterion.role is Role.CAUTION or criterion.note:
                continue
            wanted = criterion.role is Role.INCLUSION
            for comparison in _asked(criterion.condition, wanted, worded=wanted):
                yield book.report(candidate.file, "L028", comparison.path, _said(comparison, criterion.role))


def _asked(condition: Condition, wanted: bool, *, worded: bool) -> Iterator[Comparison]:
    """The comparisons that ask for the worse side. What an ``if`` asks decides nothing by itself."""
    match condition:
        case Comparison() if _asks_for_better(condition) is (not wanted):
            yield condition
        case Group(gate=Gate.NOT, members=(member,)):
            yield from _asked(member, not wanted, worded=worded)
        case Group(gate=gate, members=members) if gate is (Gate.ALL if worded else Gate.ANY):
            # Beside another in an `any` of an inclusion a low value may open a way of its own.
            for each in members:
                yield from _asked(each, wanted, worded=worded)


def _asks_for_better(comparison: Comparison) -> bool | None:
    """Nothing where it has two ends, or protocols ask for either side."""
    better = _better(comparison)
    if not better or len(comparison.bounds) != 1:
        return None
    (bound,) = comparison.bounds
    if isinstance(bound.limit, frozenset):
        return better in bound.limit if better in ("yes", "no") and len(bound.limit) == 1 else None
    upwards = _UPWARDS.get(bound.op)
    return None if upwards is None or better not in ("high", "low") else upwards is (better == "high")


def _better(comparison: Comparison) -> str:
    if comparison.word == "lab" and comparison.feature is not None:
        test = LAB_TESTS.get(comparison.feature.topic.removeprefix("lab:"))
        return test.better if test is not None else ""
    kind = OBSERVATIONS.get(comparison.word)
    return kind.better if kind is not None else _CALCULATED.get(comparison.word, "")


def _said(comparison: Comparison, role: Role) -> str:
    (bound,) = comparison.bounds
    title = in_sentence(comparison.title)
    if isinstance(bound.limit, frozenset):
        asked = f"{title}: {', '.join(sorted(bound.limit))}"
    else:
        asked = f"{title} {_IN_WORDS[bound.op]} {bound.limit:g}"
    return (
        f"this inclusion asks for {asked}" if role is Role.INCLUSION else f"this excludes those with {asked}"
    )
