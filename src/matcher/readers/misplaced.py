"""What is recorded in one list and belongs to another: a cancer among the conditions, surgery among the treatments.

Hospitals keep one list of problems and one of treatments. A prostate cancer among the conditions that was only not
understood there would be no cancer at all for a rule that asks for another one, and a lobectomy among the therapies no
operation. A name that is known in another list is a record of that one; a text that nobody understands, and that has
the words of another list, keeps that one open. A denial is not read for another list: it stays where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NO, SUSPECTED, YES, Codes
from matcher.domain.record import Condition, Diagnosis, Medication, Procedure, Radiotherapy
from matcher.domain.source import Source
from matcher.readers import lookup
from matcher.readers.agents import is_agent
from matcher.readers.context import Asserted, Context, is_unknown, read_asserted
from matcher.readers.lookup import Lookup
from matcher.readers.value import UnreadableError
from matcher.vocabulary.marks import Assertion
from matcher.vocabulary.text import words

#: first and last day of a record
Days: TypeAlias = tuple[DateSpan | None, DateSpan | None]

#: in which lists a name is looked for that its own does not know, the surest first
_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "conditions": ("diagnoses", "procedures", "radiotherapy", "medications"),
    "diagnoses": ("conditions", "procedures", "radiotherapy", "medications"),
    "procedures": ("radiotherapy", "conditions", "diagnoses", "medications"),
    "therapies": ("procedures", "radiotherapy", "conditions", "diagnoses"),
    "medications": ("procedures", "radiotherapy", "conditions", "diagnoses"),
}
# The words that keep a list open, in what is written elsewhere and not understood. What is done for a cancer names it,
# so that its words say nothing there.
_OPENED = {
    "diagnoses": re.compile(
        r"\bca\b|cancer|carcinoma|tumou?r|malignan|lymphoma|leuka?emia|myeloma|sarcoma|melanoma|neoplasm|"
        r"blastoma|glioma",
        re.IGNORECASE,
    ),
    "procedures": re.compile(
        r"transplant|ectomy|surgery|surgical|operation|resection|bypass|graft", re.IGNORECASE
    ),
    "radiotherapy": re.compile(r"radiotherap|radiation|irradiat|\brt\b|\bgy\b", re.IGNORECASE),
    "medications": re.compile(
        r"chemo|immunotherap|steroid|anticoagul|treated with|therapy with|"
        r"[a-z]{3}(?:mab|nib|platin|taxel|rubicin|limus)\b",
        re.IGNORECASE,
    ),
}
_NAMES_ITS_CANCER = frozenset({"procedures", "therapies", "medications"})
_RADIOTHERAPY = frozenset({"radiotherapy"})
_ANY_INTENT = Codes(lookup.INTENT.leaves)


def belongs_elsewhere(
    context: Context,
    own: str,
    text: object,
    days: Callable[[], Days],
    source: Source,
    status: Callable[[], Assertion | None],
) -> bool:
    """Whether its ``own`` list does not know a text that is a record of another one, which has been kept for it.

    ``days`` and ``status``, what stands beside it, are asked of such a record only.
    """
    if not isinstance(text, str) or is_unknown(text) or _knows(context, own, text):
        return False
    for table in _ELSEWHERE[own]:
        found = _named(text, _names(context, table))
        if found is None or (codes := found.codes) is None:
            continue
        said = status()
        if Assertion.ABSENT in (found.assertion, said):
            return False
        assertion = found.said_by(said).assertion
        if assertion is not Assertion.NOT_PATIENTS:
            record = _record(table, codes, assertion, text, days(), source)
            context.elsewhere.append((table, record))
        return True
    for table in _ELSEWHERE[own]:
        if _may_be_of(context, table, text) and not (table == "diagnoses" and own in _NAMES_ITS_CANCER):
            context.elsewhere.append((table, _anything(table, text, source)))
    return False


def _knows(context: Context, own: str, text: str) -> bool:
    if own in ("therapies", "medications"):
        return is_agent(context.formulary, text)
    return _named(text, _names(context, own)) is not None


def _may_be_of(context: Context, table: str, text: str) -> bool:
    if table not in _OPENED:
        return False
    named = table == "medications" and any(map(context.formulary.knows, words(text).split()))
    return named or _OPENED[table].search(text) is not None


def _names(context: Context, table: str) -> Lookup:
    match table:
        case "conditions":
            return lookup.CONDITION
        case "diagnoses":
            return lookup.DIAGNOSIS
        case "procedures":
            return lookup.PROCEDURE
        case "radiotherapy":
            return Lookup("radiotherapy", _radiotherapy)
    return context.agent


def _radiotherapy(text: str) -> frozenset[str] | None:
    return _RADIOTHERAPY if lookup.treatment_members(text) == _RADIOTHERAPY else None


def _named(text: str, names: Lookup) -> Asserted | None:
    try:
        return read_asserted(text, names)
    except UnreadableError:
        return None


def _record(table: str, codes: Codes, assertion: Assertion, text: str, days: Days, source: Source) -> Any:
    """The record. A cancer may be the index cancer told again, and an agent the cause of something: only perhaps."""
    start, end = days
    said = codes.doubted(SUSPECTED) if assertion is Assertion.SUSPECTED else codes
    match table:
        case "conditions":
            return Condition(said, start=start, end=end, label=text, source=source)
        case "diagnoses":
            return Diagnosis(codes.doubted(SUSPECTED), NO, YES, on=start, source=source)
        case "procedures":
            return Procedure(said, start, end, text, source)
        case "radiotherapy":
            doubted = _ANY_INTENT.doubted(SUSPECTED) if assertion is Assertion.SUSPECTED else _ANY_INTENT
            return Radiotherapy(intent=doubted, start=start, end=end, source=source)
    return Medication((codes.doubted(SUSPECTED),), None, start, end, label=text, source=source)


def _anything(table: str, text: str, source: Source) -> Any:
    """Something of that list, perhaps."""
    match table:
        case "diagnoses":
            return Diagnosis(Codes(lookup.DIAGNOSIS.leaves).doubted(SUSPECTED), NO, YES, source=source)
        case "procedures":
            return Procedure(None, label=text, source=source)
        case "radiotherapy":
            return Radiotherapy(intent=_ANY_INTENT.doubted(SUSPECTED), source=source)
    return Medication((None,), label=text, source=source)
