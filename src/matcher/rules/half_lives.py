"""Lengths of time that are counted in half-lives: ``5 half_lives`` of 48 hours are 10 days.

The half-life is the one that the rule states, else the longest of the agents that are asked about. Where one of them
has none, the length is not known and the rule is refused: a washout that is too short must not be guessed. Part of a
day counts as a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from matcher.rules.condition import Path, Problem
from matcher.rules.lexicon import Lexicon
from matcher.vocabulary import units

HALF_LIFE = "half_life"
_COUNTED = re.compile(r"(\d+(?:\.\d+)?)\s*half[-_ ]?li(?:fe|ves)", re.IGNORECASE)
_OF = ("therapy", "medication", "is")
_HINT = f"write '{HALF_LIFE}: 48 hours' beside it, as the protocol or the label says, or the days themselves"


@dataclass(frozen=True, slots=True)
class InDays:
    """What a condition asks with days for half-lives, and each that was counted so."""

    asked: Mapping[str, Any]
    read_as: tuple[tuple[str, str], ...] = ()


def in_days(asked: Mapping[str, Any], lexicon: Lexicon, path: Path, problems: list[Problem]) -> InDays | None:
    """``None`` and a problem where the half-life is not known."""
    counted = {
        name: float(found[1])
        for name, value in asked.items()
        if isinstance(value, str) and (found := _COUNTED.fullmatch(value.strip()))
    }
    if not counted:
        if HALF_LIFE not in asked:
            return InDays(asked)
        message = f"'{HALF_LIFE}' is stated and no length is counted in half-lives"
        problems.append(
            Problem((*path, HALF_LIFE), "R074", message, "write '5 half_lives', or leave it out", True)
        )
        return None
    first = (*path, next(iter(counted)))
    days = _stated(asked, path, problems) if HALF_LIFE in asked else _longest(asked, lexicon, first, problems)
    if days is None:
        return None
    read = {name: f"{ceil(number * days)} days" for name, number in counted.items()}
    kept = {name: read.get(name, value) for name, value in asked.items() if name != HALF_LIFE}
    return InDays(
        kept, tuple((f"{asked[name]} of {days:g} days each", length) for name, length in read.items())
    )


def _stated(asked: Mapping[str, Any], path: Path, problems: list[Problem]) -> float | None:
    try:
        return _days(str(asked[HALF_LIFE]))
    except units.UnitError as error:
        problems.append(Problem((*path, HALF_LIFE), "R074", error.message, "write it like '48 hours'"))
        return None


def _longest(asked: Mapping[str, Any], lexicon: Lexicon, path: Path, problems: list[Problem]) -> float | None:
    named = next((str(asked[name]) for name in _OF if name in asked), "")
    code = lexicon.formulary.lookup(named)
    agents = lexicon.formulary.agents
    members = sorted(lexicon.formulary.members(named)) if code is not None else []
    without = [each for each in members if each not in agents or not agents[each].half_life]
    if not members or without:
        # A class that is not closed holds agents that nobody listed.
        without = [
            f"others of {each.removesuffix('_other')}" if each not in agents else each for each in without
        ]
        of = ", ".join(without[:3]) + (", …" if len(without) > 3 else "") or named or "what is asked about"
        problems.append(Problem(path, "R074", f"no half-life is recorded for {of}", _HINT))
        return None
    return max(_days(agents[each].half_life) for each in members)


def _days(text: str) -> float:
    quantity = units.parse_quantity(text)
    return units.convert(quantity.value, quantity.unit, "d")
