"""Counting patients as they come, one by one, a few hundred at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.profile import Profile
from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.rules.rulebook import Rulebook
from matcher.standing.cohort import CohortCounts, CohortPlan

_TOGETHER = 1024


@dataclass(slots=True)
class CohortCounter:
    """For runs that take patients one by one; those that hold them in frames count those."""

    plan: CohortPlan
    _waiting: list[tuple[Profile, bool]] = field(default_factory=list)
    _counts: CohortCounts | None = None
    _engine: ColumnarEngine = field(default_factory=ColumnarEngine)

    def take(self, profile: Profile, *, left_out: bool, rulebook: Rulebook | None = None) -> None:
        """``left_out``: deceased, and not ranked. ``rulebook``: the one with this patient's overrides."""
        if rulebook is not None and rulebook is not self.plan.rulebook:
            self._count_in(self.plan.overridden(rulebook), [(profile, left_out)])
            return
        self._waiting.append((profile, left_out))
        if len(self._waiting) == _TOGETHER:
            self._count()

    def add(self, counts: CohortCounts) -> None:
        """Patients who were counted already."""
        self._counts = counts if self._counts is None else self._counts + counts

    def counts(self) -> CohortCounts:
        self._count()
        return self._counts or self.plan.nothing()

    def _count(self) -> None:
        if not self._waiting:
            return
        self._count_in(self.plan, self._waiting)
        self._waiting.clear()

    def _count_in(self, plan: CohortPlan, patients: Sequence[tuple[Profile, bool]]) -> None:
        frame = PatientFrame.of(profile for profile, _ in patients)
        left_out = np.array([each for _, each in patients], np.bool_)
        planes = self._engine.evaluate_frame(plan.rulebook.graph, frame, plan.roots)
        self.add(plan.count(planes, frame.ids, left_out))
