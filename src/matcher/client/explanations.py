"""The explanations of a run, read back from its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from matcher.errors import UsageError
from matcher.explanation.answer import PatientShown
from matcher.explanation.common import Common
from matcher.explanation.lines import patient_of


def explanations(folder: str | Path) -> Iterator[PatientShown]:
    """Every patient of a run, in the order of its file, with all that is said about them; one at a time."""
    folder = Path(folder)
    common = Common.of_document(json.loads((folder / "rulebook.json").read_text("utf-8")))
    with (folder / "explanations.jsonl").open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if line["rulebook"] != common.version:
                remedy = "Read the two files of one run."
                raise UsageError(f"{folder} has explanations of another rulebook than rulebook.json", remedy)
            yield patient_of(line, common)
