"""One patient's records in words, each worked out once, and what was said of them so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from matcher.domain.profile import Profile
from matcher.domain.record import Absence, Record
from matcher.engines.base import Finding
from matcher.explanation.answer import FactShown
from matcher.explanation.aside import set_aside
from matcher.explanation.facts import shown
from matcher.rules.graph import NodeId

if TYPE_CHECKING:
    from matcher.explanation.criterion import Said


class PatientWords:
    """Equal records are one fact."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.as_of = profile.as_of
        # By identity first: hashing a record with all that is in it costs more than a look-up.
        self._by_identity: dict[int, tuple[Record | Absence, FactShown]] = {}
        self._by_value: dict[Record | Absence, FactShown] = {}
        self._behind: dict[tuple[NodeId, ...], list[FactShown]] = {}
        #: of each value, once it is known
        self.signs: dict[NodeId, int] = {}
        self.aside_sign: int | None = None
        #: of each condition, as asked in a role
        self.said: dict[int, Said] = {}

    def fact(self, record: Record | Absence) -> FactShown:
        found = self._by_identity.get(id(record))
        if found is None:
            if record not in self._by_value:
                self._by_value[record] = shown(record, self.as_of)
            found = self._by_identity[id(record)] = record, self._by_value[record]
        return found[1]

    def behind(self, values: tuple[NodeId, ...], findings: Mapping[NodeId, Finding]) -> list[FactShown]:
        """The facts of these values, in the order given, without repeats."""
        found = self._behind.get(values)
        if found is None:
            facts = [self.fact(fact) for each in values for fact in findings[each].facts]
            found = self._behind[values] = distinct(facts)
        return found

    def aside(self, words: Iterable[str]) -> list[FactShown]:
        """What is recorded under these words and does not count as a fact."""
        return [self.fact(record) for word in words for record in set_aside(word, self.profile)]


def distinct(facts: list[FactShown]) -> list[FactShown]:
    return list({id(each): each for each in facts}.values()) if len(facts) > 1 else facts
