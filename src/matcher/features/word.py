"""What a word of the rule language is: its parameters, how it answers, and the feature it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Interval
from matcher.features.kind import CodeDomain, Domain, Kind, NumberDomain
from matcher.vocabulary.tree import Tree


class Takes(StrEnum):
    """What a parameter's value names."""

    THERAPY = "therapy class or agent"
    MEDICATION = "medication class or agent"
    AGENT = "class, agent, procedure or radiotherapy, by its name"
    CAUSE = "class, agent, procedure or radiotherapy"
    LAB = "laboratory test"
    MARKER = "biomarker"
    GENE = "gene"
    CHANGE = "protein change"
    CODES = "one or more codes"
    DURATION = "duration"
    EVENT = "planned event"
    TEXT = "word"
    NUMBER = "number"
    FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a word: which class, which test, which window."""

    name: str
    takes: Takes
    meaning: str
    required: bool = False
    vocabulary: Tree | None = None
    choices: tuple[str, ...] = ()
    #: how its title reads in a sentence, and how it does where a flag is false
    phrase: str = "{}"
    opposite: str = ""
    #: the parameter of the word that it says more of
    only_with: str = ""
    low: float = float("-inf")
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter's value: what it stands for, its one name however it was written, and its title.

    ``read_as`` has each name that was written in another way, with the title it was taken for.
    """

    name: str
    value: frozenset[str] | Duration | float | str | tuple[str, ...] | bool
    title: str = ""
    read_as: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    #: of a scheme the agents given together with the first
    together: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters given in a condition, with what its limit says about the feature.

    ``elapsed_unit`` is the calendar unit a limit in time was written in, ``multiple_of`` the reference limit
    (``upper`` or ``lower``) it multiplies.
    """

    given: Mapping[str, Argument]
    elapsed_unit: TimeUnit = TimeUnit.DAYS
    multiple_of: str = ""

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def codes(self, name: str) -> frozenset[str]:
        value = self.given[name].value
        assert isinstance(value, frozenset)
        return value

    def duration(self, name: str) -> Duration | None:
        value = self.given[name].value if name in self.given else None
        assert value is None or isinstance(value, Duration)
        return value

    def events(self, name: str) -> tuple[str, ...]:
        value = self.given[name].value if name in self.given else ()
        assert isinstance(value, tuple)
        return value

    def text(self, name: str) -> str:
        value = self.given[name].value
        assert isinstance(value, str)
        return value

    def together(self, name: str) -> tuple[frozenset[str], ...]:
        return self.given[name].together if name in self.given else ()

    def flag(self, name: str) -> bool:
        return name in self.given and bool(self.given[name].value)

    def name_of(self, parameter: str) -> str:
        return self.given[parameter].name if parameter in self.given else ""

    def title_of(self, parameter: str) -> str:
        if parameter not in self.given:
            return ""
        return self.given[parameter].title or self.given[parameter].name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Number:
    """Compared with at_least, at_most, above, below, between or is. ``bare``: the limit needs no unit."""

    unit: str = ""
    low: float = 0.0
    high: float = float("inf")
    integer: bool = False
    bare: bool = False

    def domain(self) -> Domain:
        return NumberDomain(Interval(self.low, self.high), self.unit, self.integer)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A length of time, compared with a limit in days, weeks, months or years."""

    def domain(self) -> Domain:
        return NumberDomain(Interval(0.0, float("inf")), "days")


@dataclass(frozen=True, slots=True)
class Presence:
    """Had or not: a count of at least one, unless a number is asked for."""

    def domain(self) -> Domain:
        return NumberDomain(Interval(0.0, float("inf")), "", integer=True)


@dataclass(frozen=True, slots=True)
class Category:
    """One of the leaves of a tree or of a few codes."""

    tree: Tree | None = None
    codes: tuple[str, ...] = ()
    within: frozenset[str] | None = None

    def leaves(self) -> frozenset[str]:
        if self.tree is None:
            return frozenset(self.codes)
        return self.within if self.within is not None else self.tree.all_leaves

    def domain(self) -> CodeDomain:
        return CodeDomain(self.leaves())


Answer: TypeAlias = Number | Elapsed | Presence | Category


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing a word can be asked about: most words have one, a biomarker several."""

    answer: Callable[[Arguments], Answer]
    kind: Callable[[Arguments], Kind]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the rule language. ``phrase`` is the question in words, with parameters in braces."""

    name: str
    section: str
    meaning: str
    phrase: str
    example: str
    facets: Mapping[str, Facet]
    parameters: tuple[Parameter, ...] = ()
    topic: str = ""
    #: what to ask a person, with parameters in braces; without it the phrase is the question
    question: str = ""
    #: how long a value holds when the rule gives no window, in days; None: for ever
    default_window: Callable[[Arguments], int | None] = field(default=lambda _: None)
    #: the parameters of which a condition gives exactly one
    one_of: tuple[str, ...] = ()
    #: the parameter that no record can have beside the others, and why
    excluded: Callable[[Arguments], tuple[str, str] | None] = field(default=lambda _: None)

    @property
    def primary(self) -> Parameter | None:
        """The parameter a bare value stands for: ``prior: platinum``."""
        return self.parameters[0] if self.parameters and self.parameters[0].required else None

    def parameter(self, name: str) -> Parameter | None:
        return next((each for each in self.parameters if each.name == name), None)
