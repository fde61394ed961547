"""What one rulebook asks otherwise than another: rule by rule, in the sentences a reader compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import zip_longest
from typing import TypeVar

from matcher.explanation.description import CriterionDescribed, Description, describe, describe_derivation
from matcher.explanation.version import criterion_on
from matcher.explanation.wording import condition_in_words
from matcher.rules.candidate import Candidate
from matcher.rules.condition import Condition
from matcher.rules.rulebook import Derivation, Rulebook

#: how many names a changed list is told by
_NAMED = 12
_R = TypeVar("_R", Candidate, Derivation)
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class LineChanged:
    """One line of a rule that is not a criterion: its phase, a note, a study. One side is empty where it is new."""

    what: str
    before: str
    after: str

    @property
    def change(self) -> str:
        return _change(self.before, self.after)


@dataclass(frozen=True, slots=True)
class CriterionChanged:
    """One criterion on both sides. ``meaning``: another thing is asked, and not only said in other words.

    ``names`` says what the names in it stand for now, where every word of the sentence is the same: a list of agents
    may have grown.
    """

    id: str
    section: str
    before: CriterionDescribed | None
    after: CriterionDescribed | None
    meaning: bool
    names: str = ""

    @property
    def change(self) -> str:
        return _change(self.before, self.after)


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """A trial, a regimen or a derived fact that is new, gone or different."""

    id: str
    title: str
    change: str
    criteria: tuple[CriterionChanged, ...] = ()
    lines: tuple[LineChanged, ...] = ()

    @property
    def meaning(self) -> bool:
        """Whether anybody's standing could change by it."""
        return self.change != CHANGED or any(each.meaning for each in self.criteria)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Every rule that differs, candidates first; ``before`` and ``after`` are the versions of the two rulebooks."""

    before: str
    after: str
    rules: tuple[RuleChanged, ...]

    def __bool__(self) -> bool:
        return bool(self.rules)


def amendment(before: Rulebook, after: Rulebook) -> Amendment:
    """From one rulebook to another."""
    found = [
        *_rules(before.by_id, after.by_id, _candidate),
        *_rules(before.derived, after.derived, _derivation),
    ]
    return Amendment(before.short_version, after.short_version, tuple(found))


def _change(before: object, after: object) -> str:
    if not before:
        return ADDED
    return CHANGED if after else REMOVED


def _rules(
    before: Mapping[str, _R], after: Mapping[str, _R], changed: Callable[[_R, _R], RuleChanged | None]
) -> Iterator[RuleChanged]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None:
            if (found := changed(old, new)) is not None:
                yield found
        elif (held := new or old) is not None:
            yield RuleChanged(name, held.title, _change(old, new))


def _candidate(old: Candidate, new: Candidate) -> RuleChanged | None:
    shown = describe(old), describe(new)
    criteria, lines = tuple(_criteria(old, new, *shown)), tuple(_lines(*shown))
    return RuleChanged(new.id, new.title, CHANGED, criteria, lines) if criteria or lines else None


def _derivation(old: Derivation, new: Derivation) -> RuleChanged | None:
    if old.document == new.document and old.conditions == new.conditions:
        return None
    lines = (
        *_lines(describe_derivation(old), describe_derivation(new)),
        *_rows(old.conditions, new.conditions),
    )
    return RuleChanged(new.name, new.title, CHANGED, lines=lines)


def _rows(before: Sequence[Condition], after: Sequence[Condition]) -> Iterator[LineChanged]:
    """Conditions of a table that differ, each where it stands; rows moved by one that is new are not told again."""
    for old, new in zip_longest(
        [each for each in before if each not in after], [each for each in after if each not in before]
    ):
        said = [condition_in_words(each) if each is not None else "" for each in (old, new)]
        if said[0] == said[1]:
            said[1] += f" ({_stands_for(old, new)})"
        yield LineChanged("Row", *said)


def _criteria(
    old: Candidate, new: Candidate, before: Description, after: Description
) -> Iterator[CriterionChanged]:
    was, now = _by_place(before), _by_place(after)
    asked = [
        {each.id: criterion_on(each, None).condition for each in side.every_criterion} for side in (old, new)
    ]
    for place in dict.fromkeys((*now, *was)):
        section, name = place
        held, holds = was.get(place), now.get(place)
        if held is None or holds is None or held.asks != holds.asks:
            yield CriterionChanged(name, section, held, holds, meaning=True)
        elif asked[0][name] != asked[1][name]:
            names = _stands_for(asked[0][name], asked[1][name])
            yield CriterionChanged(name, section, held, holds, True, names)
        elif held != holds:
            yield CriterionChanged(name, section, held, holds, meaning=False)


def _stands_for(before: Condition, after: Condition) -> str:
    old, new = set(_codes(before)), set(_codes(after))
    said = [
        f"{words} {_some(names)}"
        for words, names in (("now also", new - old), ("no longer", old - new))
        if names
    ]
    return "; ".join(said) or "it is counted in another way"


def _some(names: set[str]) -> str:
    first = sorted(each.replace("_", " ") for each in names)
    more = f" and {len(first) - _NAMED} more" if len(first) > _NAMED else ""
    return ", ".join(first[:_NAMED]) + more


def _codes(part: object) -> Iterator[str]:
    """Every code that a condition names, in whatever it asks."""
    if isinstance(part, frozenset):
        yield from (each for each in part if isinstance(each, str))
    elif isinstance(part, tuple):
        for each in part:
            yield from _codes(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _codes(getattr(part, field.name))


def _by_place(described: Description) -> dict[tuple[str, str], CriterionDescribed]:
    return {(section.title, each.id): each for section in described.sections for each in section.criteria}


def _lines(before: Description, after: Description) -> Iterator[LineChanged]:
    was, now = (
        {
            "Title": side.title,
            **dict(side.facts),
            **{each.title: "; ".join(each.lines) for each in side.studies},
        }
        for side in (before, after)
    )
    for what in dict.fromkeys((*was, *now)):
        if was.get(what) != now.get(what):
            yield LineChanged(what, was.get(what, ""), now.get(what, ""))
    for what, old, new in (
        ("Assumption", before.assumptions, after.assumptions),
        ("Note", before.notes, after.notes),
        ("Site or contact", before.places, after.places),
    ):
        yield from (LineChanged(what, each, "") for each in old if each not in new)
        yield from (LineChanged(what, "", each) for each in new if each not in old)
