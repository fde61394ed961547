"""Where each part of a patient stood, by its path in the wire profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from matcher.domain.source import UNSTATED, Source

_STEP = re.compile(r"[.\[]")
_MOST_STEPS = 16
"""No path that has a source goes deeper; the names of fields, which a sender chooses, may look as if they did."""


@dataclass(frozen=True, slots=True)
class Places:
    """Sources by path, such as ``therapies[0].start``; a path without one has that of what holds it."""

    whole: Source = UNSTATED
    by_path: Mapping[str, Source] = field(default_factory=dict)

    def of(self, path: str) -> Source:
        found = self.by_path.get(path)
        ends = [each.start() for each in islice(_STEP.finditer(path), _MOST_STEPS)] if found is None else []
        while found is None and ends:
            found = self.by_path.get(path[: ends.pop()])
        if found is not None:
            return found
        return Source(self.whole.file, self.whole.row, self.whole.column or path)
