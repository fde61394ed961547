"""A rule as a clinician would want to read it: what is asked, why, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from matcher.explanation.criterion import citation_in_words
from matcher.explanation.evidence import figures_in_words
from matcher.explanation.read_back import Line, read_back
from matcher.explanation.sites import places_in_words
from matcher.explanation.version import criterion_on, recruitment_on, text_on, version_on
from matcher.explanation.wording import condition_in_words
from matcher.rules.candidate import Availability, Candidate, CandidateKind, Coverage, Criterion, Role
from matcher.rules.condition import names_read
from matcher.rules.rulebook import Derivation
from matcher.rules.version import days_in_words
from matcher.vocabulary.codes import event_in_words
from matcher.vocabulary.text import in_sentence

_COVERAGE = {
    Coverage.FULL: "All criteria are encoded.",
    Coverage.PARTIAL: "The protocol has criteria that are not encoded here.",
    Coverage.NONE: "No criteria are known: listed, never matched.",
}
_ROLES = {
    Role.INCLUSION: ("Inclusion: all must be met", "asks"),
    Role.EXCLUSION: ("Exclusion: none may apply", "excludes"),
    Role.CAUTION: ("Cautions: shown, never counted", "warns of"),
}


@dataclass(frozen=True, slots=True)
class CriterionDescribed:
    """A criterion in its author's words, and in those of its condition: as one sentence, and in lines."""

    id: str
    text: str
    asks: str
    lines: tuple[Line, ...]
    marks: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of criteria of one role; ``reads`` says what their conditions do: ask, exclude, warn."""

    title: str
    reads: str
    criteria: tuple[CriterionDescribed, ...]


@dataclass(frozen=True, slots=True)
class StudyDescribed:
    """A study behind a candidate: who, how good, which way, and its figures as printed."""

    title: str
    lines: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class Description:
    """A trial or regimen, ready to be laid out."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    studies: tuple[StudyDescribed, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    places: tuple[str, ...] = ()


def describe(candidate: Candidate, day: date | None = None) -> Description:
    """As the version of its protocol has it that is in force on the day; without a day the last one."""
    sections = list(_sections(candidate.criteria, day))
    for cohort in candidate.cohorts:
        title = f"Cohort {cohort.id}: {cohort.title} ({cohort.availability.value})"
        sections += _sections(cohort.criteria, day, f"{title}. ")
    sections += _sections(candidate.cautions, day)
    return Description(
        id=candidate.id,
        title=candidate.title,
        facts=tuple(_facts(candidate, day)),
        sections=tuple(sections),
        studies=tuple(
            StudyDescribed(
                each.document.study,
                (
                    *([each.document.design] if each.document.design else []),
                    f"Direction: {each.document.direction.replace('_', ' ')}; level of evidence: {each.document.level}",
                    *figures_in_words(each.document),
                ),
                citation_in_words(each.citation),
            )
            for each in candidate.evidence
        ),
        assumptions=candidate.assumptions,
        notes=candidate.notes,
        places=places_in_words(candidate, None),
    )


def _facts(candidate: Candidate, day: date | None) -> Iterable[tuple[str, str]]:
    if candidate.kind is CandidateKind.TRIAL:
        yield "Phase", candidate.phase
        yield "Recruitment", recruitment_on(candidate, day)
    elif candidate.availability is not Availability.NOT_APPLICABLE:
        yield "Availability", candidate.availability.value
    if candidate.settings:
        yield "Setting", ", ".join(each.replace("_", " ") for each in candidate.settings)
    if candidate.agents:
        yield "Agents", ", ".join(candidate.agents)
    if candidate.supportive:
        yield "With it", "; ".join(candidate.supportive)
    if candidate.events:
        yield "Events, in order", ", ".join(map(event_in_words, candidate.events))
    for each in candidate.cohorts:
        if not each.criteria:
            yield (
                f"Cohort {each.id}",
                f"{each.title} ({each.availability.value}); asks nothing beyond the trial",
            )
    if version := version_on(candidate, day):
        yield "Version shown", version
    yield "Coverage", _COVERAGE[candidate.coverage]


