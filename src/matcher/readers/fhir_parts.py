"""The parts that FHIR resources are made of: codeable concepts, values, days and references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matcher.readers.code_systems import BUILT_IN, Meaning, system_of
from matcher.readers.coded_rows import by_name, without_tag
from matcher.readers.value import NOT_READ

Resource = Mapping[str, Any]
_COURSE = {
    "268910001": "responding",
    "385633008": "responding",
    "359746009": "stable",
    "271299001": "progressing",
    "230993007": "progressing",
}
_ECOG_ANSWERS = {"LA9622-7": 0, "LA9623-5": 1, "LA9624-3": 2, "LA9625-0": 3, "LA9626-8": 4}
_COMPARATORS = frozenset({"<", "<=", ">", ">="})


_EARLIEST = "1900-01-01"
#: reasons for which there is no value because nothing was found out. The others (error, masked, not a number, as text)
#: are of a result that was written and that nobody can read.
_NOTHING_FOUND = frozenset(
    {
        "unknown",
        "asked-unknown",
        "temp-unknown",
        "not-asked",
        "asked-declined",
        "not-applicable",
        "not-performed",
        "not-permitted",
    }
)
_ABSENT = "data-absent-reason"
_LOINC = re.compile(r"\d{1,7}-\d")


def meaning_of(concept: Resource, lists: Sequence[str]) -> tuple[Meaning | None, str, str]:
    """What a codeable concept means, its words, and the code that it is counted by."""
    codings = [each for each in concept.get("coding", []) if isinstance(each, dict)]
    words = words_of(concept)
    for each in codings:
        system = system_of(str(each.get("system", "")))
        found = BUILT_IN.find([system] if system else [], str(each.get("code", "")))
        if found is not None:
            return found, words, str(each.get("code", ""))
    code = str(codings[0].get("code", "")) if codings else ""
    return by_name(words, lists), words, code


def perhaps_of(concept: Resource) -> Meaning | None:
    """What a code may mean whose system nobody knows: those of LOINC have a form of their own."""
    for each in concept.get("coding", []):
        code = str(each.get("code") or "") if isinstance(each, dict) else ""
        if _LOINC.fullmatch(code) and system_of(str(each.get("system", ""))) is None:
            return BUILT_IN.find(["loinc"], code)
    return None


def codes_of(concept: Any) -> list[str]:
    held = (concept.get("coding") or []) if isinstance(concept, dict) else []
    return [str(each.get("code") or "") for each in held if isinstance(each, dict)]


def words_of(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    shown = [each.get("display") for each in concept.get("coding") or [] if isinstance(each, dict)]
    texts = [each for each in (*shown, concept.get("text")) if isinstance(each, str) and each.strip()]
    return without_tag(texts[0].strip()) if texts else ""


def start_of(resource: Resource, *names: str) -> Any:
    """The first day that is written; one that is written and no day stays a day that nobody can read."""
    for name in names:
        if name == "recordedDate" and (told := _of_another_kind(resource, names)) is not None:
            return told
        if (held := resource.get(name)) is not None:
            if name.endswith("Period") and isinstance(held, dict):
                if held.get("start") is None and isinstance(held.get("end"), str):
                    return {"from": _EARLIEST, "to": held["end"][:10]}
                held = held.get("start")
            day = held[:10] if isinstance(held, str) and held else NOT_READ
            # The day on which it was written down: it began then or before.
            return {"from": _EARLIEST, "to": day} if name == "recordedDate" and day is not NOT_READ else day
    return _of_another_kind(resource, names)


def _of_another_kind(resource: Resource, names: Sequence[str]) -> Any:
    """A time that is told as an age, a range or in words: it was told, and is no day."""
    stems = tuple(name.removesuffix("DateTime") for name in names if name.endswith("DateTime"))
    told = any(
        name.startswith(stems) and name not in names and held is not None for name, held in resource.items()
    )
    return NOT_READ if stems and told else None


def end_of(resource: Resource, *names: str) -> Any:
    for name in names:
        held = resource.get(name)
        if name.endswith("Period") and isinstance(held, dict):
            held = held.get("end")
        if held is not None:
            return held[:10] if isinstance(held, str) and held else NOT_READ
    return _of_another_kind(resource, names)


def said_of(resource: Resource, name: str, otherwise: str) -> str:
    """A status by its code; one that is written and has none is no status that anybody knows."""
    if resource.get(name) is None:
        return otherwise
    return next(iter(codes_of(resource[name])), "") or words_of(resource[name]) or "not understood"


def value_of(part: Resource) -> Any:
    """The value of an observation; nothing where it says that nothing was found out.

    One without a value that does not say so was taken all the same, and nobody can read it: no older one stands for it.
    """
    found = _value(part)
    if found is not NOT_READ and found is not None:
        return found
    reasons = _reasons(part)
    if reasons:
        return None if _NOTHING_FOUND.intersection(reasons) else NOT_READ
    # What has members says it in them.
    holds_others = part.get("component") or part.get("hasMember")
    return None if found is None and holds_others else NOT_READ


def _reasons(part: Resource) -> list[str]:
    """Why there is no value, where it is said: beside the value, or as an extension in its place."""
    held = [each for name, each in part.items() if name.lstrip("_").startswith("value")]
    extensions = [each.get("extension") for each in held if isinstance(each, dict)]
    found = [
        str(each.get("valueCode", ""))
        for listed in extensions
        if isinstance(listed, list)
        for each in listed
        if isinstance(each, dict) and str(each.get("url", "")).endswith(_ABSENT)
    ]
    if part.get("dataAbsentReason") is None:
        return found
    # Beside a value of a kind that is not read a reason takes nothing away.
    return ["not understood"] if held else codes_of(part["dataAbsentReason"]) or ["not understood"]


def _value(part: Resource) -> Any:
    """What stands there as a value; nothing where there is none."""
    if isinstance(held := part.get("valueQuantity"), dict) and held.get("value") is not None:
        sign = held.get("comparator", "")
        if sign and str(sign) not in _COMPARATORS:
            return NOT_READ
        unit = str(held.get("code") or held.get("unit") or "")
        return f"{sign}{held['value']} {'' if unit.startswith('{') and unit.endswith('}') else unit}".strip()
    if isinstance(concept := part.get("valueCodeableConcept"), dict):
        codes = codes_of(concept)
        ecog = next((_ECOG_ANSWERS[code] for code in codes if code in _ECOG_ANSWERS), None)
        course = next((_COURSE[code] for code in codes if code in _COURSE), None)
        return ecog if ecog is not None else course or words_of(concept) or NOT_READ
    if isinstance(ranged := part.get("valueRange"), dict):
        low, high = ranged.get("low", {}), ranged.get("high", {})
        return f"{low.get('value')}-{high.get('value')} {low.get('unit', '')}".strip()
    for name in ("valueInteger", "valueString", "valueBoolean", "valueDateTime"):
        if isinstance(part.get(name), str | int | float):
            return part[name]
    # A value of a kind that is not read, or of no kind at all, was found all the same.
    return NOT_READ if any(name.startswith("value") and part[name] is not None for name in part) else None


def subject_of(resource: Resource) -> str:
    """The reference to the patient a resource is about, empty where it names none."""
    for name in ("subject", "patient", "beneficiary", "for"):
        held = resource.get(name)
        if isinstance(held, dict) and held.get("reference"):
            return str(held["reference"])
    return ""


def contained_in(resource: Resource) -> Iterator[Resource]:
    """The resources that stand inside another; they have none inside themselves."""
    yield from (each for each in resource.get("contained", []) if isinstance(each, dict))
