"""What the rows ask, and short ways to write their records."""

from __future__ import annotations

from tests.spec.border.entry import row
from tests.written import Record

PLATELETS = {"lab": {"test": "platelets", "at_least": "100 10*9/L"}}
RECENT = {"lab": {"test": "platelets", "at_least": "100 10*9/L", "within": "14 days"}}
FIT = {"ecog": {"at_most": 1}}
HIV = {"condition": {"is": "hiv"}}
AUTOIMMUNE = {"condition": {"is": "autoimmune_disease"}}
PNEUMONITIS = {"condition": {"is": "pneumonitis"}}
ACTIVE = {"condition": {"is": "pneumonitis", "status": "active"}}
NIVOLUMAB = {"prior": {"therapy": "nivolumab"}}
CHECKPOINT = {"prior": {"therapy": "checkpoint_inhibitor"}}
PLATINUM = {"prior": {"therapy": "platinum"}}
CHEMO_28 = {"prior": {"therapy": "chemotherapy", "within": "28 days"}}
STEROID = {"medication": {"is": "corticosteroid"}}
KMT2D = {"alteration": {"gene": "KMT2D"}}
NF2 = {"alteration": {"gene": "NF2"}}
BRAF = {"alteration": {"gene": "BRAF"}}
BRAF_AMPLIFIED = {"alteration": {"gene": "BRAF", "kind": "amplification"}}
V600E = {"alteration": {"gene": "BRAF", "protein_change": "p.V600E"}}
FUSION = {"alteration": {"gene": "ALK", "kind": "fusion", "partner": "EML4"}}
TURNED = {"alteration": {"gene": "EML4", "kind": "fusion", "partner": "ALK"}}
MSI = {"biomarker": {"marker": "msi", "category": {"in": ["msi_high"]}}}
PREGNANT = {"pregnant": {"in": ["yes"]}}
MESOTHELIOMA = {"diagnosis": {"in": ["PLMESO"]}}
DOSE_50 = {"radiotherapy_dose": {"at_most": "50 Gy"}}
ONE_LINE = {"lines_of_therapy": {"at_most": 1}}
UNCONTROLLED = {"condition": {"is": "uncontrolled_illness"}}
INFECTION = {"condition": {"is": "active_infection"}}


def lab(test: str, value: str, unit: str, on: str = "") -> Record:
    return row("labs", test=test, value=value, unit=unit, **({"date": on} if on else {}))


def platelets(value: str, on: str = "") -> Record:
    return lab("platelets", value, "10*9/L", on)


def seen(name: str, value: str, on: str = "") -> Record:
    return row("observations", name=name, value=value, **({"date": on} if on else {}))


def ill(condition: str, **more: str) -> Record:
    return row("conditions", condition=condition, **more)


def course(agents: str, **more: str) -> Record:
    return row("therapies", agents=agents, **more)


def medicine(agents: str, **more: str) -> Record:
    return row("medications", agents=agents, **more)


def gene(symbol: str, **more: str) -> Record:
    return row("alterations", gene=symbol, **more)


def cancer(code: str, **more: str) -> Record:
    return row("diagnoses", code=code, index="yes", **more)
