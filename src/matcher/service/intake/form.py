"""The form of an intake: its fields, what each may be answered with, and how laborious the answer is.

A form is data. The page draws it, the API describes it, the questions point into it, and ``wire`` turns its
answers into a profile. Nothing here knows a single disease: fields follow from the vocabularies and from what
the rulebook reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from matcher.explanation.effort import Effort, effort_of


class InputKind(StrEnum):
    """What a person types or picks."""

    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    TERM = "term"
    TERMS = "terms"
    TEXT = "text"


class Shape(StrEnum):
    """Where a field's answer goes in the profile."""

    SCALAR = "scalar"
    DIAGNOSIS = "diagnosis"
    TNM = "tnm"
    STAGE = "stage"
    LAB = "lab"
    MARKER = "biomarker"
    ALTERATION = "alteration"
    PRESENCE = "presence"
    EVENT = "event"
    LIST = "list"
    JUDGEMENT = "judgement"


EFFORT_TEXT: Mapping[Effort, str] = {
    Effort.ASK: "known to patient or nurse",
    Effort.LOOK_UP: "in the chart",
    Effort.EXAMINE: "needs an examination",
    Effort.JUDGE: "needs somebody's judgement",
    Effort.TISSUE: "needs tumour tissue",
}


@dataclass(frozen=True, slots=True)
class Option:
    """A code and how a person reads it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class UnitOption:
    """A unit to choose. ``factor`` turns a value into the first unit; nothing where a calendar is needed."""

    code: str
    title: str
    factor: float | None


@dataclass(frozen=True, slots=True)
class Input:
    """One value of a field: ``name`` is its key in the answer.

    ``low`` and ``high`` are in the first unit. ``terms`` names the list that a typed word is completed from.
    """

    name: str
    kind: InputKind
    title: str
    options: tuple[Option, ...] = ()
    units: tuple[UnitOption, ...] = ()
    low: float | None = None
    high: float | None = None
    integer: bool = False
    terms: str = ""
    #: only sensible once this choice is made
    when: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form. ``code`` and ``table`` say which test, marker, condition or list it is about.

    ``asked``: some rule of the rulebook reads it. A list's field holds rows, ``therapies/1``, and the word
    ``complete`` for "that is all".
    """

    id: str
    title: str
    question: str
    section: str
    shape: Shape
    inputs: tuple[Input, ...]
    asked: bool = True
    table: str = ""
    code: str = ""
    hint: str = ""

    @property
    def effort(self) -> Effort:
        return effort_of(self.id)

    def input(self, name: str) -> Input | None:
        return next((each for each in self.inputs if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the fields below it, in the order a clinician would go through them."""

    id: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A name to complete a typed word to, and the other names it is found by."""

    name: str
    title: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """The whole form of one rulebook. ``terms`` are the lists that typed names are completed from.

    ``together`` are fields that some rule asks about as one: no to all of them is one statement of absence.
    ``more`` makes the field of a code that the rulebook does not ask about, or nothing where there is no such
    code: any laboratory test, marker, condition, agent or gene can be answered.
    """

    version: str
    sections: tuple[Section, ...]
    terms: Mapping[str, tuple[Term, ...]]
    more: Callable[[str], Field | None]
    together: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(each for section in self.sections for each in section.fields)

    @cached_property
    def _by_id(self) -> Mapping[str, Field]:
        return {each.id: each for each in self.fields}

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {each.id: place for place, each in enumerate(self.fields)}

    def find(self, name: str) -> Field | None:
        """The field of an answer's name; a row's name, ``therapies/1``, is its list's."""
        base, slash, row = name.partition("/")
        held = self._by_id.get(base) or self.more(base)
        if held is None or not slash:
            return held
        return held if held.shape is Shape.LIST and row else None

    def place(self, name: str) -> tuple[int, str, int, str]:
        """Where an answer stands in the form: by field, then by the row's own name, numbers as numbers."""
        base, _, row = name.partition("/")
        number = int(row) if row.isdecimal() and len(row) < 9 else 0
        return self._place.get(base, len(self._place)), base, number, row
