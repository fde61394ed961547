"""What a patient's record says against itself."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.engines.base import NoteKind
from matcher.explanation.reason import note_in_words
from matcher.explanation.wording import value_in_words
from matcher.rules.graph import Combine, NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading


def conflicts(rulebook: Rulebook, reading: ConditionReading) -> Iterable[str]:
    """Each contradiction between statements, and between sources for one fact."""
    for node, finding in reading.findings.items():
        for note in finding.notes:
            if note.kind is not NoteKind.CONFLICT:
                continue
            if note.about is not None:
                yield note_in_words(note)
            elif isinstance(combine := rulebook.graph[node], Combine):
                yield _disagreement(rulebook, combine, reading)


def _disagreement(rulebook: Rulebook, combine: Combine, reading: ConditionReading) -> str:
    """What each source for one fact says, where they exclude each other."""
    said: list[str] = []
    title = ""
    for source in combine.sources:
        node = rulebook.graph[source]
        name = node.feature.title if isinstance(node, Read) else _title(rulebook, source)
        title = title or name
        if not reading.findings[source].silent:
            value = value_in_words(reading.findings[source].value, combine.domain)
            said.append(f"{'recorded' if isinstance(node, Read) else name} {value}")
    return f"{title}: sources disagree ({'; '.join(said)}); both stay possible"


def _title(rulebook: Rulebook, node: NodeId) -> str:
    return next((each.title for each in rulebook.derivations if each.node == node), "derived")
