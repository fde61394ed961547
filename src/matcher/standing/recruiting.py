"""On which days the candidates of a rulebook take patients, for many patients at once.

The days between two changes of what is known of any candidate are one period: within it nothing differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from matcher.engines.columnar.arrays import Days, Index
from matcher.rules.candidate import Candidate


class Recruiting:
    """The periods of some candidates, from 0: the first holds every day before anything is known."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        known = [each.recruitment for each in candidates if each.recruitment is not None]
        days = {day.toordinal() for each in known for day in each.changes}
        self._starts: Days = np.array(sorted(days), np.int32)

    def periods(self, days: Days) -> Index:
        """The period of each day."""
        return np.searchsorted(self._starts, days, side="right")

    def only(self, days: Days) -> int | None:
        """The one period of all these days, if they have one."""
        if not len(days):
            return None
        first, last = self.periods(np.array([days.min(), days.max()], np.int32)).tolist()
        return int(first) if first == last else None

    def day(self, period: int) -> date:
        """A day of the period."""
        return date.fromordinal(int(self._starts[period - 1])) if period else date.min
