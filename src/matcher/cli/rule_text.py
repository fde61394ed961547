"""One rule in plain words: what it asks, with which limits, on whose word."""

from __future__ import annotations

from typing import Any

from matcher.cli.terminal import Page
from matcher.explanation.criterion import citation_in_words
from matcher.explanation.evidence import figures_in_words
from matcher.explanation.wording import condition_in_words
from matcher.rules.candidate import Candidate, Cohort, Coverage, Criterion, Role
from matcher.rules.rulebook import Derivation

_COVERAGE = {
    Coverage.FULL: "full: every criterion of the protocol is here",
    Coverage.PARTIAL: "partial: the protocol has criteria that are not here, so nobody is called eligible",
    Coverage.NONE: "none: no criteria are known, so nobody is matched to it",
}
_ROLES = ((Role.INCLUSION, "Inclusion criteria"), (Role.EXCLUSION, "Exclusion criteria"))


def print_candidate(page: Page, candidate: Candidate) -> None:
    page.line((candidate.id, "bold"), f"  {candidate.title}", hang=2)
    _facts(page, candidate)
    _print_criteria(page, candidate.criteria)
    for cohort in candidate.cohorts:
        page.blank()
        page.line((f"Cohort {cohort.id}", "bold"), f"  {cohort.title} ({cohort.availability.value})")
        _print_criteria(page, cohort.criteria)
    if candidate.cautions:
        page.blank()
        page.heading("Cautions (shown, never counted)")
        for caution in candidate.cautions:
            _print_criterion(page, caution)
    if candidate.evidence:
        page.blank()
        page.heading("Evidence")
        for each in candidate.evidence:
            document = each.document
            design = f", {document.design}" if document.design else ""
            page.line(
                f"{document.study}{design}; level {document.level}; {document.direction.replace('_', ' ')}",
                indent=2,
                hang=2,
            )
            for line in figures_in_words(document):
                page.line(line, indent=4, hang=2)
            page.line((f"source: {citation_in_words(each.citation)}", "dim"), indent=4, hang=2)
    for title, lines in (("Assumptions", candidate.assumptions), ("Notes", candidate.notes)):
        if lines:
            page.blank()
            page.heading(title)
            for line in lines:
                page.line(line, indent=2, hang=2)


def _facts(page: Page, candidate: Candidate) -> None:
    recruitment = candidate.recruitment.replace("_", " ")
    known = [
        ("kind", candidate.kind.value + (f", phase {candidate.phase}" if candidate.phase else "")),
        (
            "recruitment",
            recruitment + (f", as of {candidate.recruitment_as_of}" if candidate.recruitment_as_of else ""),
        ),
        ("coverage", _COVERAGE[candidate.coverage]),
        ("setting", ", ".join(each.replace("_", " ") for each in candidate.settings)),
        ("agents", ", ".join(candidate.agents)),
        ("with", ", ".join(candidate.supportive)),
        ("planned events", ", ".join(each.replace("_", " ") for each in candidate.events)),
        ("file", candidate.file),
    ]
    page.columns([(name, text) for name, text in known if text], indent=2)


def _print_criteria(page: Page, criteria: tuple[Criterion, ...]) -> None:
    for role, title in _ROLES:
        held = [each for each in criteria if each.role is role]
        if held:
            page.blank()
            page.heading(title)
            for each in held:
                _print_criterion(page, each)


def _print_criterion(page: Page, each: Criterion) -> None:
    page.line((f"{each.id}  ", "bold"), each.text, indent=2, hang=6)
    page.line(f"asks: {condition_in_words(each.condition)}", indent=8, hang=2)
    for line in _margin(each):
        page.line((line, "dim"), indent=8, hang=2)


def _margin(each: Criterion) -> list[str]:
    lines = ["settled at screening"] if each.at_screening else []
    if each.recoverable_by_time:
        lines.append("may recover with time")
    if each.recoverable_within:
        lines.append(f"may recover within {each.recoverable_within}, on a repeated test")
    if each.waivable_by:
        lines.append(f"may be waived by {each.waivable_by}")
    lines += [
        f"{name}: {text}"
        for name, text in (("as printed", each.printed), ("assumption", each.assumption), ("note", each.note))
        if text
    ]
    return [*lines, f"source: {citation_in_words(each.citation)}"] if each.citation else lines


def print_derivation(page: Page, derivation: Derivation) -> None:
    document = derivation.document
    page.line((derivation.name, "bold"), f"  {derivation.title}", hang=2)
    if document.meaning:
        page.line(document.meaning, indent=2)
    page.columns(
        [
            ("kind", "derived fact" + (", prognosis" if document.prognosis else "")),
            ("values", ", ".join(derivation.values)),
            ("source", citation_in_words(derivation.citation)),
            ("file", derivation.file),
        ],
        indent=2,
    )
    for value, lines in document.results.items():
        page.line((value, "bold"), indent=2)
        for line in lines:
            page.line(line, indent=4, hang=2)
    for line in document.notes:
        page.line(f"note: {line}", indent=2, hang=2)


def candidate_document(candidate: Candidate) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "id": candidate.id,
        "kind": candidate.kind.value,
        "title": candidate.title,
        "phase": candidate.phase,
        "availability": candidate.availability.value,
        "recruitment": {"status": candidate.recruitment, "as_of": candidate.recruitment_as_of},
        "coverage": candidate.coverage.value,
        "settings": list(candidate.settings),
        "agents": list(candidate.agents),
        "supportive": list(candidate.supportive),
        "events": list(candidate.events),
        "criteria": [_criterion_document(each) for each in candidate.criteria],
        "cohorts": [_cohort_document(each) for each in candidate.cohorts],
        "cautions": [_criterion_document(each) for each in candidate.cautions],
        "evidence": [each.document.model_dump(mode="json", exclude_none=True) for each in candidate.evidence],
        "assumptions": list(candidate.assumptions),
        "notes": list(candidate.notes),
        "file": candidate.file,
    }


def _cohort_document(cohort: Cohort) -> dict[str, Any]:
    return {
        "id": cohort.id,
        "title": cohort.title,
        "availability": cohort.availability.value,
        "criteria": [_criterion_document(each) for each in cohort.criteria],
    }


def _criterion_document(each: Criterion) -> dict[str, Any]:
    return {
        "id": each.id,
        "role": each.role.value,
        "text": each.text,
        "asks": condition_in_words(each.condition),
        "at_screening": each.at_screening,
        "recoverable": "with time" if each.recoverable_by_time else each.recoverable_within,
        "waivable_by": each.waivable_by,
        "printed": each.printed,
        "assumption": each.assumption,
        "note": each.note,
        "source": citation_in_words(each.citation),
    }
