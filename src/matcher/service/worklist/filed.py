"""A file of patients as it lies beside a worklist: opened once, read in small parts, as often as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from matcher.rules.rulebook import Rulebook
from matcher.service.known import Known

if TYPE_CHECKING:
    from matcher.readers.frames import FrameFile, FramePart

PART = 250
"""Patients that are read together: one of them is read with the others of the part."""
_OPEN = 4


@dataclass(frozen=True, slots=True)
class Filed:
    """What was sent. ``today`` dates patients where neither file nor ``as_of`` does."""

    patients: Path
    mapping: Path | None
    as_of: date | None
    today: date

    @classmethod
    def of(cls, folder: Path, request: Mapping[str, Any]) -> Self:
        """From the folder of a run, and what was asked of it."""
        return cls(
            folder / "in" / request["patients"],
            folder / "in" / request["mapping"] if request["mapping"] else None,
            date.fromisoformat(request["as_of"]) if request["as_of"] else None,
            date.fromisoformat(request["today"]),
        )

    @property
    def day(self) -> date:
        return self.as_of or self.today

    def open(self, rulebook: Rulebook) -> FrameFile:
        """Raises what is wrong with mapping, header or file as a whole."""
        # A server that lists nobody has no use for columns, and starts without them.
        from matcher.readers.frames import read_frames

        return read_frames(
            self.patients,
            formulary=rulebook.formulary,
            mapping=self.mapping,
            as_of=self.as_of,
            today=self.today,
        )

    def part(self, rulebook: Rulebook, number: int) -> FramePart:
        """One part of the file, which is kept open for a while."""
        file = _opened(self, Known(rulebook))
        return file.read(file.parts(PART)[number])


@lru_cache(_OPEN)
def _opened(filed: Filed, known: Known) -> FrameFile:
    return filed.open(known.rulebook)


def forget_opened() -> None:
    """After a deletion: what is known of opened files holds identifiers of patients."""
    _opened.cache_clear()
