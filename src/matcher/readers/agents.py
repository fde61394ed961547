"""The agents of a course or a medicine: resolved by the formulary, or open to be anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.possible import Codes
from matcher.domain.record import NOTHING_SAID, Components
from matcher.readers.context import Context, is_unknown, read_codes, without_doubts
from matcher.readers.value import NOT_READ, UnreadableError
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.marks import Assertion, Marked, marked
from matcher.vocabulary.resolution import ANYTHING, PLACEBO, Resolution

ANTICANCER = "anticancer"
CELLS = "car_t"
LOCAL = "photosensitiser"


@dataclass(frozen=True, slots=True)
class Agents:
    """What was given. ``kind`` is the kind of a course that does not state its own, where the agents tell."""

    components: Components
    kind: Codes | None
    label: str
    harmless: bool
    assertion: Assertion = Assertion.PRESENT


def read_agents(context: Context, row: Mapping[str, Any], path: str) -> Agents:
    """The components of ``agents``: names, or lists of the names that one agent could have.

    A name nobody can resolve is an issue and a component that could be anything, as is one still blinded.
    """
    raw = row.get("agents")
    if raw is NOT_READ:
        raw = [None]
    members = [raw] if isinstance(raw, str) else list(raw or [])
    found = _marked(context.formulary, members)
    assertion = found.assertion if found is not None else Assertion.PRESENT
    if found is not None:
        members = [found.name]
    components: list[Codes | None] = []
    harmless = bool(members)
    for each in members:
        if each is None or each is NOT_READ:
            components.append(None)
            harmless = False
        elif isinstance(each, list):
            one = _either(context.formulary, each)
            components.append(one)
            harmless = harmless and one is not None and _is_harmless(context.formulary, one)
            if one is None:
                _report(context, path, " or ".join(each))
        else:
            resolution = context.formulary.resolve(each)
            components += _components(resolution)
            harmless = harmless and resolution.not_anticancer
            for text in resolution.unresolved or (() if each.strip() else (each,)):
                _report(context, path, text)
    if not members:
        components.append(None)
    distinct = tuple(dict.fromkeys(components))
    label = " + ".join(each for each in members if isinstance(each, str))
    kind = Codes.of("supportive") if harmless else _kind(context.formulary, distinct)
    return Agents(distinct, kind, label, harmless, assertion)


def read_causes(context: Context, row: Mapping[str, Any], path: str) -> Components:
    """What a condition is due to: agents, classes, procedures, radiotherapy. Nothing said, it could be anything.

    A name nobody can resolve could be anything, too.
    """
    raw = row.get("due_to")
    if is_unknown(raw) or raw is NOT_READ:
        return NOTHING_SAID
    causes: list[Codes | None] = []
    for each in [raw] if isinstance(raw, str) else raw or ():
        try:
            causes.append(None if each is None else read_codes(each, context.cause))
        except UnreadableError as error:
            context.refuse(f"{path}.due_to", error, each)
            causes.append(None)
    return tuple(dict.fromkeys(causes)) or NOTHING_SAID


def _marked(formulary: Formulary, members: list[Any]) -> Marked | None:
    """A course of which all that stands is one text with a mark: "no nivolumab", "pembrolizumab?"."""
    if len(members) != 1 or not isinstance(members[0], str) or _is_known(formulary, members[0]):
        return None
    return marked(members[0], lambda name: _is_known(formulary, name))


def is_agent(formulary: Formulary, text: str) -> bool:
    """Whether every part of a text names an agent, a class or a placebo, marks aside."""
    return PLACEBO in formulary.resolve(text).components or bool(
        _is_known(formulary, text) or _marked(formulary, [text])
    )


def _is_known(formulary: Formulary, text: str) -> bool:
    components = formulary.resolve(text).components
    return ANYTHING not in components and PLACEBO not in components


def _components(resolution: Resolution) -> list[Codes | None]:
    return [None if each is ANYTHING else Codes(each) for each in resolution.components]


def _either(formulary: Formulary, names: list[str]) -> Codes | None:
    """One agent that could be any of these; leaves of the formulary stand for themselves."""
    named, doubts = without_doubts(names)
    found: set[str] = set(doubts)
    for name in named:
        if name in formulary.all_leaves:
            found.add(name)
        elif formulary.knows(name):
            found |= formulary.members(name)
        else:
            return None
    return Codes(frozenset(found)) if named else None


def _report(context: Context, path: str, text: str) -> None:
    guess = context.formulary.nearest(text) if context.guesses else None
    hint = f"; did you mean '{guess}'?" if guess else ""
    context.issue("P108", f"{path}.agents", f"the agent is not known{hint}", text)


def _is_harmless(formulary: Formulary, component: Codes) -> bool:
    leaves = [formulary.resolve(leaf) for leaf in component.members]
    return all(each.not_anticancer for each in leaves)


def _kind(formulary: Formulary, components: Components) -> Codes | None:
    """Cells are cell therapy; any other anticancer agent is systemic, unless it only makes cells sensitive.

    This is the convention of the wire form: a course given into a cavity states its kind.
    """
    known = [each.members for each in components if each is not None]
    if any(_within(formulary, each, CELLS) for each in known):
        return Codes.of("cell_therapy")
    if any(_within(formulary, each, LOCAL) for each in known):
        return None
    anticancer = formulary.knows(ANTICANCER)
    if any(_within(formulary, each, ANTICANCER) if anticancer else True for each in known):
        return Codes.of("systemic")
    return None


def _within(formulary: Formulary, leaves: frozenset[str], name: str) -> bool:
    return formulary.knows(name) and leaves <= formulary.members(name)
