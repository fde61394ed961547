"""What the text of a cell means by a mapping: its values and patterns, codes, drugs with their strength, whole TNMs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from matcher.readers.code_systems import OTHER, CodeTables, system_of
from matcher.readers.mapping_model import Cell, Pattern
from matcher.readers.value import UnreadableError

UNMAPPED = "P126"
_TRUTH = {"yes": "true", "no": "false"}
LONGEST_MATCHED = 4000
"""Characters of a text that patterns look at; the engine takes time in proportion to them, whatever the pattern."""


def translated(cell: Cell, text: str) -> Any:
    """What the mapping says the text means; the text itself where it says nothing about any."""
    if cell.values is None and not cell.patterns:
        return text
    named = {written.casefold().strip(): meant for written, meant in reversed((cell.values or {}).items())}
    for plain in as_written(text.casefold()):
        if plain in named:
            return named[plain]
    for pattern in cell.patterns:
        fits, meant = _fits(pattern, text)
        if fits:
            return meant
    if cell.otherwise != "issue":
        return text if cell.otherwise == "keep" else None
    raise UnreadableError("P105", "the mapping does not say what this value means", text)


def as_written(plain: str) -> tuple[str, ...]:
    """The text, and how another program writes it: a column of Parquet that is true or false reads yes or no."""
    return (plain, _TRUTH[plain]) if plain in _TRUTH else (plain,)


def _fits(pattern: Pattern, text: str) -> tuple[bool, Any]:
    plain = text.casefold()
    if pattern.is_ is not None:
        return plain == pattern.is_.casefold(), pattern.means
    if pattern.contains is not None:
        return pattern.contains.casefold() in plain, pattern.means
    if pattern.starts is not None:
        return plain.startswith(pattern.starts.casefold()), pattern.means
    template = pattern.means if isinstance(pattern.means, str) else ""
    replaced = _replaced(pattern.matches or "", template, text)
    if replaced is None:
        return False, None
    return True, (replaced.strip() or None) if isinstance(pattern.means, str) else pattern.means


@lru_cache(maxsize=65536)
def _replaced(pattern: str, template: str, text: str) -> str | None:
    """The template with the groups of a match of the whole text. The engine is RE2: no pattern explodes in it."""
    if len(text) > LONGEST_MATCHED:
        return None
    whole = rf"(?i)\A(?:{pattern})\z"
    # Arrow's expressions take linear time, whatever is written; most files have none.
    import pyarrow as pa
    import pyarrow.compute as pc

    held = pa.array([text])
    if not pc.match_substring_regex(held, whole)[0].as_py():
        return None
    return str(pc.replace_substring_regex(held, whole, template)[0].as_py())


def term_of(systems: Iterable[str], text: str, codes: CodeTables, table: str) -> Any:
    """Our term for a code, for a field of ``table``; a code that no table has is not guessed."""
    known = [system for name in systems if (system := system_of(name)) is not None]
    found = codes.find(known, text)
    if found is None:
        raise UnreadableError(UNMAPPED, f"no table of {', '.join(known) or 'codes'} has this code", text)
    if not found.list:
        return None
    if found.list != table and table:
        raise UnreadableError(UNMAPPED, f"the code is one of {found.list}, not of {table}", text)
    return other_of(found.list) if found.term == OTHER else found.term


def other_of(table: str) -> str:
    """The term for what is known to be none of our words."""
    return {"conditions": "any_condition_other", "procedures": "other_procedure"}.get(table, OTHER)


_UNIT = r"(?:MG|MCG|UG|G|UNT|UNITS?|IU|MEQ|MMOL|ML|MCI|%|PNU|CELLS|ACTUAT)"
_STRENGTH = re.compile(
    rf"\s\d[\d,.]*(?:-\d[\d.]*)?\s?{_UNIT}(?:/(?:\d[\d.]*\s*)?(?:{_UNIT}|HR|ACTUAT|DAY))?(?:\s.*|$)",
    re.IGNORECASE | re.DOTALL,
)
_AMOUNT = re.compile(r"(?:NDA\d{6}\s)?(?:\d[\d.]*\s?(?:ML|HR|ACTUAT|MG|DAY)\s)+", re.IGNORECASE)
_FORM = re.compile(
    r"\s+(?:oral|inject?able|topical|nasal|ophthalmic|rectal|vaginal|inhalation|transdermal|chewable|"
    r"extended release|delayed release|prefilled|intravenous)\s+(?:product|tablet|capsule|solution|suspension|"
    r"powder|cream|ointment|gel|spray|patch|syringe|injection|oral tablet|oral capsule)$",
    re.IGNORECASE,
)
_SALTS = frozenset(
    [
        "hydrochloride",
        "sodium",
        "potassium",
        "calcium",
        "disodium",
        "maleate",
        "mesylate",
        "acetate",
        "phosphate",
        "sulfate",
        "sulphate",
        "tartrate",
        "bitartrate",
        "citrate",
        "succinate",
        "fumarate",
        "propionate",
        "besylate",
        "tosylate",
        "hydrobromide",
        "bromide",
        "chloride",
        "malate",
        "dihydrate",
        "monohydrate",
        "dimesylate",
        "ditosylate",
        "lactate",
    ]
)
_LONGEST_DRUG = 300


def substances_of(text: str) -> list[str]:
    """The substances of a drug as RxNorm and hospital systems name it: without amount, strength, form, brand and salt.

    ``Acetaminophen 325 MG / Hydrocodone Bitartrate 7.5 MG Oral Tablet`` is two. A text of another shape is given back
    whole, so that nothing of it is lost; whether a name is a known one is settled by the lists of agents.
    """
    if len(text) > _LONGEST_DRUG:
        return [text]
    body = re.sub(r" ?\[[^\[\]]*\]$", "", " ".join(text.split()))
    found: list[str] = []
    for part in body.split(" / "):
        named = _AMOUNT.sub("", part.strip(), count=1) if _AMOUNT.match(part.strip()) else part.strip()
        named = _FORM.sub("", _STRENGTH.sub("", named)).strip()
        words = named.split()
        while len(words) > 1 and words[-1].casefold() in _SALTS:
            words.pop()
        if not words:
            return [text]
        found.append(" ".join(words))
    return found


_TNM = re.compile(
    r"\s*(?:[cpyrau]{0,3}T\s?(?P<t>is|[ax]|[0-4][a-d]?[12]?)(?:\(m\)|\(\d\))?)?[\s,;/]{0,3}"
    r"(?:[cpyra]{0,3}N\s?(?P<n>x|[0-3][a-c]?)(?:\((?:sn|i[+-]|mol[+-])\)|mi)?)?[\s,;/]{0,3}"
    r"(?:[cpyra]{0,3}M\s?(?P<m>x|[01][a-d]?))?\s*",
    re.IGNORECASE,
)


def category_of(text: str, which: str) -> str | None:
    """The T, N or M of a whole TNM: ``pT2aN0M0``, ``T3, N0, MX``; nothing where it is not among them."""
    found = _TNM.fullmatch(text) if len(text) <= 60 else None
    if found is None or not any(found.groups()):
        raise UnreadableError("P105", "not a TNM classification", text)
    said = found[which]
    return f"{which.upper()}{said.lower() if said.lower() != 'x' else 'X'}" if said else None
