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
        unranked: Bools,
        deceased: Bools,
        days: Days,
    ) -> Counts:
        """The counts of some patients; ``unranked``, ``deceased`` and ``days`` are of each."""
        found = cls(matched=len(days), deceased=int(deceased.sum()), not_ranked=int(unranked.sum()))
        if len(days):
            found.first_day, found.last_day = (
                date.fromordinal(int(each)).isoformat() for each in (days.min(), days.max())
            )
        number = len(columns.candidates)
        shown, hidden = (np.zeros((number, len(STANDINGS)), np.int64) for _ in range(2))
        for each in judged:
            left_out = unranked[each.first : each.first + len(each)]
            shown += _counted(each, ~left_out)
            if left_out.any():
                hidden += _counted(each, left_out)
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


def unranked_among(judged: Iterable[Judged], deceased: Bools, *, include_deceased: bool) -> Bools:
    """Who has no ranking: of the deceased all, or those for whom there is nothing to rank where it is asked for."""
    if not include_deceased:
        return deceased
    something = [each.included.any(0) for each in judged]
    return deceased & ~np.concatenate(something) if something else deceased


def _counted(judged: Judged, of: Bools) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    held = judged.included & of
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
