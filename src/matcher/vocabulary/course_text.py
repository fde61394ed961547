"""How people write a course of treatment: connectors, alternatives, brackets, doses. Text in, text out."""

from __future__ import annotations

import re

from matcher.vocabulary.text import plain

# A part that follows one of these may or may not have been given.
_MAYBE = re.compile(r"\+\s*/\s*-|±|\bwith or without\b|\band\s*/\s*or\b", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s{0,9}(?:\+|;|,|&|\n|\bplus\b|\band\b|\bwith\b|\bfollowed by\b|\bthen\b)\s{0,9}", re.IGNORECASE
)
_OR = re.compile(r"\s{0,9}\b(?:or|vs\.?|versus)\b\s{0,9}", re.IGNORECASE)
_BLINDED = re.compile(r"\b(?:placebo|blinded|blind|masked|randomi[sz]ed)\b", re.IGNORECASE)
# What was not given, or not yet, is no course with that agent; how much of the text it covers is not said.
_NOT_GIVEN = re.compile(
    r"\b(?:no|not|never|none|without|refused|declined|denied|planned|scheduled|considered|intended|proposed|"
    r"allerg\w+|intoleran\w+|contraindicat\w+)\b",
    re.IGNORECASE,
)
# "(or placebo)", "(+ bevacizumab)": the bracket continues the list and is no other name.
_CONTINUED = re.compile(r"\(\s*((?:or|vs|versus|plus|and|with)\b|[+&/])([^()]*)\)", re.IGNORECASE)
_BRACKET = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")

_NOISE = frozenset(
    re.findall(
        r"\w+",
        """
        iv po sc im oral orally intravenous intravenously subcutaneous intraperitoneal intrapleural heated hipec
        weekly biweekly daily monthly bid tid every day days week weeks cycle cycles course courses
        dose doses mg mcg g ml m2 kg auc area infusion injection caps capsule capsules tablet tablets
        chemotherapy regimen therapy treatment monotherapy
        maintenance adjuvant neoadjuvant concurrent induction consolidation
        hydrochloride hcl sodium disodium phosphate sulfate sulphate tartrate mesylate tosylate acetate
        """,
    )
)
_NUMBER = re.compile(r"\d+(?:mg|mcg|g|ml|m2|gy|x|d|w)?|x\d+|q\d+[dwh]?|[cd]\d+(?:d\d+)?")


def certain_and_maybe(text: str) -> tuple[str, tuple[str, ...]]:
    """What was given, and what may have been ("+/- bevacizumab")."""
    head, *rest = _MAYBE.split(_CONTINUED.sub(r" \1\2 ", text))
    return head, tuple(part.strip() for part in rest if part.strip())


def parts(text: str) -> tuple[str, ...]:
    """The agents of a combination, as written. A comma before "or" joins alternatives and separates nothing."""
    joined = re.sub(r"[,;]\s*(?=(?:or|vs|versus)\b)", " ", text, flags=re.IGNORECASE)
    return tuple(part for part in _BETWEEN.split(joined) if part)


def alternatives(text: str) -> tuple[str, ...]:
    """What stands on either side of "or"."""
    return tuple(part for part in _OR.split(text) if part)


def is_blinded(text: str) -> bool:
    """Whether the text says that it is open what was given."""
    return _BLINDED.search(text) is not None


def is_not_given(text: str) -> bool:
    """Whether the text speaks of something that was not given, or only planned."""
    return _NOT_GIVEN.search(text) is not None


def brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its brackets, and what stood in each."""
    inner = tuple((a or b).strip() for a, b in _BRACKET.findall(text))
    return _BRACKET.sub(" ", text).strip(), tuple(each for each in inner if each)


#: words, and every sign that is no idle punctuation: a question mark behind a name is not lost on the way
_TOKENS = re.compile(r"[^\W_]+|[^\w\s.,;:/()\[\]{}'\"\-&\u00b7\u00ae\u2122%]")


def without_doses(text: str) -> str:
    """The text without doses, routes, schedules and salts; empty where there is nothing else."""
    tokens = _TOKENS.findall(plain(text))
    return " ".join(token for token in tokens if token not in _NOISE and not _NUMBER.fullmatch(token))
