"""What a column of an unknown export holds, by its name and by what stands in it, and how a mapping says so.

A name that is known is sure. What stands in a column is only likely to be what it looks like (a cancer may be the
mother's), so that what is taken for that alone carries a TODO.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matcher.readers.lookup import DIAGNOSIS
from matcher.vocabulary.biomarkers import MARKERS, STATUS
from matcher.vocabulary.codes import SEX
from matcher.vocabulary.icd import icd10_code
from matcher.vocabulary.laboratory import LAB_TESTS, lab_test
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.text import words
from matcher.vocabulary.units import UnitError, ucum

SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})(?:\D.*)?")
_ISO = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?(?:[T ].*)?")
_NUMBER = re.compile(r"[<>≤≥]?=?\s?\d+(?:[.,]\d+)?\s?%?")
_STATUS_OF_FITNESS = re.compile(r"(?:ECOG\s*)?[0-4](?:\s*(?:[-/]|or|to)\s*[0-4])?(?:\s*\(.*)?", re.IGNORECASE)
_UNIT_IN_NAME = re.compile(r"[\[(]([^\[\]()]{1,20})[\])]\s*$")
_OF_ANOTHER = re.compile(
    r"famil|mother|father|sibling|relative|parent|mutter|vater|secondary|second|other|prior"
)
_BESIDE_A_MARKER = re.compile(
    r"%|\b(?:percent|pct|positive|expression|status|result|ihc|tumou?r|score|level|cells)\b"
)
_MOST_VALUES = 40
_SINGLE: Mapping[str, tuple[str, ...]] = {
    "birth_date": ("birth date", "date of birth", "dob", "birthdate", "geburtsdatum", "born", "birthday"),
    "age": ("age", "alter", "age years", "age at visit"),
    "sex": ("sex", "gender", "geschlecht", "sexe", "biological sex"),
    "diagnosis": (
        *(
            "diagnosis",
            "diagnose",
            "dx",
            "primary dx",
            "primary diagnosis",
            "hauptdiagnose",
            "main diagnosis",
        ),
        *(
            "cancer",
            "cancer type",
            "primary cancer",
            "malignancy",
            "tumor",
            "tumour",
            "tumor type",
            "tumour type",
        ),
        *("icd", "icd10", "icd 10", "icd code", "icd 10 code", "oncotree", "oncotree code"),
    ),
    "histology": ("histology", "histologie", "histological type", "histologic type"),
    "ecog": (
        *(
            "ecog",
            "ecog ps",
            "ecog score",
            "ecog status",
            "performance status ecog",
            "ecog performance status",
        ),
        *("ps", "who ps", "performance status", "who performance status", "zubrod"),
    ),
    "karnofsky": ("karnofsky", "kps", "karnofsky index"),
    "weight": ("weight", "gewicht", "body weight", "weight kg"),
    "height": ("height", "groesse", "größe", "body height", "height cm"),
}
_AS_OF = (
    *(
        "as of",
        "visit",
        "visit date",
        "date of visit",
        "last visit",
        "last contact",
        "besuch",
        "datum",
        "date",
    ),
    "snapshot date",
)
#: names of columns that hold a list, by the list, with the field that is written out
_LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "therapies": (
        "agents",
        (
            *("therapy", "therapies", "treatment", "treatments", "regimen", "regimens", "chemotherapy"),
            *(
                "prior therapy",
                "prior therapies",
                "prior treatment",
                "prior treatments",
                "prior tx",
                "prior lines",
            ),
            *("prior systemic therapy", "previous treatment", "previous treatments", "previous therapy"),
            *("treatment history", "systemic therapy", "vortherapie", "vortherapien", "therapie"),
            *("drug", "drugs", "agent", "agents", "substance", "wirkstoff"),
        ),
    ),
    "medications": (
        "agents",
        (
            *(
                "medication",
                "medications",
                "meds",
                "current meds",
                "current medication",
                "current medications",
            ),
            *("concomitant medication", "concomitant medications", "conmeds", "con meds", "home meds"),
            *("medikament", "medikamente", "medikation", "dauermedikation", "begleitmedikation"),
        ),
    ),
    "conditions": (
        "condition",
        (
            *("condition", "conditions", "comorbidity", "comorbidities", "pmh", "past medical history"),
            *("medical history", "problem list", "problems", "nebendiagnosen", "begleiterkrankungen"),
            "vorerkrankungen",
        ),
    ),
    "procedures": (
        "procedure",
        (
            *("procedure", "procedures", "surgery", "surgeries", "prior surgery", "prior surgeries"),
            *("surgical history", "past surgical history", "psh", "operation", "operations", "operationen"),
        ),
    ),
}


@dataclass(slots=True)
class Column:
    """A column and the texts that stand in it, cut to eighty characters."""

    name: str
    values: Counter[str] = field(default_factory=Counter)
    filled: int = 0

    def share(self, pattern: re.Pattern[str]) -> float:
        seen = self.values.total()
        return sum(n for text, n in self.values.items() if pattern.fullmatch(text)) / seen if seen else 0.0

    @property
    def plain(self) -> str:
        return words(_UNIT_IN_NAME.sub("", self.name).replace(".", " ").replace("_", " "))

    @property
    def are_dates(self) -> bool:
        return self.share(_ISO) > 0.8 or self.share(SLASHED) > 0.8


def mapped(columns: Sequence[Column], *, several: bool) -> Iterator[str]:
    """What a mapping says of the columns; ``several``: whether a patient has several rows."""
    facts: dict[str, str] = {}
    rows: dict[str, list[str]] = {}
    whole: list[str] = []
    left: list[str] = []
    source = "from: rows, " if several else ""
    day = next((each for each in columns if each.plain in _AS_OF and each.are_dates), None)
    for each in columns:
        fact = _fact_of(each)
        test = lab_test(_UNIT_IN_NAME.sub("", each.name).strip()) or lab_test(each.plain)
        listed = next((name for name, (_, known) in _LISTS.items() if each.plain in known), None)
        if each is day:
            continue
        if fact is not None and fact not in facts:
            own = source if fact in OBSERVATIONS else ""
            todo = "" if each.plain in _SINGLE.get(fact, (fact.replace("_", " "),)) else _LOOKS_LIKE
            facts[fact] = f"  {fact}: {{{own}column: {_quoted(each.name)}{_reading(each, fact)}}}{todo}"
        elif test is not None:
            rows.setdefault("labs", []).extend(_lab_lines(each, test.code, source, day))
        elif listed is not None:
            rows.setdefault(listed, []).extend(_list_lines(each, _LISTS[listed][0], source))
            # Where nothing was "none", the columns of the list do not say when it is whole.
            if any(words(text) == "none" for text in each.values):
                whole.append(
                    f"{{column: {_quoted(each.name)}, values: {{none: {listed}}}, otherwise: unknown}}"
                )
        elif (marker := _marker_of(each)) is not None:
            rows.setdefault("biomarkers", []).extend(_marker_lines(each, marker, source))
        else:
            left.append(each.name)
    if day is not None:
        if "labs" in rows:
            yield f"# TODO were laboratory values measured on the day in {_quoted(day.name)}? They are dated by it."
        yield f"as_of: {{{source}column: {_quoted(day.name)}{', take: latest' if several else ''}}}"
    else:
        yield "# No column was taken for the day that a record describes: give it with --as-of."
    if facts or (whole and not several):
        yield "facts:"
        yield from facts.values()
        if whole and not several:
            yield "  complete:"
            yield from (f"    - {each}" for each in whole)
    if rows:
        yield "rows:"
        for name, lines in rows.items():
            yield f"  {name}:"
            yield from lines
    if left:
        yield "ignore:"
        yield f"  - columns: [{', '.join(map(_quoted, left))}]"
        yield f"    because: {_TODO_IGNORED}"


_TODO_IGNORED = "TODO say why, or map them"
_LOOKS_LIKE = "  # TODO this is what its values look like; is it the patient's own?"


def _fact_of(column: Column) -> str | None:
    for fact, names in _SINGLE.items():
        if column.plain in names and (fact != "ecog" or column.share(_STATUS_OF_FITNESS) > 0.8):
            return fact
    if column.plain.replace(" ", "_") in OBSERVATIONS:
        return column.plain.replace(" ", "_")
    texts = set(column.values)
    if texts and len(texts) <= 6 and all(SEX.lookup(text) is not None for text in texts):
        return "sex"
    if column.filled and not _OF_ANOTHER.search(column.plain):
        cancers = sum(n for text, n in column.values.items() if _is_cancer(text))
        if cancers / column.filled > 0.8:
            return "diagnosis"
    return None


def _is_cancer(text: str) -> bool:
    if icd10_code(text) is not None:
        return text[:1] in "CD"
    return not text[:1].isdigit() and DIAGNOSIS.resolve(text) is not None


def _reading(column: Column, fact: str) -> str:
    """How the values are read; those that nobody knows are a value map to fill in."""
    if fact == "birth_date":
        return ", as: date"
    look = {"sex": SEX.lookup, "diagnosis": DIAGNOSIS.resolve}.get(fact)
    if fact == "ecog" and not all(text in "01234" for text in column.values):
        return r", patterns: [{matches: '(?:ECOG\s*)?([0-4])(?:\s*[(:-]\s*[^\W\d][^\d]*)?', means: '\1'}], otherwise: keep"
    if look is None:
        unit = OBSERVATIONS[fact].unit if fact in OBSERVATIONS else ""
        return f", unit: {_quoted(unit)}" if unit and fact in ("weight", "height") else ""
    strange = [text for text, _ in column.values.most_common(_MOST_VALUES) if look(text) is None]
    if not strange:
        return ""
    pairs = ", ".join(f"{_quoted(text)}: null" for text in strange)
    return f", otherwise: keep, values: {{{pairs}}}"


def _lab_lines(column: Column, test: str, source: str, day: Column | None) -> Iterator[str]:
    unit = _UNIT_IN_NAME.search(column.name)
    said = (
        unit[1]
        if unit is not None and _is_unit(unit[1])
        else f"TODO one of {', '.join(LAB_TESTS[test].usual_units) or 'none'}"
    )
    yield "    - needs: [value]"
    if source:
        yield "      from: rows"
    yield "      fields:"
    yield f"        test: {{constant: {test}}}"
    yield f"        value: {{column: {_quoted(column.name)}}}"
    yield f"        unit: {{constant: {_quoted(said)}}}"
    if day is not None:
        yield f"        date: {{column: {_quoted(day.name)}, as: date}}"


def _list_lines(column: Column, name: str, source: str) -> Iterator[str]:
    """A row for each of what stands in a cell, one behind the other."""
    parted = next((each for each in ";|\n" if any(each in text for text in column.values)), ";")
    yield f"    - spread: {name}"
    yield f"      needs: [{name}]"
    if source:
        yield "      from: rows"
    yield "      fields:"
    split = '"\\n"' if parted == "\n" else f'"{parted}"'
    yield f"        {name}: {{column: {_quoted(column.name)}, split: {split}, values: {{none: null}}, otherwise: keep}}"


def _marker_of(column: Column) -> str | None:
    """The marker that the column is named after, alone or with the words that stand beside one."""
    bare = words(_BESIDE_A_MARKER.sub(" ", _UNIT_IN_NAME.sub("", column.name).replace("_", " ").casefold()))
    return MARKERS.lookup(bare) if bare else None


def _marker_lines(column: Column, marker: str, source: str) -> Iterator[str]:
    if column.share(_NUMBER) < 0.5:
        read, todo = "status", "" if _mostly_stated(column) else "  # TODO what do its words mean?"
    elif re.search(r"%|percent|pct", column.name.casefold()):
        read, todo = "percent_positive", ""
    else:
        read, todo = "number", "  # TODO a number, a score, or a percentage of positive cells?"
    yield f"    - needs: [{read}]"
    if source:
        yield "      from: rows"
    yield "      fields:"
    yield f"        marker: {{constant: {marker}}}"
    yield f"        {read}: {{column: {_quoted(column.name)}}}{todo}"


def _mostly_stated(column: Column) -> bool:
    known = sum(n for text, n in column.values.items() if STATUS.lookup(text) is not None)
    return known > column.values.total() / 2


def _is_unit(text: str) -> bool:
    try:
        return bool(ucum(text))
    except UnitError:
        return False


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
