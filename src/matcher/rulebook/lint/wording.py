"""L027, L029, L030: what the author's words and the condition beside them say differently."""

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
from matcher.vocabulary.text import in_sentence

#: a text that begins so denies all that it says
_DENIES = re.compile(r"(no|not|without|absence of|free of|never|none)\b", re.IGNORECASE)
_DENIAL = re.compile(r"\b(no|not|nor|none|without|never|neither|cannot)\b|n't", re.IGNORECASE)
#: a text with one of these denies something, or may
_NEGATIVE = re.compile(
    r"\b(no|not|nor|non|none|without|absen\w+|free|never|neither|negative|other than|except\w*|exclud\w+|stopped|lack\w*"
    r"|un(?!it|der)\w+|in(?:ab|ad|suff|comp|act)\w+|outside|finished|over|resolved|only|alone|last|since|ago|before)\b|n't",
    re.IGNORECASE,
)
# A digit behind a letter is part of a name: PD-1, CTLA-4, OX40.
_SAID_NUMBER = re.compile(r"(?<![\w.])(?<![A-Za-z]-)\d+(?:[,\u202f ]\d{3})*(?:\.\d+)?(?![\w])")
_ANY_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?")
_EXCEPTION = re.compile(
    r"\b(unless|except(?: for)?|with the exception|excluding|apart from)\b", re.IGNORECASE
)
_NUMBER = r"(\d[\d,]{0,12}(?:\.\d{1,6})?)"
_LEAST = re.compile(
    rf"(?:\bat least|\bminimum of|≥|>=?|\bmore than|\babove|\bgreater than) ?{_NUMBER}|{_NUMBER} (?:\w{1, 20} )?or (?:more|older|higher|greater|above)\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    rf"(?:\bat most|\bmaximum of|≤|<=?|\bless than|\bbelow|\bup to) ?{_NUMBER}|{_NUMBER} (?:\w{1, 20} )?or (?:less|fewer|younger|lower|below)\b",
    re.IGNORECASE,
)
#: how a text says a limit, the comparisons that say the opposite, and it in words
_WAYS = (
    (_LEAST, (Op.AT_MOST, Op.BELOW), "at least", "at most"),
    (_MOST, (Op.AT_LEAST, Op.ABOVE), "at most", "at least"),
)
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
                ("L027", _opposite(criterion.text, criterion.condition, criterion.role)),
                ("L029", _other_numbers(criterion.text, marked, placed)),
                ("L030", _without_exception(criterion.text, criterion.condition, _when(marked, placed))),
            ):
                if message:
                    yield book.report(candidate.file, code, (*placed.path, "when"), message)


def _opposite(text: str, condition: Condition, role: Role) -> str:
    if role is Role.EXCLUSION and (title := _healthy(condition)):
        return f"this excludes everybody without {title}"
    if _DENIES.match(text) and not any(_may_deny(each) for each in parts(condition)):
        return "the text denies, and the condition asks that it is so"
    if _is_denial(condition) and not _NEGATIVE.search(text):
        return "the condition denies, and the text does not"
    return _other_way(text, condition) if role is Role.INCLUSION and not _DENIAL.search(text) else ""


def _healthy(condition: Condition) -> str:
    """The illness of which an exclusion asks that it is absent.

    Registries head *Exclusion* what reads *No active hepatitis B*; taken at its word it keeps out those who are well.
    """
    match condition:
        case Group(gate=Gate.NOT, members=(Comparison(word="condition") as illness,)):
            return in_sentence(illness.title)
    return ""


def _other_way(text: str, condition: Condition) -> str:
    """A number that is a least in the text and a most in the condition, or the other way round."""
    if any(isinstance(each, Group) and each.gate is not Gate.ALL for each in parts(condition)):
        return ""
    for pattern, wrong, said, asked in _WAYS:
        for found in pattern.finditer(text):
            number = float(re.sub(r"[^\d.]", "", next(filter(None, found.groups()))))
            for each in comparisons(condition):
                if any(bound.op in wrong and bound.limit == number for bound in each.bounds):
                    return f"the text says {said} {number:g}, and the condition {asked} {number:g}"
    return ""


def _without_exception(text: str, condition: Condition, written: object) -> str:
    """An exception of the text of which a condition that is a single word, without an *except*, holds nothing."""
    found = _EXCEPTION.search(text)
    if found is None or not isinstance(condition, Comparison) or "'except'" in repr(written):
        return ""
    return f"the text makes an exception ('{found.group().lower()}'), and the condition none"


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
