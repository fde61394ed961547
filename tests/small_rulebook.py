"""A rulebook of two trials and a regimen, small enough to know every answer by heart."""

from pathlib import Path

_TRIAL = """\
trial: NCT00000001
title: A trial that asks little
phase: 2
recruitment: {status: recruiting, as_of: 2026-01-01, source: protocol}
coverage: full
sources:
  protocol: {document: protocol, section: Eligibility, address: "https://example.org/p"}
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
    source: protocol
  I-02:
    text: Platelets of at least 100
    when: {lab: {test: platelets, at_least: 100 10*9/L}}
    recoverable: {within: 10 %, source: protocol}
    source: protocol
exclusion:
  E-01:
    text: ECOG performance status above 2
    when: {ecog: {above: 2}}
    source: protocol
cautions:
  C-01:
    text: Nobody above 75 was in the study
    when: {age: {above: 75 years}}
    source: protocol
"""
_CLOSED = """\
trial: NCT00000002
title: A trial that is over
phase: 3
recruitment: {status: closed, as_of: 2026-01-01, source: {document: protocol, section: Status, address: "https://example.org/p"}}
coverage: partial
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
    source: {document: protocol, section: Eligibility, address: "https://example.org/p"}
"""
_REGIMEN = """\
regimen: rest
title: Rest & recovery
coverage: full
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
    source: {document: guide, section: Rest}
evidence:
  - study: RESTED
    design: randomised
    direction: favours
    level: A1
    findings: [Nobody complained]
    source: {document: guide, section: Rest}
"""
_CASES = """\
- case: old enough
  as_of: 2026-01-15
  patient: {age: 18}
  expect: {standing: eligible, I-01: met}
"""
PATIENTS = """\
{"id": "A-1", "age": 61, "ecog": 1, "labs": [{"test": "platelets", "value": 92, "unit": "10*9/L", "date": "2026-01-10"}]}
{"id": "A-2", "age": 80, "ecog": "2-3"}
{"id": "A-3", "age": 15, "vital_status": "deceased"}
{"id": "=A4", "age": 40, "ecog": 7}
"""


def write_rulebook(folder: Path) -> Path:
    for name, text in (
        ("trials/NCT00000001.yaml", _TRIAL),
        ("trials/NCT00000002.yaml", _CLOSED),
        ("regimens/rest.yaml", _REGIMEN),
        ("regimens/rest.cases.yaml", _CASES),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_patients(path: Path, text: str = PATIENTS) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
