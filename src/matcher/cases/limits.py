"""Whether the cases pin a limit down: one patient exactly on it, and one right beside it who is judged otherwise.

The value on the limit tells 'at least' from 'above'. The value beside it tells this limit from any other: the
nearest exact value on the other side of the verdict counts, if it is near. Near is one whole number or one day,
month or year away where the feature is counted in these, one step of a scale, and otherwise a fifth of the limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isinf

from matcher.cases.run import CaseResult
from matcher.domain.possible import Interval, test
from matcher.errors import Diagnostic
from matcher.explanation.wording import is_presence
from matcher.features.kind import Age, NumberDomain, Since, SinceDay
from matcher.rulebook.lint.book import Book
from matcher.rules.condition import Bound, Comparison, Condition, comparisons
from matcher.vocabulary.units import round9

_SHARE = 0.2
#: scales with steps of their own
_STEPS = {"karnofsky": 10.0, "lab:urine_protein_dipstick": 1.0}


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """Looks for each limit of a condition among the values of the cases."""

    book: Book

    def check(
        self, file: str, condition: Condition, stating: Sequence[CaseResult]
    ) -> Iterator[Diagnostic | None]:
        """For each limit twice: ``None`` where a case is on it, or beside it, and a finding where none is."""
        for comparison in comparisons(condition):
            feature = comparison.feature
            if feature is None or is_presence(comparison) or isinstance(feature.kind, SinceDay):
                continue
            values = self._values(comparison, stating)
            for bound in comparison.bounds:
                if isinstance(bound.limit, float):
                    yield from self._bound(file, comparison, bound, values)

    def _values(self, comparison: Comparison, stating: Sequence[CaseResult]) -> list[float]:
        found = [each.table.findings[0].get(comparison.value) for each in stating]
        values = [finding.value for finding in found if finding is not None]
        return [
            each.low for each in values if isinstance(each, Interval) and each.exact and not isinf(each.low)
        ]

    def _bound(
        self, file: str, comparison: Comparison, bound: Bound, values: Sequence[float]
    ) -> Iterator[Diagnostic | None]:
        limit = bound.limit
        assert isinstance(limit, float)
        title = comparison.title
        shown = as_written(bound)
        missing = self.book.report(
            file, "L004", comparison.path, f"no case has {title} exactly on the limit, {shown}"
        )
        yield None if limit in values else missing
        on_limit = test(Interval.exactly(limit), bound.op, limit)
        beside = [each for each in values if test(Interval.exactly(each), bound.op, limit) is not on_limit]
        nearest = min(beside, key=lambda each: abs(each - limit), default=None)
        far_off = reach(comparison, limit)
        if nearest is not None and round9(abs(nearest - limit)) <= far_off:
            yield None
            return
        far = f"; the nearest is {nearest:g}" if nearest is not None else ""
        message = f"no case has {title} beside the limit, {shown}, on the side judged otherwise{far}"
        hint = f"add a case within {far_off:g} of {limit:g}"
        yield self.book.report(file, "L004", comparison.path, message, hint)


def as_written(bound: Bound) -> str:
    """A limit as findings name it."""
    return bound.written or (f"{bound.limit:g}" if isinstance(bound.limit, float) else "")


def reach(comparison: Comparison, limit: float) -> float:
    """How far from a limit a value is still beside it."""
    feature = comparison.feature
    assert feature is not None
    domain = feature.domain
    if feature.topic in _STEPS:
        return _STEPS[feature.topic]
    whole = isinstance(domain, NumberDomain) and domain.integer
    counted = whole or isinstance(feature.kind, (Since, Age))
    return 1.0 if counted or limit == 0 else round9(abs(limit) * _SHARE)
