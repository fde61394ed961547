"""A limit as somebody copies it out of a protocol, as the fields that say it: ``≥ 1.5 x 10^9/L within 14 days``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.exchange.forms import proposal_of
from matcher.features.catalogue import CATALOGUE
from matcher.features.everyday import EVERYDAY
from matcher.rules.bounds import SIGNS
from matcher.rules.limit import multiple_of_normal
from matcher.rules.remedy import multiple_for
from matcher.vocabulary import units
from matcher.vocabulary.laboratory import lab_test
from matcher.vocabulary.text import key

LONGEST = 300
_WORDED = {
    "at least": "at_least", "not less than": "at_least", "no less than": "at_least", "a minimum of": "at_least",
    "greater than or equal to": "at_least", "at most": "at_most", "not more than": "at_most",
    "no more than": "at_most", "less than or equal to": "at_most", "up to": "at_most", "greater than": "above",
    "more than": "above", "above": "above", "less than": "below", "below": "below", "under": "below",
}  # fmt: skip
_SIGNS = {**{sign: word for sign, word in SIGNS.items() if not sign.isalpha() and "_" not in sign}, **_WORDED}
_SIGNED = re.compile(
    "|".join(
        rf"\b{re.escape(each)}\b" if each[0].isalpha() else re.escape(each)
        for each in sorted(_SIGNS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_SPAN = r"(\d{1,4}) ?(days?|weeks?|months?|years?)"
_WITHIN = re.compile(rf"\b(?:with)?in (?:the )?(?:last |past |previous )?{_SPAN}\b", re.IGNORECASE)
_AND = re.compile(r"\s*(?:/|\band\b|\bor\b|&)\s*")
#: words that need nothing but a limit, by everything they are called
_WORDS = {
    key(called): word.name
    for word in CATALOGUE.values()
    if not word.primary and not word.one_of and "" in word.facets
    for called in (word.name.replace("_", " "), *EVERYDAY.get(word.name, ()))
}
_NUMBER = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d.,]*\d)\s*(.*)$")
_POWER = re.compile(
    r"^[x\u00d7*]?\s*10\s*(?:\^|\*\*|\*|E|e)?\s*([36912]{1,2})\s*(?:cells)?\s*/?\s*(L|\u00b5L|uL|mcL|mL|mm3|mm\^3)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted limit fills: ``condition`` where it names its test, else ``fields`` of the one at hand.

    ``value`` among the fields is a number without a comparison.

    ``left`` is what was not understood; a limit with any of it is shown and never taken over silently.
    """

    fields: dict[str, Any]
    condition: dict[str, Any] | None
    left: str


def read_limit(text: str) -> Pasted:
    """The fields of a pasted limit. A whole sentence in a clear form is read by the importer's forms."""
    plain = " ".join(text.split()).strip(" .;,")
    if not plain or len(plain) > LONGEST:
        return Pasted({}, None, plain[:LONGEST])
    for excludes in (False, True):
        found = proposal_of(plain, excludes=excludes)
        if found is not None:
            return Pasted({}, dict(found.when), "")
    fields: dict[str, Any] = {}
    rest = plain
    if (window := _WITHIN.search(rest)) is not None:
        fields["within"] = f"{window[1]} {_plural(window[1], window[2])}"
        rest = _without(rest, window)
    signs = list(_SIGNED.finditer(rest))
    if not signs and rest and (alone := as_limit(rest)) is not None:
        return Pasted({"value": alone, **fields}, None, "")
    name = rest[: signs[0].start()].strip(" :,") if signs else rest
    for sign, value in _limits(rest, signs):
        written = as_limit(value)
        if written is None:
            return Pasted({}, None, plain)
        fields[sign] = written
    _share_unit(fields)
    if "within" in fields:
        fields["within"] = fields.pop("within")
    made = [_asked(each, fields) for each in _AND.split(name)] if name else []
    held = [each for each in made if each is not None]
    if fields and held and len(held) == len(made):
        return Pasted(fields, held[0] if len(held) == 1 else {"all": held}, "")
    return Pasted(fields, None, name)


def _share_unit(fields: dict[str, Any]) -> None:
    """Of two limits one unit is often written once: at least 18 and at most 65 years."""
    units_of = {str(value).partition(" ")[2] for sign, value in fields.items() if sign != "within"} - {""}
    if len(units_of) == 1:
        (unit,) = units_of
        for sign, value in fields.items():
            if sign != "within" and isinstance(value, int | float):
                fields[sign] = f"{value} {unit}"


def _asked(name: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    """What a name in front of a limit asks: a word of the language, or a laboratory test."""
    if (word := _WORDS.get(key(name))) is not None:
        return {word: dict(fields)}
    test = lab_test(name.strip())
    if test is None:
        return None
    return {test.code: dict(fields)} if test.code in CATALOGUE else {"lab": {"test": test.code, **fields}}


def _limits(text: str, signs: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    ends = [each.start() for each in signs[1:]] + [len(text)]
    for sign, end in zip(signs, ends[: len(signs)], strict=True):
        value = re.sub(r"\s+(?:and|to|but)$", "", text[sign.end() : end].strip(" ,"))
        yield _SIGNS[sign[0].casefold()], value


def as_limit(text: str) -> Any:
    """A limit as a rule has it: a number, one with a unit the language knows, a multiple of normal; or ``None``."""
    plain = text.strip()
    if multiple_of_normal(plain) is not None:
        return plain
    if meant := re.fullmatch(r"write '(.*)'", multiple_for(re.sub(r"\(.*\)", "", plain).strip())):
        return meant[1]
    found = _NUMBER.match(plain)
    if found is None:
        return None
    number, unit = found[1].replace(",", ""), found[2].strip()
    if not unit:
        return int(number) if number.isdecimal() else float(number)
    if time := re.fullmatch(r"(days?|weeks?|months?|years?)(?: of age| old)?", unit, re.IGNORECASE):
        return f"{number} {_plural(number, time[1])}"
    if power := _POWER.match(unit):
        # Upper and lower case of the sign for micro are the Greek letter.
        per = {
            "mcl": "uL",
            "\u00b5l": "uL",
            "\u03bcl": "uL",
            "mm3": "uL",
            "mm^3": "uL",
            "ul": "uL",
            "ml": "mL",
            "l": "L",
        }
        return f"{number} 10*{power[1]}/{per[power[2].casefold()]}" if power.end() == len(unit) else None
    return f"{number} {units.ucum(unit)}" if units.known(unit) else None


def _plural(number: str, unit: str) -> str:
    word = unit.casefold().rstrip("s")
    return f"{word}s" if number != "1" else word


def _without(text: str, found: re.Match[str]) -> str:
    return " ".join(f"{text[: found.start()]} {text[found.end() :]}".split()).strip(" ,")
