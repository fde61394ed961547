"""The small rulebook with a trial more, two of whose criteria are left to a person."""

from pathlib import Path
from typing import Any

from tests.small_rulebook import write_rulebook

TRIAL = "NCT00000007"
_TRIAL = f"""\
trial: {TRIAL}
title: A trial that leaves something to a person
phase: 2
recruitment: {{status: recruiting, as_of: 2026-01-01, source: protocol}}
contacts:
  - {{name: Trial desk, phone: "+00 11 222 ext. 3", as_of: 2026-01-02, source: protocol}}
sites:
  - {{name: East Clinic, city: Easton, as_of: 2026-01-02, source: protocol}}
  - {{name: South Clinic, city: Sutton, status: closed, as_of: 2026-01-02, source: protocol}}
  - name: North Hospital
    city: Norton
    status: recruiting
    contacts: [{{name: Ward 3, email: ward3@north.example}}]
    as_of: 2026-01-03
    source: protocol
coverage: full
sources:
  protocol: {{document: protocol, section: Eligibility, address: "https://example.org/p"}}
inclusion:
  I-01:
    text: At least 18 years old
    when: {{age: {{at_least: 18 years}}}}
    source: protocol
  I-02:
    text: Able to comply with the visits, as the investigator judges
    judgement: true
    source: protocol
exclusion:
  E-01:
    text: Any condition that in the investigator's opinion makes taking part unsafe
    judgement: true
    source: protocol
  E-02:
    text: ECOG performance status above 2
    when: {{ecog: {{above: 2}}}}
    source: protocol
"""


def write_judged_rulebook(folder: Path) -> Path:
    write_rulebook(folder)
    (folder / f"{TRIAL}.yaml").write_text(_TRIAL, "utf-8")
    return folder


def judged(criterion: str, verdict: Any, **said: Any) -> dict[str, Any]:
    """A judgement of a criterion of the trial, as a profile holds it."""
    return {"candidate": TRIAL, "criterion": criterion, "verdict": verdict, **said}
