"""The words a rulebook may use: the catalogue, its lists of agents, and its own derivations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.features.catalogue import CATALOGUE
from matcher.features.word import Category, Word
from matcher.vocabulary.formulary import Formulary


@dataclass(frozen=True, slots=True)
class DerivedWord:
    """A derivation as others read it: its name, its values, and the word it is a source for, if any."""

    name: str
    title: str
    answer: Category
    prefix: str = ""


@dataclass(slots=True)
class Lexicon:
    """``used_lists`` collects the lists that conditions named, for the linter.

    ``unreadable`` are names whose own file is wrong: nothing more is said where they are used.
    """

    formulary: Formulary
    derived: Mapping[str, DerivedWord] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    used_lists: set[str] = field(default_factory=set)
    unreadable: frozenset[str] = frozenset()

    def word(self, name: str) -> Word | None:
        return CATALOGUE.get(name)

    def for_events(self, events: tuple[str, ...]) -> Lexicon:
        return Lexicon(self.formulary, self.derived, events, self.used_lists, self.unreadable)

    @property
    def names(self) -> tuple[str, ...]:
        return (*CATALOGUE, *self.derived)
