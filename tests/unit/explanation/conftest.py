"""A rulebook of two trials and two regimens, small enough to know by heart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.service import Matcher, MatchOptions

FILES = {
    "lists/agents.yaml": """
agents:
  cisplatin: {}
  nivolumab: {synonyms: [opdivo]}
  pemetrexed: {}
  placebo: {}
title: Agents
source: {document: test, section: agents}
as_of: 2026-01-01
""",
    "lists/not_anticancer.yaml": """
list: not_anticancer
title: No agents
kind: not_anticancer
members: [placebo]
source: {document: test, section: lists}
as_of: 2026-01-01
""",
    "lists/platinum.yaml": """
list: platinum
title: Platinum agents
members: [cisplatin]
source: {document: test, section: lists}
as_of: 2026-01-01
""",
    "lists/checkpoint_inhibitor.yaml": """
list: checkpoint_inhibitor
title: Checkpoint inhibitors
members: [nivolumab]
source: {document: test, section: lists}
as_of: 2026-01-01
""",
    "trials/washout.yaml": """
trial: washout
title: Washed out
phase: "1"
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
events: [leukapheresis]
sources: {s: {document: test, section: washout}}
inclusion:
  I-01:
    text: Checkpoint inhibitor at least 21 days ago
    when: {days_since: {therapy: checkpoint_inhibitor, at_least: 21 days}}
    recoverable: {by: time}
    source: s
  I-02:
    text: Platinum at least 30 days before leukapheresis
    when: {days_since: {therapy: platinum, before: leukapheresis, at_least: 30 days}}
    recoverable: {by: time}
    source: s
""",
    "trials/washouts.yaml": """
trial: washouts
title: Two of them
phase: "1"
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
sources: {s: {document: test, section: washouts}}
inclusion:
  I-01:
    text: Checkpoint inhibitor at least 21 days ago
    when: {days_since: {therapy: checkpoint_inhibitor, at_least: 21 days}}
    recoverable: {by: time}
    source: s
exclusion:
  E-01:
    text: Platinum less than 30 days ago
    when: {days_since: {therapy: platinum, below: 30 days}}
    recoverable: {by: time}
    source: s
""",
    "trials/platelets.yaml": """
trial: platelets
title: Platelets
phase: "2"
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: partial
sources: {s: {document: test, section: platelets}}
inclusion:
  I-01:
    text: Platelets of at least 100
    when: {lab: {test: platelets, at_least: 100 10*9/L, within: 14 days}}
    recoverable: {within: 10 %, assumption: a repeated test is usual}
    source: s
exclusion:
  E-01:
    text: HIV infection
    when: {condition: hiv}
    at_screening: true
    source: s
""",
    "regimens/proven.yaml": """
regimen: proven
title: Proven
coverage: full
sources: {s: {document: test, section: regimens}}
inclusion:
  I-01: {text: Mesothelioma, when: {diagnosis: {is_a: mesothelioma}}, source: s}
evidence:
  - study: A
    applies_to: {diagnosis: {is_a: PLMESO}}
    direction: favours
    level: B1
    overall_survival: {median_months: 20.4, hazard_ratio: 0.034, p: '.0014', doubtful: [hazard_ratio]}
    source: s
""",
    "regimens/no_difference.yaml": """
regimen: no_difference
title: No difference
coverage: full
sources: {s: {document: test, section: regimens}}
inclusion:
  I-01: {text: Mesothelioma, when: {diagnosis: {is_a: mesothelioma}}, source: s}
evidence:
  - study: B
    direction: no_survival_difference
    level: A1
    source: s
""",
}


@pytest.fixture(scope="session")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    root = tmp_path_factory.mktemp("rules")
    for name, text in FILES.items():
        path: Path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    return Matcher(load_rulebook(root), MatchOptions())


@pytest.fixture(scope="session")
def match(matcher: Matcher) -> Callable[..., PatientShown]:
    def run(**facts: Any) -> PatientShown:
        read = assemble({"id": "p", **facts}, as_of=date(2026, 1, 15), formulary=matcher.rulebook.formulary)
        assert read.profile is not None
        assert not read.issues
        return matcher.match_one(read.profile)

    return run


@pytest.fixture(scope="session")
def match_all(matcher: Matcher) -> Callable[..., PatientShown]:
    """The same of a record in which something could not be read."""

    def run(**facts: Any) -> PatientShown:
        read = assemble({"id": "p", **facts}, as_of=date(2026, 1, 15), formulary=matcher.rulebook.formulary)
        assert read.profile is not None
        return matcher.match_one(read.profile)

    return run


def candidate(shown: PatientShown, identifier: str) -> CandidateShown:
    return next(each for each in shown.candidates if each.id == identifier)
