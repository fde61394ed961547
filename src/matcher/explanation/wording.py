"""Values, limits and conditions in words. What a reader sees of the rule language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from math import floor, inf, log10

from matcher.domain.possible import (
    COULD_BE_MEANT,
    DENIED,
    DOUBTS,
    NEARLY,
    NOT_UNDERSTOOD,
    REPEATED,
    SUSPECTED,
    Codes,
    Interval,
    Op,
    Possible,
)
from matcher.features.kind import CodeDomain, Count, Domain, Feature, Latest, NumberDomain, Since
from matcher.rules.condition import Bound, Branch, Comparison, Condition, Gate, Group, asked_whether
from matcher.rules.judgement import JUDGEMENT
from matcher.vocabulary.biomarkers import CATEGORIES, METHOD, SCORE_TYPE
from matcher.vocabulary.codes import ALTERATION_KIND, RESPONSE_CRITERIA
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.laboratory import UNDETECTABLE
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.staging import STAGE, TNM
from matcher.vocabulary.text import either_of, in_sentence
from matcher.vocabulary.tree import Tree

_TREES: tuple[Tree, ...] = (
    DIAGNOSES,
    HISTOLOGY,
    STAGE,
    TNM,
    CONDITIONS,
    PROCEDURES,
    METHOD,
    SCORE_TYPE,
    RESPONSE_CRITERIA,
    ALTERATION_KIND,
    *CATEGORIES.values(),
)
#: why it may be none of what it names
_DOUBTS = {
    SUSPECTED: "suspected",
    DENIED: "denied by another statement",
    REPEATED: "recorded twice",
    NEARLY: "as far as the name can be read",
    COULD_BE_MEANT: "nobody has judged whether it is meant",
    NOT_UNDERSTOOD: "not understood",
}
NOT_RECORDED = "not recorded"
UNREADABLE = "not understood"
NEVER = "never"
#: the units of a value as a multiple of its laboratory's upper and lower limit of normal
TIMES_NORMAL = ("x ULN", "x LLN")
#: names that are listed one by one
_MANY = 6
#: what the title of a group says of a record, and not of a rule that asks for all of it
_NOT_STATED = re.compile(r", (site|type) not stated$")
#: a limit written without its unit
_BARE = re.compile(r"[a-z ]+\s-?[\d.]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UNIT_WORDS = {
    "wk": "weeks",
    "a": "years",
    "d": "days",
    "mm[Hg]": "mmHg",
    "1": "",
    "INR": "",
    "score": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m2",
    "10*9/L": "x 10^9/L",
    "10*12/L": "x 10^12/L",
}
#: one of what is counted in
_ONE = re.compile(r"(?<![\d.])(1 (?:day|week|month|year))s\b")
_SIGNS = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below"}


def title_of(code: str) -> str:
    """A code as a person would write it."""
    for tree in _TREES:
        if tree.has(code):
            return tree.called(code)
    return code.replace("_", " ")


def doubts_in_words(doubts: frozenset[str]) -> str:
    """Why a record may be none of what it names."""
    return ", ".join(_DOUBTS[each] for each in sorted(doubts & DOUBTS))


@lru_cache(maxsize=4096)
def asked_codes_in_words(codes: frozenset[str]) -> str:
    """Codes that a rule asks for: by the name of a group where they make one."""
    for tree in _TREES:
        if codes <= tree.all_leaves:
            named = tree.named(codes)
            saved = len(tree.cover(codes)) - len(named)
            if saved > 1 or (saved and len(named) == 1):
                titles = (tree.called(each) for each in named)
                return either_of([_NOT_STATED.sub(r" of any \1", each) for each in titles])
            break
    return codes_in_words(codes)


@lru_cache(maxsize=4096)
def codes_in_words(codes: frozenset[str]) -> str:
    """The fewest nodes that stand for these leaves, by their titles, or the few that they leave out.

    A doubt about them stands behind.
    """
    doubts = codes & DOUBTS
    if NOT_UNDERSTOOD in doubts:
        return UNREADABLE
    if doubts:
        why = doubts_in_words(doubts)
        return f"{codes_in_words(codes - DOUBTS)} ({why})" if codes - DOUBTS else why
    for tree in _TREES:
        if codes <= tree.all_leaves:
            if (whole := tree.group_of(codes)) is not None:
                return tree.called(whole)
            titles = [tree.called(code) for code in tree.cover(codes)]
            without = tree.cover(tree.all_leaves - codes) if len(titles) > _MANY else []
            if 0 < len(without) <= 2:
                return f"other than {' or '.join(tree.called(code) for code in without)}"
            break
    else:
        titles = [title_of(code) for code in sorted(codes)]
    if len(titles) > _MANY:
        return either_of([*titles[:5], f"{len(titles) - 5} others"])
    return either_of(titles)


def number_in_words(value: float, limits: tuple[float, ...] = ()) -> str:
    """A number as it was recorded: whole numbers whole, others to four figures, which conversions exceed."""
    return _rounded(value, 4, limits)


def worked_out_in_words(value: float, limits: tuple[float, ...] = ()) -> str:
    """A number that was worked out: three figures, and from ten up whole ones."""
    return _rounded(value, 3, limits, whole_from=10)


def _rounded(value: float, figures: int, limits: tuple[float, ...], whole_from: float = inf) -> str:
    """Rounded as far as it stays on its side of every limit: 59.7 against 60 is not 60."""
    if value in (inf, -inf) or value == int(value):
        return f"{value:.15g}"
    places = 0 if abs(value) >= whole_from else max(figures - 1 - floor(log10(abs(value))), 0)
    while any(
        (value < each) != (round(value, places) < each) or round(value, places) == each != value
        for each in limits
    ):
        places += 1
    return f"{round(value, places):.15g}"


def value_in_words(
    value: Possible, domain: Domain, unit: str = "", number: Callable[[float], str] = number_in_words
) -> str:
    """A possible-value set: one value, a range, a few codes, or that nothing is recorded."""
    shown = f" {unit}" if unit else ""
    match value, domain:
        case Codes(members=members), CodeDomain(codes=everything) if NOT_UNDERSTOOD not in members:
            return NOT_RECORDED if members >= everything else codes_in_words(members)
        case Codes(members=members), _:
            return codes_in_words(members)
        case Interval() as interval, NumberDomain(interval=everything):
            if interval == everything:
                return NOT_RECORDED
            words = interval_in_words(interval, everything, number)
            return words if words == NEVER else words + shown
        case Interval() as interval, _:
            return interval_in_words(interval, interval, number) + shown
    raise TypeError(f"unhandled value {value!r}")


def interval_in_words(
    value: Interval, domain: Interval, number: Callable[[float], str] = number_in_words
) -> str:
    if value.exact:
        return NEVER if value.low == inf else number(value.low)
    if value.high == inf or (value.high == domain.high and value.low > domain.low):
        return f"{'above' if value.low_open else 'at least'} {number(value.low)}"
    if value.low <= domain.low and value.high < domain.high:
        return f"{'below' if value.high_open else 'at most'} {number(value.high)}"
    return f"{number(value.low)} to {number(value.high)}"


def count_in_words(value: Interval) -> str:
    """A presence or number of records."""
    if value.low == value.high == 0:
        return "none"
    if value.low >= 1:
        return "yes"
    return "not known" if value.high == inf else "possibly"


def unit_of(feature: Feature) -> str:
    match feature.kind, feature.domain:
        case Since(unit=unit), _:
            return unit.value
        case Latest(field="times_upper_normal"), _:
            return TIMES_NORMAL[0]
        case Latest(field="times_lower_normal"), _:
            return TIMES_NORMAL[1]
        case _, NumberDomain(unit=name):
            return unit_in_words(name)
    return ""


def unit_in_words(name: str) -> str:
    """A unit as it is printed on a report."""
    return _UNIT_WORDS.get(name, name)


def is_presence(comparison: Comparison) -> bool:
    """Whether the comparison asks only if there is anything at all."""
    counted = comparison.feature is not None and isinstance(comparison.feature.kind, Count)
    return counted and len(comparison.bounds) == 1 and not comparison.bounds[0].written


def bound_in_words(bound: Bound, unit: str = "") -> str:
    if isinstance(bound.limit, frozenset):
        return asked_codes_in_words(bound.limit)
    if bound.written:
        if _BARE.fullmatch(bound.written):
            return f"{bound.written} {unit}" if unit else bound.written
        number, _, of = bound.written.rpartition(" ")
        return _of_one(f"{number} {unit_in_words(of)}".strip())
    return f"{_SIGNS[bound.op]} {number_in_words(bound.limit)}{' ' + unit if unit else ''}"


def _of_one(words: str) -> str:
    return _ONE.sub(r"\1", words)


def condition_in_words(condition: Condition) -> str:
    """A condition as plain English, unambiguous rather than short."""
    match condition:
        case Comparison():
            return comparison_in_words(condition)
        case Branch(condition=asked, then=then, otherwise=Group(members=())):
            return f"if {condition_in_words(asked)}: {condition_in_words(then)}; otherwise it does not matter"
        case Branch(condition=asked, then=then, otherwise=otherwise):
            first, second, third = (condition_in_words(each) for each in (asked, then, otherwise))
            return f"if {first}: {second}; otherwise: {third}"
        case Group(members=()):
            return "nothing is asked"
        case Group() if (whether := asked_whether(condition)) is not None:
            return f"known whether {in_sentence(condition_in_words(whether))}"
        case Group(gate=Gate.NOT, members=(member,)):
            inner = condition_in_words(member)
            return f"no {in_sentence(inner)}" if _is_plain(member) else f"not ({inner})"
        case Group(gate=Gate.AT_LEAST, members=members, threshold=threshold, weights=weights):
            parts = [condition_in_words(each) for each in members]
            if any(weight != 1 for weight in weights):
                scored = (f"{part} ({weight:+g})" for part, weight in zip(parts, weights, strict=True))
                return f"a score of at least {threshold:g} from: {'; '.join(scored)}"
            return f"at least {threshold:g} of: {'; '.join(parts)}"
        case Group(gate=gate, members=members):
            joined = " and " if gate is Gate.ALL else " or "
            return joined.join(_bracketed(each) for each in members)
    raise TypeError(f"unhandled condition {condition!r}")


def _is_plain(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and is_presence(condition)


def _bracketed(condition: Condition) -> str:
    words = condition_in_words(condition)
    nested = isinstance(condition, Branch) or (
        isinstance(condition, Group) and condition.gate is not Gate.NOT
    )
    return f"({words})" if nested else words


def comparison_in_words(comparison: Comparison) -> str:
    if comparison.word == JUDGEMENT:
        return "left to a person"
    recorded = " as recorded" if comparison.recorded else ""
    if is_presence(comparison):
        return f"{comparison.title}{recorded}"
    colon = ":" if comparison.bounds[0].op is Op.IN else ""
    return f"{comparison.title}{recorded}{colon} {limits_in_words(comparison)}"


def limits_in_words(comparison: Comparison, *, denied: bool = False) -> str:
    """What is asked of the feature, or its opposite, without naming it again.

    A limit in another unit than values are shown in has that one beside it: 90 g/L, that is 9 g/dL.
    """
    unit = unit_of(comparison.feature) if comparison.feature else ""
    words = _limits_as_written(comparison, unit, denied=denied)
    elsewhere = [
        number_in_words(each.limit)
        for each in comparison.bounds
        if isinstance(each.limit, float) and _in_another_unit(each)
    ]
    if not unit or not elsewhere:
        return words
    numbers = " to " if " to " in words else " and "
    return f"{words}, that is {numbers.join(elsewhere)} {unit}"


def _in_another_unit(bound: Bound) -> bool:
    words = bound.written.split()
    if len(words) < 2 or words[-1][0].isdigit() or _NUMBER.fullmatch(words[-2]) is None:
        return False
    return float(words[-2]) != bound.limit


def _limits_as_written(comparison: Comparison, unit: str, *, denied: bool) -> str:
    match comparison.bounds:
        case (Bound(op=Op.AT_LEAST, limit=float() as low) as first, Bound(op=Op.AT_MOST, limit=high) as last):
            if low == high:
                exactly = _between(first, last, unit)[1]
                return f"other than {exactly}" if denied else exactly
            start, end = _between(first, last, unit)
            return f"{'outside ' if denied else ''}{start} to {end}"
        case (Bound(limit=frozenset() as limit),) if denied:
            return _none_of(limit)
        case (Bound(limit=float()) as bound,) if denied:
            return _bound_in_words(bound, unit, _OPPOSITE[bound.op])
    words = " and ".join(bound_in_words(each, unit) for each in comparison.bounds)
    return f"not {words}" if denied else words


_OPPOSITE = {Op.AT_LEAST: Op.BELOW, Op.BELOW: Op.AT_LEAST, Op.AT_MOST: Op.ABOVE, Op.ABOVE: Op.AT_MOST}
_ANSWERS = {frozenset({"yes"}): "no", frozenset({"no"}): "yes"}


def _none_of(codes: frozenset[str]) -> str:
    """The opposite of a set of codes, with the negation on each of them."""
    if codes in _ANSWERS:
        return _ANSWERS[codes]
    words = asked_codes_in_words(codes)
    return f"neither {words.replace(' or ', ' nor ')}" if words.count(" or ") == 1 else f"not {words}"


def _between(first: Bound, last: Bound, unit: str) -> tuple[str, str]:
    """The two ends of a range; the unit stands behind the second where both have the same."""
    start, end = (bound_in_words(each, unit).removeprefix(f"{_SIGNS[each.op]} ") for each in (first, last))
    number, _, of = start.partition(" ")
    return (number if of and end.endswith(f" {of}") else start), end


def _bound_in_words(bound: Bound, unit: str, op: Op) -> str:
    """The limit as written, with another sign."""
    if bound.written == UNDETECTABLE:
        return "detectable"
    return f"{_SIGNS[op]} {bound_in_words(bound, unit).removeprefix(f'{_SIGNS[bound.op]} ')}"
