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
from matcher.vocabulary.observations import OBSERVATIONS
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
_JOINED = re.compile(r"\s*(/|\band\b|\bor\b|&)\s*", re.IGNORECASE)
#: words that need nothing but a limit, by everything they are called
_WORDS = {
    key(called): word.name
    for word in CATALOGUE.values()
    if not word.primary and not word.one_of and "" in word.facets
    for called in (word.name.replace("_", " "), word.meaning, *EVERYDAY.get(word.name, ()))
}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_CLASS = r"(VI|IV|V|I{1,3}|[1-6])"
_CLASSED = re.compile(
    rf"^(?P<name>[A-Za-z ().]+?),? (?:functional )?(?:class(?:es)?|grades?|status|scores?)?:? ?"
    rf"(?P<low>{_CLASS})(?: ?(?P<to>-|\u2013|to|through|,|/|or|and) ?(?P<high>{_CLASS}))?$"
)
#: scales of a few classes, which protocols number in Roman figures
_SCALES = {each.name: each for each in OBSERVATIONS.values() if each.integer and each.low == 1}
_NUMBER = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d.,]*\d)\s*(.*)$")
_RANGED = re.compile(
    r"^(?P<name>[A-Za-z][^<>=\u2264\u2265]*?)[:,]?(?P<between> (?:of )?between| from| of)? "
    r"(?P<low>\d[\d.,]*) ?(?P<first>[^\d\s,\u2013-][^\d\s\u2013-]*)? ?(?P<to>-|\u2013|\u2014|to|and) ?(?P<high>\d[\d.,]*) ?(?P<unit>\S.*)?$",
    re.IGNORECASE,
)
#: what the limit of normal is called once more; anything else in brackets may be an exception
_CALLED = re.compile(r"\((?:uln|unl|upper [a-z ]+)\)", re.IGNORECASE)
_ESTIMATED = re.compile(r"^(?:calculated|estimated|serum|plasma) ", re.IGNORECASE)
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


def read_limit(text: str, section: str = "") -> Pasted:
    """The fields of a pasted limit. A whole sentence in a clear form is read by the importer's forms.

    Of two tests before one limit *and* means both, and *or* either; a stroke means both of an inclusion and
    either of an exclusion, whose *and* may mean either: nothing is made of it.
    """
    plain = " ".join(text.split()).strip(" .;,")
    if not plain or len(plain) > LONGEST:
        return Pasted({}, None, plain[:LONGEST])
    for excludes in (section == "exclusion",) if section else (False, True):
        found = proposal_of(plain, excludes=excludes)
        if found is not None:
            return Pasted({}, dict(found.when), "")
    if (classed := _classed(plain)) is not None:
        return Pasted({}, classed, "")
    fields: dict[str, Any] = {}
    rest = plain
    if (window := _WITHIN.search(rest)) is not None:
        fields["within"] = f"{window[1]} {_plural(window[1], window[2])}"
        rest = _without(rest, window)
    signs = list(_SIGNED.finditer(rest))
    if (
        not signs
        and (ranged := _RANGED.match(rest)) is not None
        and (ranged["to"] != "and" or ranged["between"])
    ):
        unit = ranged["unit"] or ""
        rest = f"{ranged['name']} >= {ranged['low']} {ranged['first'] or unit} and <= {ranged['high']} {unit}"
        signs = list(_SIGNED.finditer(rest))
    if not signs and rest and (alone := as_limit(rest)) is not None:
        return Pasted({"value": alone, **fields}, None, "")
    name = re.sub(r" (?:of|is|must be)$", "", rest[: signs[0].start()].strip(" :,")) if signs else rest
    limits: dict[str, Any] = {}
    for sign, value in _limits(rest, signs):
        written = as_limit(value)
        if written is None or limits.get(sign, written) != written:
            return Pasted({}, None, plain)
        limits[sign] = written
    _share_units(limits)
    if _is_empty(limits):
        return Pasted({}, None, plain)
    fields = {**limits, **fields}
    names = _JOINED.split(name) if name else []
    made = [_asked(each, fields) for each in names[::2]]
    held = [each for each in made if each is not None]
    gate = _gate_of({each.strip().casefold() for each in names[1::2]}, section)
    if fields and held and len(held) == len(made) and (gate or len(held) == 1):
        return Pasted(fields, held[0] if len(held) == 1 else {gate: held}, "")
    return Pasted(fields, None, name)


