"""The same in other words: codes, titles and synonyms from the vocabularies, and what every reader of them knows.

Only names that stand for the very same set of leaves. Genes, variants and units are listed here by hand, from HGNC,
HGVS and UCUM, so that the vocabularies are not asked about themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matcher.readers import lookup
from matcher.readers.lookup import Lookup
from matcher.vocabulary import codes
from matcher.vocabulary.biomarkers import MARKERS, METHOD, SCORE_TYPE, STATUS
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.tree import Tree
from tests.small_formulary import SMALL_FORMULARY
from tests.written import Record

GENES: Mapping[str, Sequence[str]] = {
    "KMT2D": ("MLL2", "kmt2d", "ALR"),
    "ERBB2": ("HER2", "NEU", "her2/neu"),
    "NF2": ("nf2", "schwannomin"),
    "BAP1": ("bap1", "UCHL2"),
    "BRAF": ("BRAF1", "braf"),
    "ALK": ("alk", "CD246"),
    "EML4": ("eml4", "ROPP120"),
    "KIF5B": ("KNS1", "kif5b"),
}
CHANGES: Mapping[str, Sequence[str]] = {
    "V600E": ("p.V600E", "p.(V600E)", "p.Val600Glu", "p.(Val600Glu)", "Val600Glu", "v600e"),
    "V600K": ("p.V600K", "p.Val600Lys"),
    "G12C": ("p.G12C", "p.Gly12Cys", "p.(Gly12Cys)"),
}
#: spellings of one unit, and units in which the number is the same
UNITS: Sequence[frozenset[str]] = (
    frozenset({"10*9/L", "10^9/L", "x10^9/L", "10\u2079/L", "10*3/uL", "10^3/uL", "10\u00b3/\u00b5L", "/nL", "K/uL", "Giga/L"}),
    frozenset({"U/L", "IU/L", "u/l", "[IU]/L"}),
    frozenset({"g/dL", "g/dl"}),
    frozenset({"mg/dL", "mg/dl"}),
    frozenset({"mL/min", "ml/min"}),
    frozenset({"mg", "mg/d", "mg/day", "mg per day"}),
    frozenset({"Gy", "gy", "gray"}),
)  # fmt: skip
_ICD10: Mapping[str, Sequence[str]] = {
    "lupus": ("M32", "M32.9"), "psoriasis": ("L40", "L40.0"), "hiv": ("B20", "B24"), "stroke": ("I64", "CVA"),
    "pneumonitis": ("J70.2",),
}  # fmt: skip
_TREES: Mapping[tuple[str, str], Tree] = {
    ("diagnoses", "code"): DIAGNOSES,
    ("diagnoses", "index"): codes.YES_NO,
    ("alterations", "kind"): codes.ALTERATION_KIND,
    ("therapies", "kind"): codes.THERAPY_KIND,
    ("therapies", "ongoing"): codes.YES_NO,
    ("therapies", "role"): codes.THERAPY_ROLE,
    ("therapies", "response"): codes.RESPONSE,
    ("therapies", "progressed"): codes.YES_NO,
    ("therapies", "stopped_for"): codes.STOP_REASON,
    ("procedures", "procedure"): PROCEDURES,
    ("radiotherapy", "field"): codes.RADIOTHERAPY_FIELD,
    ("radiotherapy", "intent"): codes.RADIOTHERAPY_INTENT,
    ("conditions", "condition"): CONDITIONS,
    ("conditions", "status"): codes.CONDITION_STATUS,
    ("medications", "route"): codes.ROUTE,
    ("biomarkers", "marker"): MARKERS,
    ("biomarkers", "method"): METHOD,
    ("biomarkers", "status"): STATUS,
    ("biomarkers", "score_type"): SCORE_TYPE,
    ("diagnoses", "histology"): HISTOLOGY,
}
_OBSERVED = {"sex": codes.SEX, "pregnant": codes.YES_NO, "resectability": codes.RESECTABILITY}
_READ: Mapping[tuple[str, str], Lookup] = {
    ("diagnoses", "code"): lookup.DIAGNOSIS,
    ("conditions", "condition"): lookup.CONDITION,
}


def of_tree(tree: Tree, text: str) -> tuple[str, ...]:
    """Every other name of the node, those left out that two nodes share."""
    code = tree.lookup(text)
    if code is None:
        return ()
    names = (code, tree.title(code), tree.title(code).upper(), *tree.synonyms(code))
    return _others(text, (each for each in names if tree.lookup(each) == code))


def of_agent(text: str) -> tuple[str, ...]:
    """Other names of an agent or a class; of several agents, other orders and other signs between them."""
    parts = text.split(" + ")
    if len(parts) > 1:
        turned = " + ".join(reversed(parts))
        return _others(text, (turned, "/".join(parts), " and ".join(parts), ", ".join(parts)))
    code = SMALL_FORMULARY.lookup(text)
    if code is None:
        return ()
    held = SMALL_FORMULARY.agents.get(code) or SMALL_FORMULARY.classes[code]
    title = (held.title,) if hasattr(held, "title") else (code.replace("_", " "),)
    return _others(text, (code, *title, code.upper(), *held.synonyms))


def of_unit(text: str) -> tuple[str, ...]:
    return _others(text, sorted(each for group in UNITS if text in group for each in group))


def synonyms(record: Record, field: str) -> tuple[str, ...]:
    """What else could be written in this cell for the very same fact."""
    table, text = record.table, record.fields[field]
    if field == "none_of":
        return _absent(table, text)
    match table, field:
        case "observations", "value":
            tree = _OBSERVED.get(record.fields["name"])
            return of_tree(tree, text) if tree is not None else _number(text)
        case ("therapies" | "medications", "agents"):
            return of_agent(text)
        case "alterations", ("gene" | "partner"):
            return _others(text, GENES.get(text, ()))
        case "alterations", "protein_change":
            spelled = CHANGES.get(text, ())
            named = (f"{record.fields['gene']} {text}", f"{record.fields['gene']} p.{text}")
            return _others(text, (*spelled, *named))
        case _, "unit":
            return of_unit(text)
        case "labs", "test":
            return _others(text, (text.upper(), *LAB_TESTS[text].aliases))
        case _, ("value" | "dose" | "percent_positive" | "score" | "grade" | "cycles" | "line"):
            return _number(text)
    tree = _TREES.get((table, field))
    found = of_tree(tree, text) if tree is not None else ()
    return (*found, *_ICD10.get(text, ())) if table == "conditions" and field == "condition" else found


def _absent(table: str, text: str) -> tuple[str, ...]:
    match table:
        case "therapies" | "medications":
            return of_agent(text)
        case "alterations":
            return _others(text, GENES.get(text, ()))
        case "conditions":
            return of_tree(CONDITIONS, text)
        case "procedures":
            return of_tree(PROCEDURES, text)
        case "diagnoses":
            return of_tree(DIAGNOSES, text)
    return of_tree(codes.RADIOTHERAPY_INTENT, text)


def _number(text: str) -> tuple[str, ...]:
    if text.replace(".", "", 1).isdigit():
        return (f"{text}.0" if "." not in text else f"{text}0", f" {text} ")
    if text[:1] in "<>":
        return (f"{text[0]} {text[1:]}",)
    return ()


def _others(text: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in names if each != text))
