"""Values, limits and conditions in words. What a reader sees of the rule language."""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf

from matcher.domain.possible import DOUBTS, NOT_UNDERSTOOD, Codes, Interval, Op, Possible
from matcher.features.kind import CodeDomain, Count, Domain, Feature, Latest, NumberDomain, Since
from matcher.rules.condition import Bound, Branch, Comparison, Condition, Gate, Group
from matcher.vocabulary.biomarkers import METHOD, SCORE_TYPE
from matcher.vocabulary.codes import ALTERATION_KIND, RESPONSE_CRITERIA
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.staging import STAGE, TNM
from matcher.vocabulary.text import in_sentence
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
)
NOT_RECORDED = "not recorded"
UNREADABLE = "not understood"
NEVER = "never"
#: a limit written without its unit
_BARE = re.compile(r"[a-z ]+\s-?[\d.]+")
_UNIT_WORDS = {"wk": "weeks", "a": "years", "1": ""}
_SIGNS = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below"}


def title_of(code: str) -> str:
    """A code as a person would write it."""
    for tree in _TREES:
        if tree.has(code):
            return tree.title(code)
    return code.replace("_", " ")


@lru_cache(maxsize=4096)
def codes_in_words(codes: frozenset[str]) -> str:
    """The fewest nodes that stand for these leaves, by their titles, or the few that they leave out."""
    if NOT_UNDERSTOOD in codes:
        return UNREADABLE
    codes -= DOUBTS
    for tree in _TREES:
        if codes <= tree.all_leaves:
            titles = [tree.title(code) for code in tree.cover(codes)]
            without = tree.cover(tree.all_leaves - codes) if len(titles) > 6 else []
            if 0 < len(without) <= 2:
                return f"other than {' or '.join(tree.title(code) for code in without)}"
            break
    else:
        titles = [title_of(code) for code in sorted(codes)]
    if len(titles) > 6:
        return f"{', '.join(titles[:5])} or {len(titles) - 5} others"
    return " or ".join([", ".join(titles[:-1]), titles[-1]]) if len(titles) > 1 else titles[0]


def number_in_words(value: float) -> str:
    return f"{value:.6g}"


def value_in_words(value: Possible, domain: Domain, unit: str = "") -> str:
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
            words = _interval(interval, everything)
            return words if words == NEVER else words + shown
        case Interval() as interval, _:
            return _interval(interval, interval) + shown
    raise TypeError(f"unhandled value {value!r}")


def _interval(value: Interval, domain: Interval) -> str:
    if value.exact:
        return NEVER if value.low == inf else number_in_words(value.low)
    if value.high == inf or (value.high == domain.high and value.low > domain.low):
        return f"{'above' if value.low_open else 'at least'} {number_in_words(value.low)}"
    if value.low <= domain.low and value.high < domain.high:
        return f"{'below' if value.high_open else 'at most'} {number_in_words(value.high)}"
    return f"{number_in_words(value.low)} to {number_in_words(value.high)}"


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
            return "x ULN"
        case Latest(field="times_lower_normal"), _:
            return "x LLN"
        case _, NumberDomain(unit=name):
            return _UNIT_WORDS.get(name, name)
    return ""


def is_presence(comparison: Comparison) -> bool:
    """Whether the comparison asks only if there is anything at all."""
    counted = comparison.feature is not None and isinstance(comparison.feature.kind, Count)
    return counted and len(comparison.bounds) == 1 and not comparison.bounds[0].written


def bound_in_words(bound: Bound, unit: str = "") -> str:
    if isinstance(bound.limit, frozenset):
        return codes_in_words(bound.limit)
    if bound.written:
        return f"{bound.written} {unit}" if unit and _BARE.fullmatch(bound.written) else bound.written
    return f"{_SIGNS[bound.op]} {number_in_words(bound.limit)}{' ' + unit if unit else ''}"


def condition_in_words(condition: Condition) -> str:
    """A condition as plain English, unambiguous rather than short."""
    match condition:
        case Comparison():
            return comparison_in_words(condition)
        case Branch(condition=asked, then=then, otherwise=otherwise):
            first, second, third = (condition_in_words(each) for each in (asked, then, otherwise))
            return f"if {first}: {second}; otherwise: {third}"
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
    recorded = " as recorded" if comparison.recorded else ""
    if is_presence(comparison):
        return f"{comparison.title}{recorded}"
    colon = ":" if comparison.bounds[0].op is Op.IN else ""
    return f"{comparison.title}{recorded}{colon} {limits_in_words(comparison)}"


def limits_in_words(comparison: Comparison) -> str:
    """What is asked of the feature, without naming it again."""
    unit = unit_of(comparison.feature) if comparison.feature else ""
    return " and ".join(bound_in_words(each, unit) for each in comparison.bounds)
