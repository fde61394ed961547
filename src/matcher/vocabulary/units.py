"""Units: UCUM and everyday spellings in, conversion through pint, and the one rounding everything shares.

A spelling is first read into UCUM (``K/uL``, ``x10E9/L`` and ``cells/mm3`` all have one), then converted by a
factor that is worked out once for each pair of units. Amount and mass are exchanged through a molar mass,
milliequivalents and amount through a valence, nothing else across dimensions. Months and years are calendar
months and years and never become days; clearance indexed to 1.73 m2 is not clearance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from math import isinf, isnan
from typing import TYPE_CHECKING, Any

from matcher.errors import nearest
from matcher.vocabulary.unit_table import ATOMS, DIMENSIONS, WHOLE

if TYPE_CHECKING:
    from pint import UnitRegistry

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ONE = "1"


class UnitFault(StrEnum):
    """What is wrong with a quantity."""

    UNKNOWN = "unknown unit"
    DIMENSION = "wrong dimension"
    NUMBER = "not a number"
    MISSING = "no unit"


class UnitError(ValueError):
    """A unit or quantity that cannot be read or converted; ``suggestion`` is the likely right unit."""

    def __init__(self, fault: UnitFault, message: str, unit: str = "", suggestion: str | None = None) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message
        self.unit = unit
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as UCUM; ``text`` is the number as it was written."""

    value: float
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in ``days``, ``months`` or ``years``; the last two are calendar units."""

    value: int
    unit: str


def round9(value: float) -> float:
    """The value with nine significant digits: 1.5 x 1.2 is 1.8. Infinity stays, zero loses its sign."""
    if value == 0:
        return 0.0
    return value if isinf(value) or isnan(value) else float(f"{value:.8e}")


def ucum(unit: str) -> str:
    """The unit in UCUM, however it is spelled: ``K/uL`` is ``10*3/uL``. An empty text is the unit 1."""
    return _read(unit)[0]


def known(unit: str) -> bool:
    """Whether the unit can be read."""
    try:
        _read(unit)
    except UnitError:
        return False
    return True


def convert(
    value: float,
    unit: str,
    to_unit: str,
    molar_mass: float | None = None,
    valence: int | None = None,
) -> float:
    """The value in another unit, rounded to nine digits. ``molar_mass`` is in g/mol."""
    (source, source_expression), (target, target_expression) = _read(unit), _read(to_unit)
    if source == target:
        return round9(value)
    factor = _factor(source_expression, target_expression, molar_mass, valence)
    if factor is None:
        raise UnitError(
            UnitFault.DIMENSION,
            f"'{unit}' is {dimension(unit)}, '{to_unit}' is {dimension(to_unit)}",
            unit,
            _alike(unit, target_expression) or target,
        )
    return round9(value * factor)


def convertible(unit: str, to_unit: str, molar_mass: float | None = None, valence: int | None = None) -> bool:
    """Whether a value in the one unit can be given in the other. Both must be known units."""
    (source, source_expression), (target, target_expression) = _read(unit), _read(to_unit)
    return source == target or _factor(source_expression, target_expression, molar_mass, valence) is not None


def dimension(unit: str) -> str:
    """What the unit measures, in words: ``mg/dL`` is a mass concentration."""
    expression = _read(unit)[1]
    for example, name in DIMENSIONS.items():
        if _factor(expression, _read(example)[1], None, None) is not None:
            return name
    return "a quantity of another kind"


_NUMBER = re.compile(
    r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\d.,])\s*(\S(?:.*\S)?)?\s*", re.DOTALL
)


def parse_quantity(text: str) -> Quantity:
    """A number and its unit: ``9.0 g/dL``, ``8.3 x 10^9/L``, ``10 %``. A number alone has no unit, not the unit 1.

    A comma is refused: ``1,500`` is fifteen hundred to some and one and a half to others.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        hint = ": write thousands without a comma and decimals with a point" if "," in text else ""
        raise UnitError(UnitFault.NUMBER, f"'{text.strip()}' does not begin with a number{hint}")
    number, unit = match.groups()
    if not unit:
        raise UnitError(UnitFault.MISSING, f"'{text.strip()}' has no unit")
    value = float(number)
    if isinf(value):
        raise UnitError(UnitFault.NUMBER, f"'{number}' is larger than any number the program can hold")
    return Quantity(value, ucum(unit), number)


_DURATION_UNITS = {"d": ("days", 1), "wk": ("days", 7), "mo": ("months", 1), "a": ("years", 1)}


def parse_duration(text: str) -> Duration:
    """``21 days``, ``3 weeks`` (21 days), ``6 months``, ``2 years``, ``72 hours`` (3 days), ``0.5 years`` (6 months).

    The result is whole; half a month is nothing that a calendar has.
    """
    quantity = parse_quantity(text)
    amount, unit = quantity.value, quantity.unit
    if unit == "h" and amount % 24 == 0:
        amount, unit = amount / 24, "d"
    if unit not in _DURATION_UNITS:
        raise UnitError(
            UnitFault.DIMENSION,
            f"'{unit}' is {dimension(unit)}; a length of time is in whole days, weeks, months or years",
            unit,
            "days",
        )
    name, times = _DURATION_UNITS[unit]
    value = amount * times
    if name == "years" and not value.is_integer() and (value * 12).is_integer():
        name, value = "months", value * 12
    if not value.is_integer() or value < 0:
        raise UnitError(UnitFault.NUMBER, f"'{text.strip()}' is not a whole number of {name}", unit)
    return Duration(int(value), name)


