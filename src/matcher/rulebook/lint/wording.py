"""L027, L029: what the author's words and the condition beside them say differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.domain.possible import Op
from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, Placed, criteria_of
from matcher.rulebook.marked import Marked
from matcher.rules.candidate import Role
from matcher.rules.condition import Comparison, Condition, Gate, Group, comparisons, parts
from matcher.rules.judgement import JUDGEMENT

#: a text that begins so denies all that it says
_DENIES = re.compile(r"(no|not|without|absence of|free of|never|none)\b", re.IGNORECASE)
#: a text with one of these denies something
_NEGATIVE = re.compile(
    r"\b(no|not|nor|non|none|without|absen\w+|free|never|neither|negative|other than|except\w*|exclud\w+|stopped|lack\w*"
    r"|un(?!it|der)\w+|in(?:ab|ad|suff|comp|act)\w+|outside|finished|over|resolved|only|alone|last|since|ago|before)\b|n't",
    re.IGNORECASE,
)
# A digit behind a letter is part of a name: PD-1, CTLA-4, OX40.
_SAID_NUMBER = re.compile(r"(?<![\w.])(?<![A-Za-z]-)\d+(?:[,\u202f ]\d{3})*(?:\.\d+)?(?![\w])")
_ANY_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?")
#: what is the same length of time in another unit
_TIMES = (1, 7, 12, 30, 365)


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        marked = book.marked(candidate.file)
        for placed in criteria_of(candidate):
            criterion = placed.criterion
            if criterion.note or any(each.word == JUDGEMENT for each in comparisons(criterion.condition)):
                continue
            for code, message in (
                ("L027", _opposite(criterion.text, criterion.condition)),
                ("L029", _other_numbers(criterion.text, marked, placed)),
            ):
                if message:
                    yield book.report(candidate.file, code, (*placed.path, "when"), message)


def _opposite(text: str, condition: Condition) -> str:
    if _DENIES.match(text) and not any(_may_deny(each) for each in parts(condition)):
        return "the text denies, and the condition asks that it is so"
    if _is_denial(condition) and not _NEGATIVE.search(text):
        return "the condition denies, and the text does not"
    return ""


def _is_denial(condition: Condition) -> bool:
    return isinstance(condition, Group) and condition.gate is Gate.NOT


def _may_deny(part: Condition) -> bool:
    """A `not`, a limit from above, an answer of a few: whatever may say what a text with *no* says."""
    if isinstance(part, Group):
        return part.gate is Gate.NOT
    return isinstance(part, Comparison) and any(
        each.written or each.op is not Op.AT_LEAST for each in part.bounds
    )


def _other_numbers(text: str, marked: Marked, placed: Placed) -> str:
    said = {float(re.sub(r"[^\d.]", "", each)) for each in _SAID_NUMBER.findall(text)}
    given = written = {float(each) for each in _ANY_NUMBER.findall(str(_when(marked, placed)))}
    if not said or not written:
        return ""
    if placed.criterion.role is Role.EXCLUSION or any(map(_is_denial, parts(placed.criterion.condition))):
        # Grade 2 or more is what is not back to grade 1; within 13 days is what is not 14 days ago.
        written = given | {each + by for each in written for by in (-1, 1)}
    near = {n * times for n in written for times in _TIMES} | {n / times for n in written for times in _TIMES}
    if any(abs(one - other) < 1e-9 * max(1.0, one) for one in said for other in near):
        return ""
    return f"the text says {_listed(said)}, and the condition {_listed(given)}"


def _when(marked: Marked, placed: Placed) -> object:
    found: object = marked.data
    for step in (*placed.path, "when"):
        found = found.get(str(step), {}) if isinstance(found, dict) else {}
    return found


def _listed(numbers: set[float]) -> str:
    return ", ".join(f"{each:g}" for each in sorted(numbers)[:4])
