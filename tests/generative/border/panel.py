"""One rule that asks about everything generated patients say: a few hundred nodes, evaluated together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matcher.rules.condition import Branch
from matcher.rules.graph import Graph, NodeId, Read, Test
from matcher.rules.judgement import left_to_a_person
from matcher.rules.override import has_been_judged
from tests.generative.graphs import parts, read
from tests.generative.profiles import JUDGED, OVERRIDDEN

_CLASSES = ("platinum", "chemotherapy", "checkpoint_inhibitor", "immunotherapy", "nivolumab", "cisplatin")


def _conditions() -> Iterator[dict[str, Any]]:
    for limit in (0, 1, 2):
        yield {"ecog": {"at_most": limit}}
        yield {"ecog": {"at_most": limit, "within": "14 days"}}
    for score in (60, 80):
        yield {"karnofsky": {"at_least": score}}
    for word in ("sex", "pregnant", "resectability"):
        codes = {"sex": "female", "pregnant": "yes", "resectability": "resectable"}
        yield {word: {"in": [codes[word]]}}
    yield {"lvef": {"at_least": "50 %"}}
    yield {"lvef": {"at_least": "50 %", "within": "6 months"}}
    yield {"suitable_for": {"therapy": "cisplatin", "is": True}}
    for years in (18, 65):
        yield {"age": {"at_least": f"{years} years"}}
    for limit in (75, 100):
        yield {"lab": {"test": "platelets", "at_least": f"{limit} 10*9/L"}}
        yield {"lab": {"test": "platelets", "at_least": f"{limit} 10*9/L", "within": "14 days"}}
        yield {"lab": {"test": "platelets", "at_least": f"{limit} 10*9/L", "within": "1 years"}}
    for times in (1, 2.5):
        yield {"lab": {"test": "alt", "at_most": f"{times} x ULN"}}
    yield {"lab": {"test": "albumin", "at_least": "LLN"}}
    yield {"lab": {"test": "albumin", "at_least": "3.5 g/dL"}}
    for limit in (45, 60):
        yield {"creatinine_clearance": {"at_least": f"{limit} mL/min"}}
    yield {"egfr": {"at_least": "60 mL/min/{1.73_m2}"}}
    for asked in ({}, {"method": "ihc"}):
        yield {"biomarker": {"marker": "mesothelin", **asked, "percent_positive": {"at_least": 10}}}
        yield {"biomarker": {"marker": "mesothelin", **asked, "status": {"in": ["positive"]}}}
    yield {"biomarker": {"marker": "mesothelin", "within": "6 months", "intensity": {"at_least": 2}}}
    yield {"biomarker": {"marker": "pd_l1", "score_type": "cps", "score": {"at_least": 5}}}
    yield {"biomarker": {"marker": "msi", "category": {"in": ["msi_high"]}}}
    for code in ("PLMESO", "PLEMESO", "BRCA"):
        yield {"diagnosis": {"in": [code]}}
    for code in ("epithelioid", "sarcomatoid"):
        yield {"histology": {"in": [code]}}
    yield {"other_cancer": {"at_most": 0}}
    yield {"other_cancer": {"except": ["BCC"], "within": "3 years", "at_most": 0}}
    for letter, categories in (("tnm_t", ["T1", "T2"]), ("tnm_n", ["N0"]), ("tnm_m", ["M0"])):
        yield {letter: {"edition": "8", "in": categories}}
        yield {letter: {"in": categories}}
    for stage in ("IA", "III", "IV"):
        yield {"stage": {"scheme": "ajcc8_pleural", "in": [stage]}}
    yield from _lists()


def _lists() -> Iterator[dict[str, Any]]:
    for each in _CLASSES:
        yield {"prior": {"therapy": each}}
        yield {"prior": {"therapy": each, "within": "28 days"}}
        yield {"prior": {"therapy": each, "role": "adjuvant"}}
        yield {"prior": {"therapy": each, "at_most": 1}}
        yield {"prior": {"therapy": each, "at_least": 2}}
        yield {"ongoing": {"therapy": each}}
        yield {"progressed": {"therapy": each}}
        yield {"progressed": {"therapy": each, "within": "6 months"}}
        yield {"stopped_for": {"therapy": each, "reason": "toxicity"}}
        yield {"best_response": {"therapy": each, "in": ["complete_response", "partial_response"]}}
        yield {"cycles": {"therapy": each, "at_least": 4}}
        yield {"days_since": {"therapy": each, "at_least": "28 days"}}
        yield {"lines_of_therapy": {"therapy": each, "at_most": 1}}
    for limit in (1, 2):
        yield {"lines_of_therapy": {"at_most": limit}}
        yield {"lines_of_therapy": {"at_least": limit}}
    yield {"days_since": {"therapy": "chemotherapy", "before": "leukapheresis", "at_least": "14 days"}}
    for event in ("progression",):
        yield {"days_since": {"event": event, "at_least": "28 days"}}
    for code in ("major_surgery", "biopsy"):
        yield {"procedure": {"is": code}}
        yield {"procedure": {"is": code, "within": "28 days"}}
        yield {"procedure": {"is": code, "at_most": 1}}
    yield {"days_since": {"procedure": "major_surgery", "at_least": "28 days"}}
    for intent in ("palliative", "curative"):
        yield {"radiotherapy": {"intent": intent}}
        yield {"radiotherapy": {"intent": intent, "field": "chest", "within": "28 days"}}
        yield {"days_since": {"radiotherapy": intent, "at_least": "28 days"}}
    for dose in (30, 50):
        yield {"radiotherapy_dose": {"at_most": f"{dose} Gy"}}
        yield {"radiotherapy_dose": {"field": "chest", "at_least": f"{dose} Gy"}}
    for code in ("autoimmune_disease", "lupus", "pneumonitis", "hiv", "stroke", "toxicity"):
        yield {"condition": {"is": code}}
        yield {"condition": {"is": code, "status": "active"}}
        yield {"condition": {"is": code, "grade_at_least": 2}}
        yield {"condition": {"is": code, "within": "6 months"}}
        yield {"condition": {"is": code, "at_most": 1}}
    yield {"days_since": {"condition": "pneumonitis", "at_least": "6 months"}}
    yield {"worst_grade": {"is": "pneumonitis", "at_most": 1}}
    for gene in ("NF2", "BRAF", "ALK", "KMT2D"):
        yield {"alteration": {"gene": gene}}
        yield {"alteration": {"gene": gene, "kind": "mutation"}}
    yield {"alteration": {"gene": "BRAF", "protein_change": "p.V600E"}}
    yield {"alteration": {"gene": "ALK", "kind": "fusion", "partner": "EML4"}}
    for each in ("corticosteroid", "antiplatelet", "chemotherapy"):
        yield {"medication": {"is": each}}
        yield {"medication": {"is": each, "within": "28 days"}}
    yield {"days_since": {"medication": "corticosteroid", "at_least": "28 days"}}
    for dose in (10, 20):
        yield {"daily_dose": {"is": "corticosteroid", "as": "prednisone", "at_most": f"{dose} mg"}}


CONDITIONS = tuple(_conditions())


def graph_of(*conditions: dict[str, Any]) -> Graph:
    builder, reader, lowering = parts(())
    builder.all([lowering.lower(read(reader, each)) for each in conditions])
    lowering.lower(left_to_a_person(*JUDGED, "In good shape"))
    adult = read(reader, {"age": {"at_least": "18 years"}})
    over = left_to_a_person(*OVERRIDDEN, "Adults")
    lowering.lower(Branch(has_been_judged(*OVERRIDDEN), over, adult))
    return builder.graph()


PANEL = graph_of(*CONDITIONS)


def asked_by(graph: Graph, node: NodeId) -> str:
    """What a node asks, in words for a failure."""
    match graph[node]:
        case Test(value=value, op=op, limit=limit) if isinstance(read := graph[value], Read):
            return f"{read.feature.name} {op.value} {limit if not isinstance(limit, frozenset) else sorted(limit)[:4]}"
        case made:
            return type(made).__name__
