"""What an answer costs: a fact that the nurse knows comes before one that needs a biopsy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from matcher.rules.judgement import JUDGEMENT
from matcher.vocabulary.biomarkers import MARKER
from matcher.vocabulary.observations import OBSERVATIONS


class Effort(IntEnum):
    """What an answer costs the patient and the staff, in an order and roughly in proportion."""

    ASK = 1
    LOOK_UP = 2
    EXAMINE = 4
    JUDGE = 5
    TISSUE = 6


_OBSERVED = {"person": Effort.ASK, "disease": Effort.LOOK_UP, "therapy": Effort.LOOK_UP}
_BEDSIDE = frozenset({"weight", "height", "spo2", "systolic", "diastolic", "nyha"})
_BY_WORD: Mapping[str, Effort] = {
    **dict.fromkeys(("histology", "tnm", "stage", "lab"), Effort.LOOK_UP),
    **dict.fromkeys(("alteration", "alterations"), Effort.TISSUE),
    JUDGEMENT: Effort.JUDGE,
}


def effort_of(field: str) -> Effort:
    """Of a field of the form, by its name: ``biomarker:mesothelin``."""
    word, _, code = field.partition(":")
    if word in OBSERVATIONS:
        return Effort.ASK if word in _BEDSIDE else _OBSERVED.get(OBSERVATIONS[word].section, Effort.EXAMINE)
    if word == "biomarker":
        in_blood = code in MARKER and MARKER[code].specimen == "blood"
        return Effort.LOOK_UP if in_blood else Effort.TISSUE
    return _BY_WORD.get(word, Effort.ASK)
