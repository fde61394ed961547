"""A patient about whom everything recorded can be asked: what a complete record answers to a question.

For measuring how many questions an order of asking needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.service.intake.form import Field, Form, Shape
from matcher.service.intake.wire import COMPLETE, Answers
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.procedures import PROCEDURES

UNKNOWN = "unknown"
#: asked as one: the age or the day of birth; a course of therapy and everything said about the list of them
_ONE = {"age": "birth_date"}


def unit_of(found: Field) -> str:
    """The question a field belongs to: therapies are asked for as one list, the other fields one by one."""
    if found.table == "therapies" and found.shape in (Shape.LIST, Shape.PRESENCE):
        return "therapies"
    return _ONE.get(found.id, found.id)


@dataclass(frozen=True)
class Oracle:
    """``answers`` are all that the record holds."""

    form: Form
    formulary: Formulary
    answers: Answers

    def units(self) -> tuple[str, ...]:
        """Every question the rulebook gives a reason for, in the order of the form."""
        return tuple(dict.fromkeys(unit_of(each) for each in self.form.fields if each.asked))

    def tell(self, unit: str) -> dict[str, Any]:
        """The answers to a question; what the record does not hold is not known."""
        names = [each.id for each in self.form.fields if each.asked and unit_of(each) == unit]
        told: dict[str, Any] = {}
        for name in names:
            told |= self._field(name)
        return told

    def _field(self, name: str) -> dict[str, Any]:
        found = self.form.find(name)
        assert found is not None
        if found.shape is Shape.LIST:
            rows = {each: self.answers[each] for each in self.answers if each.startswith(f"{name}/")}
            return {**rows, name: self.answers.get(name, UNKNOWN)}
        if name in self.answers:
            return {name: self.answers[name]}
        if found.shape is Shape.PRESENCE:
            return self._present(found)
        return {name: UNKNOWN}

    def _present(self, found: Field) -> dict[str, Any]:
        """The rows of a list that the question is about; no, where the list is complete without one."""
        rows = {
            each: row
            for each, row in self.answers.items()
            if each.startswith(f"{found.table}/") and self._about(found, row)
        }
        below = {
            name: answer
            for name, answer in self.answers.items()
            if (other := self.form.find(name)) is not None
            and other.shape is Shape.PRESENCE
            and other.table == found.table
            and self._leaves(found, other.code) <= self._leaves(found, found.code)
            and isinstance(answer, Mapping)
            and answer.get("value") == "yes"
        }
        if rows or below:
            return {**rows, **below, found.id: UNKNOWN}
        denied = any(
            (other := self.form.find(name)) is not None
            and other.table == found.table
            and other.shape is Shape.PRESENCE
            and isinstance(answer, Mapping)
            and answer.get("value") == "no"
            and self._leaves(found, found.code) <= self._leaves(found, other.code)
            for name, answer in self.answers.items()
        )
        if denied or self.answers.get(found.table) == COMPLETE:
            return {found.id: {"value": "no"}}
        return {found.id: UNKNOWN}

    def _about(self, found: Field, row: Any) -> bool:
        """Whether a row certainly or perhaps states what the field asks about."""
        if not isinstance(row, Mapping):
            return True
        about = row.get("agents", row.get("condition", row.get("procedure")))
        named = about if isinstance(about, list) else [about]
        return any(not isinstance(each, str) or self._meets(found, each) for each in named)

    def _meets(self, found: Field, text: str) -> bool:
        if found.table in ("therapies", "medications"):
            components = self.formulary.resolve(text).components
            wanted = self.formulary.members(found.code)
            return any(not isinstance(each, frozenset) or bool(each & wanted) for each in components)
        tree = CONDITIONS if found.table == "conditions" else PROCEDURES
        code = tree.lookup(text)
        return code is None or bool(tree.leaves(code) & tree.leaves(found.code))

    def _leaves(self, found: Field, code: str) -> frozenset[str]:
        if found.table in ("therapies", "medications"):
            return self.formulary.members(code)
        return (CONDITIONS if found.table == "conditions" else PROCEDURES).leaves(code)