@lru_cache(maxsize=1024)
def _read(unit: str) -> tuple[str, str]:
    """A spelled unit as UCUM and as an expression for pint."""
    plain = _plain(unit)
    if plain in WHOLE:
        return _read(WHOLE[plain])
    # A counted thing is not a unit, and "x10^9" is the power alone.
    plain = re.sub(r"\b(?:cells?|counts?|copies|copy|plt|platelets)\b", " ", plain).strip()
    plain = re.sub(r"^[x*]\s*(?=10|e\d|\d)", "", plain)
    numerator, *denominators = plain.split("/")
    if any(not part.strip() for part in denominators):
        raise _unknown(unit)
    above = [_atom(token, unit) for token in _tokens(numerator)]
    below = [_atom(token, unit) for part in denominators for token in _tokens(part)]
    name = ".".join(each[0] for each in above if each[0] != _ONE) or ("" if below else _ONE)
    expression = "*".join(each[1] for each in above) or _ONE
    return (
        name + "".join(f"/{each[0]}" for each in below),
        expression + "".join(f"/({each[1]})" for each in below),
    )


def _plain(unit: str) -> str:
    text = (
        unit.strip()
        .replace("µ", "u")
        .replace("μ", "u")
        .replace("\N{MULTIPLICATION SIGN}", "x")
        .replace("·", ".")
    )
    text = re.sub(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text).lower()
    text = re.sub(r"\s{0,9}\bper\b\s{0,9}", "/", text)
    text = re.sub(r"[({]?\s{0,9}1\.73\s{0,9}_?\s{0,9}m\s{0,9}\^?(?:\*\*)?2\s{0,9}[)}]?", "bsa", text)
    text = re.sub(r"\{[^{}]*\}", "", text)
    # Twenty-four hours are a day, in or without brackets.
    text = re.sub(r"\(?\b24[.\s-]*h(?:ou)?(?:rs?)?\b\)?", "d", text)
    # Powers of ten: 10*9, 10^9, 10**9, 10e9, 10(9), 1e9, e9, and 109/L where a superscript was lost.
    text = re.sub(r"(?<![\d.])10\s*(?:\*\*|\*|\^|e|\()\s*\+?0?(\d{1,2})\)?", r"10^\1 ", text)
    text = re.sub(r"\b1?e\+?0?(\d{1,2})(?=\s*/)", r"10^\1", text)
    text = re.sub(r"^(x?\s*)10\s?(3|6|9|12)(?=\s*/)", r"\g<1>10^\2", text)
    return re.sub(r" ?/ ?", "/", re.sub(r"\s+", " ", text)).strip()


def _tokens(part: str) -> list[str]:
    return [token for token in re.split(r"[.\s*()]+", part) if token]


def _atom(token: str, unit: str) -> tuple[str, str]:
    if (power := re.fullmatch(r"10\^(\d{1,2})", token)) is not None:
        return f"10*{power[1]}", f"1e{power[1]}"
    if token in ATOMS:
        return ATOMS[token]
    raise _unknown(unit)


def _unknown(unit: str) -> UnitError:
    close = nearest(unit, _examples() if "/" in unit else [*_examples(), *ATOMS])
    suggestion = ucum(close) if close is not None else None
    return UnitError(UnitFault.UNKNOWN, f"unknown unit '{unit}'", unit, suggestion)


@cache
def _examples() -> tuple[str, ...]:
    """Units that limits are usually written in, to suggest from."""
    return (
        *DIMENSIONS,
        "g/dL",
        "mg/dL",
        "mg/L",
        "ng/mL",
        "mmol/L",
        "umol/L",
        "10*9/L",
        "10*3/uL",
        "mg/g",
        "mg/d",
    )


def _alike(unit: str, target_expression: str) -> str | None:
    same = [
        each for each in _examples() if _factor(_read(each)[1], target_expression, None, None) is not None
    ]
    return nearest(unit, same)


@lru_cache(maxsize=4096)
def _factor(source: str, target: str, molar_mass: float | None, valence: int | None) -> float | None:
    """What to multiply with, or nothing where the dimensions differ."""
    registry = _registry()
    quantity: Any = registry.Quantity(source)
    wanted: Any = registry.Quantity(target)
    excess = dict((quantity / wanted).dimensionality)
    if valence and (power := excess.get("[equivalence]", 0)):
        quantity = quantity * registry.Quantity(1.0 / valence, "mole/equivalent") ** power
    excess = dict((quantity / wanted).dimensionality)
    power = excess.get("[substance]", 0)
    if molar_mass and power and excess == {"[substance]": power, "[mass]": -power}:
        quantity = quantity * registry.Quantity(molar_mass, "gram/mole") ** power
    ratio = quantity / wanted
    return float(ratio.to_base_units().magnitude) if ratio.dimensionless else None


@cache
def _registry() -> UnitRegistry[float]:
    """Built on the first conversion: reading rules that need none should not wait for it."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry(cache_folder=None)
    for definition in (
        "equivalent = [equivalence]",
        "indexed_surface = [indexed_surface]",
        "calendar_month = [calendar]",
        "calendar_year = 12 * calendar_month",
    ):
        registry.define(definition)
    return registry
