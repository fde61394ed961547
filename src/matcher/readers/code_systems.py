"""What codes of other people's systems mean in our words: by system and code the list and the term.

A code means one term exactly, or a term that it lies below. The tables are data; a site adds its own as a CSV with the
columns ``system, code, list, term, text``. The term ``other`` of a list is a thing that is known and that none of our
words names; an empty list is a code that says nothing a rule could ask for. What stands in no table is not guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matcher.domain.wire.model import ROWS
from matcher.errors import nearest
from matcher.vocabulary import icd
from matcher.vocabulary.conditions import CONDITIONS, SNOMED_CONDITION, condition_of_icd10
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.oncotree import at_or_below
from matcher.vocabulary.tables import rows

_COLUMNS = ("system", "code", "list", "term", "text")
_LONGEST_CODE = 60
OTHER = "other"

# Every system by the name used here, with the names and addresses it goes by elsewhere.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "loinc": ("http://loinc.org", "LN", "urn:oid:2.16.840.1.113883.6.1"),
    "snomed": ("http://snomed.info/sct", "SNOMED-CT", "SNOMEDCT", "SNOMED CT", "SCT"),
    "rxnorm": ("http://www.nlm.nih.gov/research/umls/rxnorm", "RXCUI"),
    "atc": ("http://www.whocc.no/atc", "http://fhir.de/CodeSystem/bfarm/atc"),
    "ndc": ("http://hl7.org/fhir/sid/ndc",),
    "icd10": (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
        "ICD-10",
        "ICD-10-CM",
        "ICD-10-GM",
        "ICD10CM",
        "ICD10GM",
        "ICD-10-WHO",
    ),
    "icdo3": (
        "http://terminology.hl7.org/CodeSystem/icd-o-3",
        "urn:oid:2.16.840.1.113883.6.43.1",
        "ICD-O-3",
        "ICDO3",
        "ICDO",
    ),
    "oncotree": ("http://oncotree.mskcc.org", "http://oncotree.info"),
    "omop": ("OMOP concept",),
    "hemonc": ("HemOnc",),
    "hgnc": ("http://www.genenames.org", "http://www.genenames.org/geneId"),
    "ncit": ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "NCI Thesaurus", "NCI", "C-NCIT"),
    "synthea": (),
}
SYSTEMS = tuple(_NAMES)
_BY_NAME = {name.casefold(): system for system, names in _NAMES.items() for name in (system, *names)}


def system_of(name: str) -> str | None:
    """The system of a name or address."""
    return _BY_NAME.get(name.strip().casefold().rstrip("/"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """``list`` is a list of the profile, or ``observations``; it is empty where the code says nothing for us."""

    list: str
    term: str


class CodeTableError(ValueError):
    """A table of codes cannot be used."""


@dataclass(frozen=True)
class CodeTables:
    """Look-ups over all tables. Rows of a site come before those of the package."""

    rows: Mapping[tuple[str, str], Meaning] = field(default_factory=dict)

    def find(self, systems: Iterable[str], code: str) -> Meaning | None:
        """What the code means in the first of the systems that has it."""
        if len(code) > _LONGEST_CODE:
            return None
        for system in systems:
            found = self.rows.get((system, code.casefold())) or _computed(system, code)
            if found is not None:
                return found
        return None

    def extended_by(self, path: Path) -> CodeTables:
        """With the rows of a site's own table; everything wrong with the first bad row is said with its line."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise CodeTableError(f"the table of codes {path.name} cannot be read") from None
        reader = csv.DictReader(text.splitlines())
        lacking = [name for name in _COLUMNS[:4] if name not in (reader.fieldnames or ())]
        if lacking:
            raise CodeTableError(f"{path.name} has no column {', '.join(lacking)}")
        own = {}
        for row in reader:
            place = f"{path.name}, line {reader.line_num}"
            system = system_of(row["system"] or "")
            if system is None:
                raise CodeTableError(f"{place}: there is no code system '{row['system']}'")
            table, term = (row["list"] or "").strip(), (row["term"] or "").strip()
            if (fault := _fault(table, term)) is not None:
                raise CodeTableError(f"{place}: {fault}")
            own[(system, (row["code"] or "").strip().casefold())] = Meaning(table, term)
        return CodeTables({**self.rows, **own})


def _fault(table: str, term: str) -> str | None:
    """What is wrong with the meaning of a row; terms that only the rules know (agents) are taken."""
    if not table:
        return None
    if table not in (*ROWS, "observations"):
        return f"profiles have no list '{table}'"
    if not term and table != "radiotherapy":
        return "the code leads to a list and to no term"
    known: Iterable[str] | None = {
        "conditions": CONDITIONS.codes,
        "diagnoses": DIAGNOSES.codes,
        "labs": LAB_TESTS,
        "observations": OBSERVATIONS,
    }.get(table)
    if known is None or term == OTHER or term in known:
        return None
    guess = nearest(term, list(known))
    return f"'{term}' is no term of {table}" + (f"; did you mean '{guess}'?" if guess else "")


def _computed(system: str, code: str) -> Meaning | None:
    """What a code says by its place in its system: ICD-10, ICD-O-3 and OncoTree are ordered so."""
    match system:
        case "icd10":
            cancer = icd.diagnosis_of_icd10(code)
            if cancer is not None:
                return Meaning("diagnoses", cancer)
            condition = condition_of_icd10(code)
            return Meaning("conditions", condition) if condition is not None else None
        case "icdo3":
            morphology, _, topography = code.strip().partition(" ")
            found = icd.diagnosis_of_icdo(morphology, topography) or icd.organ_of_icdo(morphology, topography)
            return Meaning("diagnoses", found) if found is not None else None
        case "oncotree" if (node := at_or_below(code)) is not None:
            return Meaning("diagnoses", node)
        case "snomed" if (condition := SNOMED_CONDITION.get(code)) is not None:
            return Meaning("conditions", condition)
    return None


def _built_in() -> CodeTables:
    found = {
        ("loinc", code.casefold()): Meaning("labs", test.code)
        for test in LAB_TESTS.values()
        for code in test.loinc
    }
    for row in rows("codes.csv"):
        found[(row["system"], row["code"].casefold())] = Meaning(row["list"], row["term"])
    return CodeTables(found)


BUILT_IN = _built_in()