def _gate_of(joints: set[str], section: str) -> str:
    if joints == {"or"}:
        # *ALT or AST below 3 x ULN* is asked of both by most who write it so.
        return "" if section == "inclusion" else "any"
    if joints <= {"and", "&"}:
        return "" if section == "exclusion" else "all"
    return "" if joints != {"/"} else "any" if section == "exclusion" else "all"


def _share_units(limits: dict[str, Any]) -> None:
    """*Between 18 and 75 years*: a bare number has the unit that the other one names."""
    bare = [sign for sign, held in limits.items() if isinstance(held, int | float)]
    named = {held.partition(" ")[2] for held in limits.values() if isinstance(held, str)}
    if len(bare) == 1 and len(named) == 1:
        limits[bare[0]] = f"{limits[bare[0]]} {named.pop()}"


def _is_empty(limits: dict[str, Any]) -> bool:
    """Whether nothing is between them: *65 or less and 75 or more* is no range, nor is a value with another limit."""
    if "is" in limits and len(limits) > 1:
        return True
    low, high = (
        next((held for sign, held in limits.items() if sign in signs), None)
        for signs in (("at_least", "above"), ("at_most", "below"))
    )
    if low is None or high is None:
        return False
    numbers = [str(each).partition(" ") for each in (low, high)]
    (first, _, unit), (second, _, other) = numbers
    return unit == other and float(first) > float(second)


def _classed(text: str) -> dict[str, Any] | None:
    """*ASA physical status I-II*, *NYHA class III or IV*; what reaches an end of the scale has one limit."""
    found = _CLASSED.match(text)
    name = re.sub(r" ?\([^()]*\)$", "", found["name"]) if found else ""
    names = (name, f"{name} class", f"{name} status")
    word = next(filter(None, (_WORDS.get(key(each)) for each in names)), "")
    if found is None or word not in _SCALES:
        return None
    scale = _SCALES[word]
    low, high = (_ROMAN.get(each) or int(each) for each in (found["low"], found["high"] or found["low"]))
    apart = found["to"] in (",", "/", "or", "and") and high - low != 1
    if apart or not 1 <= low <= high <= (scale.high or 0) or (low == 1 and high == scale.high):
        return None
    limits = {"at_least": low} if low > 1 else {}
    return {word: {**limits, "at_most": high} if high < (scale.high or 0) else limits}


def _asked(name: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    """What a name in front of a limit asks: a word of the language, or a laboratory test."""
    word = _WORDS.get(key(name)) or _WORDS.get(key(_ESTIMATED.sub("", name)))
    if word is not None:
        return {word: _with_unit(word, fields)}
    test = lab_test(name.strip()) or lab_test(_ESTIMATED.sub("", name.strip()))
    if test is None:
        return None
    return {test.code: dict(fields)} if test.code in CATALOGUE else {"lab": {"test": test.code, **fields}}


def _with_unit(word: str, fields: dict[str, Any]) -> dict[str, Any]:
    """An age that nobody gives a unit is one of years; a body mass index has a unit of its own."""
    unit = "years" if word == "age" else OBSERVATIONS[word].unit if word in OBSERVATIONS else ""
    bare = {sign for sign, held in fields.items() if isinstance(held, int | float)}
    return {
        sign: f"{held} {unit}" if sign in bare and unit in ("years", "kg/m2") else held
        for sign, held in fields.items()
    }


def _limits(text: str, signs: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    ends = [each.start() for each in signs[1:]] + [len(text)]
    for sign, end in zip(signs, ends[: len(signs)], strict=True):
        value = re.sub(r"\s+(?:and|to|but)$", "", text[sign.end() : end].strip(" ,"))
        yield _SIGNS[sign[0].casefold()], value


def as_limit(text: str) -> Any:
    """A limit as a rule has it: a number, one with a unit the language knows, a multiple of normal; or ``None``."""
    plain = text.strip()
    if multiple_of_normal(plain) is not None:
        return re.sub(r"^([\d.]+) ?[x\u00d7*] ?", r"\1 x ", plain, flags=re.IGNORECASE)
    if meant := re.fullmatch(r"write '(.*)'", multiple_for(_CALLED.sub("", plain).strip())):
        return meant[1]
    found = _NUMBER.match(plain)
    if found is None:
        return None
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", found[1]):
        # *150.000* is a hundred and fifty to one who writes so, and a thousand times that to another.
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
