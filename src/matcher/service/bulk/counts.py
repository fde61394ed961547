"""How many patients of a part came out how: what an account counts one patient at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from matcher.engines.columnar.arrays import Bools, Days
from matcher.standing.columns import STANDINGS, Columns, Judged


@dataclass(slots=True)
class Counts:
    """Can be added up over parts. ``ranked`` and ``not_ranked`` are patients by candidate and standing."""

    matched: int = 0
    deceased: int = 0
    not_ranked: int = 0
    first_day: str = ""
    last_day: str = ""
    standings: dict[str, Counter[str]] = field(default_factory=dict)
    standings_not_ranked: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        columns: Columns,
        judged: Iterable[Judged],
        deceased: Bools,
        days: Days,
        *,
        include_deceased: bool,
    ) -> Counts:
        """The counts of some patients; ``deceased`` and ``days`` are of each."""
        found = cls(matched=len(days), deceased=int(deceased.sum()))
        if len(days):
            found.first_day, found.last_day = (
                date.fromordinal(int(each)).isoformat() for each in (days.min(), days.max())
            )
        number = len(columns.candidates)
        shown, hidden = (np.zeros((number, len(STANDINGS)), np.int64) for _ in range(2))
        for each in judged:
            died = deceased[each.first : each.first + len(each)]
            unranked = died & ~each.included.any(0) if include_deceased else died
            found.not_ranked += int(unranked.sum())
            shown += _counted(each, None if include_deceased else ~died)
            if not include_deceased and died.any():
                hidden += _counted(each, died)
        ids = [each.id for each in columns.candidates]
        found.standings, found.standings_not_ranked = (_named(ids, each) for each in (shown, hidden))
        return found

    def add(self, other: Counts) -> None:
        self.matched += other.matched
        self.deceased += other.deceased
        self.not_ranked += other.not_ranked
        self.first_day = min(filter(None, (self.first_day, other.first_day)), default="")
        self.last_day = max(self.last_day, other.last_day)
        for held, more in (
            (self.standings, other.standings),
            (self.standings_not_ranked, other.standings_not_ranked),
        ):
            for identifier, counts in more.items():
                held.setdefault(identifier, Counter()).update(counts)


def _counted(judged: Judged, of: Bools | None) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    held = judged.included if of is None else judged.included & of
    counts = [np.count_nonzero((judged.standings == place) & held, axis=1) for place in range(len(STANDINGS))]
    return np.stack(counts, axis=1).astype(np.int64)


def _named(
    ids: list[str], counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> dict[str, Counter[str]]:
    return {
        identifier: Counter(
            {kind.value: number for kind, number in zip(STANDINGS, row, strict=True) if number}
        )
        for identifier, row in zip(ids, counts.tolist(), strict=True)
        if any(row)
    }
