"""What observations of FHIR say of a stage: a category of a TNM, or a stage group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matcher.readers.fhir_parts import Resource, codes_of, value_of, words_of

# LOINC and SNOMED CT codes of the categories of a TNM, with the basis of the classification.
_TNM = {
    "21905-5": ("t", "clinical"),
    "21906-3": ("n", "clinical"),
    "21907-1": ("m", "clinical"),
    "21899-0": ("t", "pathological"),
    "21900-6": ("n", "pathological"),
    "21901-4": ("m", "pathological"),
    "399504009": ("t", "clinical"),
    "399534004": ("n", "clinical"),
    "399387003": ("m", "clinical"),
}
_CATEGORY = re.compile(
    r"(?:American Joint Committee on Cancer )?([cpyra]{0,3}[TNM]\w{1,4})(?: category)?", re.IGNORECASE
)
_STAGES = {
    "21908-9": "clinical",
    "21902-2": "pathological",
    "399537006": "clinical",
    "399588009": "pathological",
}
_STAGE = re.compile(r"(?:(?:AJCC|UICC)\s+(?:v\d\s+)?)?(?:stage\s+)?([0-4IVX]{1,4}[A-E]?\d?)", re.IGNORECASE)
_EDITIONS = {"897275008": "8", "443830009": "7"}


def is_staging(codes: Sequence[str]) -> bool:
    return any(code in _TNM or code in _STAGES for code in codes)


def staging_of(resource: Resource, codes: Sequence[str], day: Any) -> dict[str, Any] | None:
    """A row of the staging; an empty one where nothing was found out, and none where it is about something else."""
    category = next((_TNM[code] for code in codes if code in _TNM), None)
    grouped = next((_STAGES[code] for code in codes if code in _STAGES), None)
    if category is None and grouped is None:
        return None
    if (value := value_of(resource)) is None:
        return {}
    if category is None:
        return stage_of(value, grouped, resource.get("method"), day)
    which, basis = category
    words = words_of(resource.get("valueCodeableConcept"))
    found = _CATEGORY.fullmatch(words)
    held = found[1] if found else words or value
    return {which: held, "basis": basis, "edition": _edition(resource.get("method")), "date": day}


def stage_of(value: Any, basis: str | None, method: Any, day: Any) -> dict[str, Any]:
    """A stage group by its words; of which edition it is, the method says or nobody."""
    found = _STAGE.fullmatch(value) if isinstance(value, str) else None
    return {"stage": found[1] if found else value, "basis": basis, "edition": _edition(method), "date": day}


def _edition(method: Any) -> str | None:
    return next((_EDITIONS[code] for code in codes_of(method) if code in _EDITIONS), None)
