"""What an unquoted value of a YAML file means, and which ones are refused because readers disagree.

Numbers are plain decimals, dates are ISO dates, the constants are ``true``, ``false`` and ``null`` (or nothing
at all), and every other word is text. What YAML 1.1, YAML 1.2 or JSON would read differently is a ``Trap``, with
the way to write it instead. ``y`` and ``n`` are text: no reader in use takes them for truth values.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import product

Scalar = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Trap:
    """Why a value is refused, and what to write instead."""

    code: str
    message: str
    hint: str


# Integers are kept exactly as 64-bit values; binary fractions carry at most 17 digits (IEEE 754).
_LONGEST_INTEGER = 18
_LONGEST_DECIMAL = 24

_CONSTANTS: dict[str, Scalar] = {"": None, "null": None, "true": True, "false": False}

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")

_DATE_AND_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}[0-9:.+\-Zz \t]*"
)
_BASE_SIXTY = re.compile(r"[-+]?[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?")
_OTHER_BASE = re.compile(r"[-+]?0(?:x[0-9a-f_]+|b[01_]+|o[0-7_]+)", re.IGNORECASE)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(?:\.[0-9_]*)?")
_ODD_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE](?P<exponent>[-+]?[0-9]+))?"
)


def _spellings(words: str) -> list[str]:
    return [form for word in words.split() for form in (word, word.title(), word.upper())]


_TRUTH_WORDS = {
    **dict.fromkeys(_spellings("yes on"), "true"),
    **dict.fromkeys(_spellings("no off"), "false"),
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
}
_NULL_WORDS = frozenset({"~", "Null", "NULL"})
_NOT_FINITE = frozenset(
    sign + dot + word
    for sign, dot, word in product(("", "+", "-"), ("", "."), [*_spellings("inf infinity nan"), "NaN"])
)
_FIRST_OF_NUMBER = frozenset("0123456789+-.")


def read_plain(text: str) -> Scalar | Trap:
    """The value that the unquoted ``text`` stands for, or the trap it is.

    >>> read_plain("61"), read_plain("IIIA"), read_plain("no").hint
    (61, 'IIIA', "write false, or quote it if it is text: 'no'")
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _FIRST_OF_NUMBER:
        return _read_number_or_date(text)
    return _word_trap(text) or text


def key_trap(text: str) -> Trap | None:
    """Why ``text`` cannot be an unquoted key. Keys are always text: ``0`` and ``2026-01-15`` are taken as written."""
    if text in {"true", "false", "null"}:
        return _ambiguous(text, "a constant, not a key", f"quote it: '{text}'")
    found = read_plain(text) if text else None
    if isinstance(found, Trap) and found.code == "R006":
        return _ambiguous(text, "read in different ways as a key", f"quote it: '{text}'")
    return None


def is_number(text: str) -> bool:
    """Whether ``text`` is made of digits, with or without a decimal point."""
    return bool(text) and text.replace(".", "", 1).isdecimal()


def _read_number_or_date(text: str) -> Scalar | Trap:
    if _INTEGER.fullmatch(text):
        return _too_long(text) if len(text.lstrip("-")) > _LONGEST_INTEGER else int(text)
    if _DECIMAL.fullmatch(text):
        return _too_long(text) if len(text) > _LONGEST_DECIMAL else float(text)
    if found := _DATE.fullmatch(text):
        return _read_date(text, *found.groups())
    return _number_trap(text) or _word_trap(text) or text


def _read_date(text: str, year: str, month: str, day: str) -> date | Trap:
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return Trap("R033", f"there is no day {text}", "correct the date, or quote it if it is text")
    if value.isoformat() != text:
        return Trap("R033", f"date {text} is not written in full", f"write {value.isoformat()}")
    return value


def _word_trap(text: str) -> Trap | None:
    if text in _TRUTH_WORDS:
        meaning = "a truth value to some readers and text to others"
        return _ambiguous(text, meaning, f"write {_TRUTH_WORDS[text]}, or quote it if it is text: '{text}'")
    if text in _NULL_WORDS:
        return _ambiguous(
            text, "nothing to some readers and text to others", f"write null, or quote it: '{text}'"
        )
    if text in _NOT_FINITE:
        return _ambiguous(
            text, "not a number that can be compared", f"leave the limit out, or quote it: '{text}'"
        )
    if text == "=":
        return _ambiguous(text, "a sign with a meaning of its own in YAML", "quote it: '='")
    return None


def _number_trap(text: str) -> Trap | None:
    if _DATE_AND_TIME.fullmatch(text):
        return _ambiguous(
            text, "a point in time to some readers", f"write the date alone, or quote it: '{text}'"
        )
    if _BASE_SIXTY.fullmatch(text):
        return _ambiguous(text, "a number to base 60 to some readers", f"quote it: '{text}'")
    if _OTHER_BASE.fullmatch(text):
        return _ambiguous(
            text, "a number to another base than ten", f"write it in decimal, or quote it: '{text}'"
        )
    if _LEADING_ZERO.fullmatch(text):
        return _ambiguous(
            text, "an octal number to some readers", f"drop the zeros in front, or quote it: '{text}'"
        )
    if found := _ODD_NUMBER.fullmatch(text):
        in_full = _in_full(text, found["exponent"])
        return _ambiguous(
            text, "a number to some readers and text to others", f"{in_full}, or quote it: '{text}'"
        )
    return None


def _in_full(text: str, exponent: str | None) -> str:
    """The advice to write a number without exponent, underscores or a dangling point."""
    # Only exponents that leave a number one would care to write out.
    if exponent is not None and (len(exponent) > 3 or abs(int(exponent)) > 12):
        return "write the number in full"
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_INTEGER:
        return "write the number in full"
    value = f"{float(digits):.15f}".rstrip("0").rstrip(".")
    return (
        f"write {value}"
        if _INTEGER.fullmatch(value) or _DECIMAL.fullmatch(value)
        else "write the number in full"
    )


def _too_long(text: str) -> Trap:
    return _ambiguous(
        text[:24] + "...", "a number with more digits than can be kept", "quote it if it is an identifier"
    )


def _ambiguous(text: str, meaning: str, hint: str) -> Trap:
    return Trap("R006", f"unquoted '{text}' is {meaning}", hint)
