"""What is recorded in one list and belongs to another: a cancer among the conditions, a condition among the cancers.

Hospitals keep one list of problems. A prostate cancer among them that was only not understood there would be no cancer
at all for a rule that asks for another one, and a kidney transplant no transplant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from matcher.domain.possible import NO, SUSPECTED, YES, Codes
from matcher.domain.record import Condition, Diagnosis, Procedure, Radiotherapy
from matcher.readers import lookup
from matcher.readers.context import Asserted, Context, is_unknown, read_asserted
from matcher.readers.lookup import Lookup
from matcher.readers.value import UnreadableError
from matcher.vocabulary.marks import Assertion

_ONLY = frozenset({"radiotherapy"})
_RADIOTHERAPY = Lookup(
    "radiotherapy", lambda text: _ONLY if lookup.treatment_members(text) == _ONLY else None
)
_ANY_INTENT = Codes(lookup.INTENT.leaves)
_ANY_CANCER = Codes(lookup.DIAGNOSIS.leaves).doubted(SUSPECTED)
# Where only these words of a text are understood, it may be such a record.
_CANCER = re.compile(
    r"\bca\b|cancer|carcinoma|tumou?r|malignan|lymphoma|leuka?emia|myeloma|sarcoma|melanoma|neoplasm|blastoma|glioma",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"transplant|ectomy|surgery|operation|resection|bypass|graft", re.IGNORECASE)


def among_conditions(context: Context, fields: Mapping[str, Any], path: str, said: Assertion | None) -> bool:
    """Whether the row is no condition, and what it is instead has been kept for its own list.

    ``said`` is what its status says. A cancer there may be the index cancer told again, so that it is another one only
    perhaps.
    """
    raw = str(fields.get("condition"))
    if _named(raw, lookup.CONDITION) is not None:
        return False
    for names in (lookup.DIAGNOSIS, lookup.PROCEDURE, _RADIOTHERAPY):
        found = _named(fields.get("condition"), names)
        # A denial stays where it stands, and open: it is not read for another list.
        if found is None or found.codes is None or Assertion.ABSENT in (found.assertion, said):
            continue
        codes, found = found.codes, found.said_by(said)
        start, end = (context.date(fields, each, path) for each in ("start", "end"))
        source = context.source(f"{path}.condition")
        if names is lookup.DIAGNOSIS:
            cancer = Diagnosis(codes.doubted(SUSPECTED), NO, YES, on=start, source=source)
            return _keep(context, "diagnoses", found, cancer)
        if names is lookup.PROCEDURE:
            return _keep(context, "procedures", found, Procedure(_said(found), start, end, raw, source))
        course = Radiotherapy(intent=_ANY_INTENT, start=start, end=end, source=source)
        return _keep(context, "radiotherapy", found, course)
    _open(context, raw, f"{path}.condition")
    return False


def _open(context: Context, text: str, path: str) -> None:
    """A text that nobody understands may be of a cancer or an operation, if it has their words."""
    denied = [_named(text, each) for each in (lookup.DIAGNOSIS, lookup.PROCEDURE)]
    if any(each is not None and each.assertion is Assertion.ABSENT for each in denied):
        return
    source = context.source(path)
    if _CANCER.search(text):
        context.elsewhere.append(("diagnoses", Diagnosis(_ANY_CANCER, NO, YES, source=source)))
    if _OPERATION.search(text):
        context.elsewhere.append(("procedures", Procedure(None, label=text, source=source)))


def among_diagnoses(context: Context, row: Mapping[str, Any], path: str) -> bool:
    """The same of a condition among the cancers."""
    raw = str(row.get("code"))
    ill = _named(row.get("code"), lookup.CONDITION)
    if (
        ill is None
        or ill.codes is None
        or ill.assertion is Assertion.ABSENT
        or not is_unknown(row.get("index"))
    ):
        return False
    if _named(raw, lookup.DIAGNOSIS) is not None:
        return False
    start = context.date(row, "date", path)
    kept = Condition(_said(ill), start=start, label=raw, source=context.source(f"{path}.code"))
    return _keep(context, "conditions", ill, kept)


def _named(text: object, names: Lookup) -> Asserted | None:
    if not isinstance(text, str) or is_unknown(text):
        return None
    try:
        return read_asserted(text, names)
    except UnreadableError:
        return None


def _said(found: Asserted) -> Codes | None:
    if found.codes is None or found.assertion is not Assertion.SUSPECTED:
        return found.codes
    return found.codes.doubted(SUSPECTED)


def _keep(context: Context, table: str, found: Asserted, record: object) -> bool:
    if found.assertion is not Assertion.NOT_PATIENTS:
        context.elsewhere.append((table, record))
    return True
