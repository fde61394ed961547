"""What was supposed for a candidate: the rule's own assumptions, what screening is to show, windows by default."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.domain.verdict import Verdict
from matcher.explanation.criterion import CriterionWords
from matcher.explanation.version import criterion_on
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.graph import NodeId
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import Standing


def assumed(
    standing: Standing, reading: ConditionReading, day: date, words: CriterionWords
) -> tuple[str, ...]:
    """For one patient."""
    found = list(standing.candidate.assumptions)
    for each in standing.considered:
        found += _stated(each.criterion)
        if each.criterion.at_screening and each.satisfied is Verdict.UNKNOWN:
            found.append(_presumed(each.criterion))
        found += words.windows(criterion_on(each.criterion, day), reading)
    return tuple(dict.fromkeys(found))


def windowed(standing: Standing, words: CriterionWords) -> tuple[NodeId, ...]:
    """The values of which it depends whether they are known."""
    return tuple(
        dict.fromkeys(node for each in standing.considered for node in words.windowed(each.criterion))
    )


def assumable(
    candidate: Candidate, reading: ConditionReading, day: date, words: CriterionWords
) -> Iterable[str]:
    """Everything that could be supposed for it, whoever the patient is."""
    yield from candidate.assumptions
    for each in candidate.all_criteria:
        yield from _stated(each)
        if each.at_screening:
            yield _presumed(each)
        yield from words.windows(criterion_on(each, day), reading, known=False)


def _stated(criterion: Criterion) -> list[str]:
    return [f"{criterion.id}: {criterion.assumption}"] if criterion.assumption else []


def _presumed(criterion: Criterion) -> str:
    presumed = "not to apply" if criterion.role is Role.EXCLUSION else "met"
    return f"{criterion.id}: presumed {presumed} until screening: {criterion.text}"