def _sections(criteria: Iterable[Criterion], day: date | None, of: str = "") -> Iterable[Section]:
    by_role = {role: [each for each in criteria if each.role is role] for role in _ROLES}
    for role, (title, reads) in _ROLES.items():
        if by_role[role]:
            yield Section(of + title, reads, _described(by_role[role], day))


def _described(criteria: Iterable[Criterion], day: date | None) -> tuple[CriterionDescribed, ...]:
    return tuple(
        CriterionDescribed(
            id=each.id,
            text=text_on(each, day) if day else each.text,
            asks=condition_in_words(criterion_on(each, day).condition),
            lines=read_back(criterion_on(each, day).condition),
            marks=tuple(_marks(each)),
            citation=citation_in_words(each.citation) or f"none; assumption: {each.assumption}",
        )
        for each in criteria
    )


def _marks(criterion: Criterion) -> Iterable[str]:
    for written, title in names_read(criterion.condition):
        yield f"read as: '{written}' is {in_sentence(title)}"
    for (_, held), (since, _) in pairwise(criterion.versions):
        assert since is not None
        asks = f"{held.text}: {condition_in_words(held.condition)}"
        yield f"before the amendment of {days_in_words(since)}: {asks}"
    if criterion.at_screening:
        yield "established at screening"
    if criterion.recoverable_by_time:
        yield "can be met with time"
    if criterion.recoverable_within:
        yield f"a repeated test may meet it, within {criterion.recoverable_within}"
    if criterion.waivable_by:
        yield f"can be waived by {criterion.waivable_by}"
    if criterion.printed:
        yield f"printed as: {criterion.printed}"
    if criterion.assumption and criterion.citation:
        yield f"assumption: {criterion.assumption}"
    if criterion.note:
        yield criterion.note


def describe_derivation(derivation: Derivation) -> Description:
    """A derived fact: when it applies, what it can say, and where that is written."""
    document = derivation.document
    facts: list[tuple[str, str]] = []
    if document.meaning:
        facts.append(("Meaning", document.meaning))
    facts.append(("Values", ", ".join(value.split(".")[-1].replace("_", " ") for value in derivation.values)))
    if document.prognosis:
        facts.append(("Use", "shown beside a result as prognosis; no criterion unless a rule says so"))
    results = [f"{name}: {line}" for name, lines in document.results.items() for line in lines]
    studies = (StudyDescribed("What the source says of each value", tuple(results), ""),) if results else ()
    assumptions = (document.assumption,) if document.assumption else ()
    citation = citation_in_words(derivation.citation)
    facts.append(("Source", citation))
    return Description(
        derivation.name, document.title, tuple(facts), (), studies, assumptions, tuple(document.notes)
    )


def as_markdown(description: Description, level: int = 3) -> str:
    """The description as a section of a Markdown page."""
    heading = "#" * level
    lines = [f"{heading} {description.id}: {description.title}", ""]
    lines += [f"- **{name}**: {text}" for name, text in description.facts]
    for section in description.sections:
        lines += ["", f"{heading}# {section.title}", ""]
        lines += [f"| id | criterion | the rule {section.reads} | source |", "|---|---|---|---|"]
        for each in section.criteria:
            text = each.text + "".join(f"<br>*{mark}*" for mark in each.marks)
            cells = (each.id, _cell(text), _lines_cell(each.lines), _cell(each.citation))
            lines.append(f"| {' | '.join(cells)} |")
    for study in description.studies:
        lines += ["", f"{heading}# Evidence: {study.title}", ""]
        lines += [f"- {line}" for line in study.lines]
        lines += [f"- Source: {study.citation}"] if study.citation else []
    for title, texts in (
        ("Whom to ask, and where", description.places),
        ("Assumptions", description.assumptions),
        ("Notes", description.notes),
    ):
        if texts:
            lines += ["", f"{heading}# {title}", "", *(f"- {text}" for text in texts)]
    return "\n".join([*lines, ""])


def _lines_cell(lines: Sequence[Line]) -> str:
    shown = (f"*{_cell(each.text)}*" if each.joins else _cell(each.text) for each in lines)
    return "<br>".join("&emsp;" * each.depth + text for each, text in zip(lines, shown, strict=True))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
