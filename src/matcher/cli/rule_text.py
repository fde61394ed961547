"""One rule in plain words: what it asks, with which limits, on whose word."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from rich.text import Text

from matcher.cli.terminal import Page, printable
from matcher.explanation.criterion import citation_in_words
from matcher.explanation.description import Description, Section, describe, describe_derivation
from matcher.explanation.read_back import Line, read_back
from matcher.explanation.sites import enrolment
from matcher.explanation.version import criterion_on, text_on, version_on
from matcher.explanation.wording import condition_in_words
from matcher.rules.candidate import Candidate, Cohort, Criterion
from matcher.rules.condition import names_read
from matcher.rules.rulebook import Derivation

#: the part of a line that the author's words have beside the rule's
_SHARE = 0.45
_SAYS = "in its author's words"


def print_candidate(page: Page, candidate: Candidate, day: date | None = None) -> None:
    _print(page, describe(candidate, day), candidate.file)


def print_derivation(page: Page, derivation: Derivation) -> None:
    _print(page, describe_derivation(derivation), derivation.file)


def _print(page: Page, description: Description, file: str) -> None:
    page.line((description.id, "bold"), f"  {description.title}", hang=2)
    page.columns([(name.lower(), text) for name, text in (*description.facts, ("file", file))], indent=2)
    for section in description.sections:
        _print_section(page, section)
    for study in description.studies:
        page.blank()
        page.heading(f"Evidence: {study.title}")
        for line in study.lines:
            page.line(line, indent=4, hang=2)
        if study.citation:
            page.line((f"source: {study.citation}", "dim"), indent=4, hang=2)
    for title, lines in (
        ("Whom to ask, and where", description.places),
        ("Assumptions", description.assumptions),
        ("Notes", description.notes),
    ):
        if lines:
            page.blank()
            page.heading(title)
            for line in lines:
                page.line(line, indent=2, hang=2)


def _print_section(page: Page, section: Section) -> None:
    page.blank()
    page.heading(section.title)
    hang = max(len(each.id) for each in section.criteria) + 2
    heads = [Text(each, "dim") for each in ("id".ljust(hang), _SAYS, f"what the rule {section.reads}")]
    page.beside(heads[0], heads[1], [(0, heads[2])], indent=2, share=_SHARE)
    for each in section.criteria:
        name, told = Text(printable(each.id).ljust(hang), "bold"), Text(printable(each.text))
        page.beside(
            name, told, [(2 * line.depth, _read(line)) for line in each.lines], indent=2, share=_SHARE
        )
        for mark in (*each.marks, f"source: {each.citation}"):
            page.line((mark, "dim"), indent=2 + hang, hang=2)


def _read(line: Line) -> Text:
    return Text(printable(line.text), "bold" if line.joins else "")


def candidate_document(candidate: Candidate, day: date | None = None) -> dict[str, Any]:
    """The same as one JSON object."""
    enrolled = enrolment(candidate)
    return {
        "id": candidate.id,
        "kind": candidate.kind.value,
        "title": candidate.title,
        "phase": candidate.phase,
        "availability": candidate.availability.value,
        "recruitment": _recruitment_document(candidate),
        "contacts": [asdict(each) for each in enrolled.contacts],
        "sites": [asdict(each) for each in enrolled.sites],
        "coverage": candidate.coverage.value,
        "version": version_on(candidate, day),
        "settings": list(candidate.settings),
        "agents": list(candidate.agents),
        "supportive": list(candidate.supportive),
        "events": list(candidate.events),
        "criteria": [_criterion_document(each, day) for each in candidate.criteria],
        "cohorts": [_cohort_document(each, day) for each in candidate.cohorts],
        "cautions": [_criterion_document(each, day) for each in candidate.cautions],
        "evidence": [each.document.model_dump(mode="json", exclude_none=True) for each in candidate.evidence],
        "assumptions": list(candidate.assumptions),
        "notes": list(candidate.notes),
        "file": candidate.file,
    }


def _recruitment_document(candidate: Candidate) -> dict[str, Any]:
    """The present status, and what is known of every day."""
    known = candidate.recruitment
    if known is None:
        return {"status": "", "as_of": "", "history": []}
    return {
        "status": known.last.status,
        "as_of": known.last.day.isoformat(),
        "history": [
            {"status": each.status, "since" if each.since else "as_of": each.day.isoformat()}
            for each in known.known
        ],
    }


def _cohort_document(cohort: Cohort, day: date | None) -> dict[str, Any]:
    return {
        "id": cohort.id,
        "title": cohort.title,
        "availability": cohort.availability.value,
        "criteria": [_criterion_document(each, day) for each in cohort.criteria],
    }


def _criterion_document(each: Criterion, day: date | None) -> dict[str, Any]:
    return {
        "id": each.id,
        "role": each.role.value,
        "text": text_on(each, day) if day else each.text,
        "asks": condition_in_words(criterion_on(each, day).condition),
        "lines": [str(line) for line in read_back(criterion_on(each, day).condition)],
        "read_as": dict(names_read(each.condition)),
        "at_screening": each.at_screening,
        "recoverable": "with time" if each.recoverable_by_time else each.recoverable_within,
        "waivable_by": each.waivable_by,
        "printed": each.printed,
        "assumption": each.assumption,
        "note": each.note,
        "source": citation_in_words(each.citation),
    }
