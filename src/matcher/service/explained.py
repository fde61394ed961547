"""Many patients with every reason, some at a time: their rows, their lines, and what is counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from matcher.domain.profile import Profile
from matcher.engines.columnar.arrays import Days
from matcher.explanation.together import Together
from matcher.explanation.writer import Noted, Written
from matcher.service.bulk.counts import Counts, unranked_among
from matcher.service.match import Matcher
from matcher.service.rendered import Rendered
from matcher.standing.cohort import CohortCounts, CohortPlan
from matcher.standing.recruiting import Recruiting
from matcher.standing.standing import StandingKind


@dataclass(frozen=True, slots=True)
class Part:
    """What came of some patients."""

    rendered: Rendered
    counts: Counts
    cohort: CohortCounts
    rows: int


@dataclass(frozen=True)
class ExplainedMatcher:
    """Explains as ``Matcher`` does one patient at a time, and shows the first ``top`` among the ``standings``."""

    matcher: Matcher
    plan: CohortPlan
    form: str
    packs: bool
    top: int | None = None
    standings: tuple[StandingKind, ...] = ()
    #: whether patients for whom no candidate is shown are written too
    everybody: bool = field(default=True, kw_only=True)

    @cached_property
    def _recruiting(self) -> Recruiting:
        return Recruiting(self.matcher.rulebook.candidates)

    @cached_property
    def _together(self) -> dict[int | None, Together]:
        return {}

    def _together_on(self, days: Days) -> Together:
        """What explains patients of these days: where nothing differs between them, without what is closed then."""
        period = self._recruiting.only(days)
        if period not in self._together and self._together:
            period = None
        if period not in self._together:
            made = self.matcher.together(self.top, self.standings, self.plan.roots, period)
            self._together[period] = made
        return self._together[period]

    def match(self, profiles: Sequence[Profile], noted: Sequence[Noted]) -> Part:
        days = np.array([each.as_of.toordinal() for each in profiles], np.int32)
        together, include_deceased = self._together_on(days), self.matcher.options.include_deceased
        explained = together.explain(profiles, noted)
        planes, judged = explained.planes, explained.judged
        deceased = together.columns.deceased(planes)
        unranked = unranked_among(judged, deceased, include_deceased=include_deceased)
        written: Sequence[Written] = [each for each in explained.written if self.everybody or each.rows]
        return Part(
            Rendered.of_written(written, self.matcher.rulebook.short_version, self.form, pack=self.packs),
            Counts.of(together.columns, judged, unranked, deceased, days),
            self.plan.count(planes, [each.id for each in profiles], unranked),
            sum(len(each.rows) for each in written),
        )
