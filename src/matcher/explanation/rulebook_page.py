"""The whole rulebook as one Markdown page: every candidate, derived fact and list, with sources."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.explanation.answer import DECISION_NOTICE
from matcher.explanation.description import as_markdown, describe, describe_derivation
from matcher.rules.candidate import Candidate, CandidateKind
from matcher.rules.rulebook import Rulebook

_PROMISE = (
    "What the documents and registry excerpts do not state is not invented: a criterion that rests on neither is "
    "marked as an assumption, and a trial whose protocol has more criteria than are encoded says so."
)


def rulebook_page(rulebook: Rulebook) -> str:
    """The page of `docs/reference/rulebook.md`; it is made from the rules and never edited."""
    lines = [
        "# The rulebook",
        "",
        "<!-- generated from rules/ by `make docs`; edit the rules -->",
        "",
        DECISION_NOTICE,
        "",
        _PROMISE,
        "",
    ]
    trials = [each for each in rulebook.candidates if each.kind is CandidateKind.TRIAL]
    regimens = [each for each in rulebook.candidates if each.kind is CandidateKind.REGIMEN]
    for title, candidates in (("Trials", trials), ("Regimens and procedures", regimens)):
        lines += [f"## {title}", "", *_index(candidates), ""]
        lines += [as_markdown(describe(each)) for each in candidates]
    lines += ["## Derived facts", ""]
    lines += [as_markdown(describe_derivation(each)) for each in rulebook.derivations]
    lines += ["## Lists of agents and medicines", "", *_lists(rulebook), ""]
    return "\n".join(lines)


def _index(candidates: list[Candidate]) -> Iterable[str]:
    yield "| id | title | availability | coverage | criteria |"
    yield "|---|---|---|---|---|"
    for each in candidates:
        cells = (
            each.id,
            each.title,
            each.availability.value,
            each.coverage.value,
            str(len(each.all_criteria)),
        )
        yield f"| {' | '.join(cells)} |"


def _lists(rulebook: Rulebook) -> Iterable[str]:
    yield "| list | title | members |"
    yield "|---|---|---|"
    for code, each in sorted(rulebook.formulary.classes.items()):
        yield f"| {code} | {each.title} | {', '.join(each.members)} |"
