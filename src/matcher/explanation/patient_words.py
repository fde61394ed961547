"""One patient's records in words, each worked out once, and what was said of them so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from matcher.domain.profile import Profile
from matcher.domain.record import Absence, Record
from matcher.engines.base import Finding, Note
from matcher.explanation.answer import FactShown
from matcher.explanation.aside import set_aside, why_aside
from matcher.explanation.facts import has_no_certain_day, is_not_understood, shown
from matcher.explanation.judged import all_in_words, judgements_about
from matcher.explanation.reason import note_in_words
from matcher.rules.condition import Comparison
from matcher.rules.graph import NodeId
from matcher.rules.judgement import JUDGEMENT

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
        self._notes: dict[tuple[int, int], tuple[Note, str]] = {}
        self._open: dict[int, tuple[Record | Absence, tuple[bool, bool]]] = {}
        #: the features that the profile says anything of, where that is known
        self.spoken: Collection[NodeId] | None = None
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

    def note(self, note: Note) -> str:
        key = id(note.kind), id(note.about)
        found = self._notes.get(key)
        if found is None:
            # The note is kept with its words: so nothing else comes to have the identity of what it is about.
            found = self._notes[key] = note, note_in_words(note)
        return found[1]

    def is_open(self, record: Record | Absence) -> tuple[bool, bool]:
        """Whether nobody could read it, and whether its day is not known well enough."""
        found = self._open.get(id(record))
        if found is None:
            found = self._open[id(record)] = record, (is_not_understood(record), has_no_certain_day(record))
        return found[1]

    def behind(self, values: tuple[NodeId, ...], findings: Mapping[NodeId, Finding]) -> list[FactShown]:
        """The facts of these values, in the order given, without repeats."""
        found = self._behind.get(values)
        if found is None:
            facts = [self.fact(fact) for each in values for fact in findings[each].facts]
            found = self._behind[values] = distinct(facts)
        return found

    def aside(self, comparison: Comparison, finding: Finding) -> tuple[Record, ...]:
        """What is recorded of a fact that nothing certainly answers."""
        if comparison.word == JUDGEMENT:
            known = {id(each) for each in finding.facts}
            return tuple(each for each in judgements_about(comparison, self.profile) if id(each) not in known)
        return set_aside(comparison.word, self.profile) if finding.silent else ()

    def said_beside(self, comparison: Comparison, finding: Finding) -> Iterable[str]:
        if comparison.word == JUDGEMENT:
            return (all_in_words(judgements_about(comparison, self.profile), self.as_of),)
        return map(why_aside, self.aside(comparison, finding))


def distinct(facts: list[FactShown]) -> list[FactShown]:
    return list({id(each): each for each in facts}.values()) if len(facts) > 1 else facts
