"""Where each part of a patient stood, by its path in the wire profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.domain.record import UNSTATED, Source

_LAST_STEP = re.compile(r"(?:\.[^.\[\]]+|\[\d+\])$")


@dataclass(frozen=True, slots=True)
class Places:
    """Sources by path, such as ``therapies[0].start``; a path without one has that of what holds it."""

    whole: Source = UNSTATED
    by_path: Mapping[str, Source] = field(default_factory=dict)

    def of(self, path: str) -> Source:
        held = path
        while held and held not in self.by_path:
            shorter = _LAST_STEP.sub("", held)
            held = shorter if shorter != held else ""
        if held:
            return self.by_path[held]
        return Source(self.whole.file, self.whole.row, self.whole.column or path)
