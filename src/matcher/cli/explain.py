"""What ``matcher explain`` prints about one patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from matcher.cli.asked import days_of
from matcher.cli.summary import print_candidate
from matcher.cli.terminal import Page, print_json
from matcher.errors import Diagnostic, PatientDataError, UsageError, nearest
from matcher.explanation.answer import (
    DECISION_NOTICE,
    CandidateShown,
    CriterionShown,
    FactShown,
    PatientShown,
)
from matcher.explanation.distance import Near, distances_in_words
from matcher.readers.outcome import Patient, Reject, issue_in_words
from matcher.readers.read import PatientFile, read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.report import groups, tally

_IN_FULL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command as it was given."""

    patients: Path
    patient: str
    candidates: tuple[str, ...]
    mapping: Path | None
    as_of: str | None
    engine: str
    include_closed: bool
    trace: bool = False
    near: str | None = None
    within: float | None = None


def run(asked_for: Asked, rules: Path | None, *, as_json: bool) -> int:
    """Explains as the command was given; with ``as_json`` one document on standard output."""
    days = days_of(asked_for.as_of)
    rulebook = open_rulebook(rules)
    named = asked_for.candidates
    if asked_for.trace and not named:
        raise UsageError("--trace follows one candidate", "Name it: --candidate ID.")
    near = _near(asked_for)
    _check_names(named, rulebook)
    file = read_patients(
        asked_for.patients,
        formulary=rulebook.formulary,
        mapping=asked_for.mapping,
        as_of=days.given,
        today=days.today,
    )
    found = _find(file, asked_for.patient, asked_for.patients)
    options = MatchOptions(
        include_closed=asked_for.include_closed or bool(named),
        include_deceased=True,
        engine=asked_for.engine,
    )
    issues = [issue_in_words(issue) for issue in found.issues]
    matcher = Matcher(rulebook, options)
    if asked_for.trace:
        _trace(matcher, found, asked_for, as_json=as_json)
        return 0
    shown = matcher.match_one(found.profile, issues, tuple(file.reading.assumptions))
    if named:
        shown = _only(shown, named)
    if near is not None:
        shown = _with_distances(shown, rulebook, near)
    if as_json:
        answered = {"rulebook": rulebook.version, "engine": matcher.engine.name}
        print_json({**asdict(shown), **answered, "notice": DECISION_NOTICE})
        return 0
    page = Page()
    _print(page, shown, rulebook, named, today=days.given is None and shown.as_of == days.today.isoformat())
    return 0


def _near(asked_for: Asked) -> Near | None:
    if asked_for.near is not None:
        return Near.of(asked_for.near, asked_for.within)
    if asked_for.within is not None:
        raise UsageError("--within is counted from a place", "Name it: --near LAT,LON.")
    return None


def _with_distances(shown: PatientShown, rulebook: Rulebook, near: Near) -> PatientShown:
    """How far each trial is, before whom to ask there. No trial is left out for being far."""
    day = date.fromisoformat(shown.as_of)
    trials = (
        replace(each, places=(*distances_in_words(rulebook.by_id[each.id], near, day), *each.places))
        for each in shown.trials
    )
    return replace(shown, trials=tuple(trials))


def _trace(matcher: Matcher, found: Patient, asked_for: Asked, *, as_json: bool) -> None:
    """From the cells to the verdicts of the candidates that were named."""
    from matcher.cli.trace_text import print_trace
    from matcher.readers.written import written_in

    traced = matcher.trace(found.profile, asked_for.candidates, written_in(asked_for.patients))
    if as_json:
        told = {name: [asdict(step) for step in steps] for name, steps in traced.items()}
        print_json({"patient": found.profile.id, "rulebook": matcher.rulebook.version, "trace": told})
        return
    page = Page()
    for name, steps in traced.items():
        page.heading(f"{found.profile.id}, {matcher.rulebook.by_id[name].title} ({name})")
        print_trace(page, steps)
        page.blank()
    page.line((DECISION_NOTICE, "bold"))


def _check_names(named: Sequence[str], rulebook: Rulebook) -> None:
    for name in named:
        held = rulebook.by_id.get(name)
        if held is None:
            guess = nearest(name, list(rulebook.by_id))
            hint = f"did you mean '{guess}'?" if guess else ""
            raise UsageError(f"the rulebook has no candidate '{name}'", hint, "U007")
        if held.roots is None:
            raise UsageError(f"'{name}' is listed without criteria: nobody can be matched to it", code="U007")


def _find(file: PatientFile, identifier: str, path: Path) -> Patient:
    others: list[str] = []
    for outcome in file:
        match outcome:
            case Patient(profile=profile) if profile.id == identifier:
                return outcome
            case Patient(profile=profile):
                others.append(profile.id)
            case Reject(patient=rejected) if rejected == identifier:
                source = outcome.source
                raise PatientDataError(
                    [
                        Diagnostic(
                            source.file or path.name,
                            source.row,
                            None,
                            outcome.code,
                            outcome.reason,
                            outcome.remedy,
                        )
                    ]
                )
    guess = nearest(identifier, others)
    raise UsageError(
        f"{path} has no patient '{identifier}'", f"did you mean '{guess}'?" if guess else "", "U006"
    )


def _only(shown: PatientShown, named: Sequence[str]) -> PatientShown:
    wanted = set(named)
    return replace(
        shown,
        trials=tuple(each for each in shown.trials if each.id in wanted),
        regimens=tuple(each for each in shown.regimens if each.id in wanted),
        questions=tuple(each for each in shown.questions if wanted & set(each.candidates)),
    )


def _print(page: Page, shown: PatientShown, rulebook: Rulebook, named: Sequence[str], *, today: bool) -> None:
    day = shown.as_of + (" (today: --as-of sets another day)" if today else "")
    page.line((shown.patient, "bold"), f"  as of {day}, rulebook {rulebook.short_version}")
    for line in shown.summary:
        page.line(line, indent=2, hang=2)
    if shown.deceased:
        page.line(("Deceased", "bold"), " on or before that day.", indent=2)
    for title, candidates in (("Trials", shown.trials), ("Regimens", shown.regimens)):
        if not candidates:
            continue
        page.blank()
        page.heading(title)
        fitting = candidates if named else tuple(each for each in candidates if each.standing != "ineligible")
        in_full = len(fitting) if named else _IN_FULL
        for each in fitting[:in_full]:
            page.blank()
            _print_in_full(page, each)
        rest = [each for each in candidates if each not in fitting[:in_full]]
        if rest:
            page.blank()
            page.line("Others, in short (--candidate ID shows one in full):")
            for each in rest:
                rank = f"{each.place}." if each.place else "-"
                page.line(
                    f"{rank:<4}",
                    page.standing(each.standing, each.standing_text),
                    f"  {each.title} ({each.id})",
                    indent=2,
                    hang=4,
                )
    _print_rest(page, shown)
    page.blank()
    page.line((DECISION_NOTICE, "bold"))


def _print_in_full(page: Page, each: CandidateShown) -> None:
    print_candidate(page, each)
    page.line(("criteria    ", "dim"), tally(each), indent=8, hang=12)
    if each.coverage == "partial":
        page.line("Only part of the protocol's criteria are held here.", indent=8)
    if each.recruitment:
        page.line(("recruitment ", "dim"), each.recruitment, indent=8, hang=12)
    if each.version:
        page.line(("version     ", "dim"), each.version, indent=8, hang=12)
    for group in groups(each):
        page.line((group.title, "bold"), indent=4)
        for criterion in group.criteria:
            _print_criterion(page, criterion)
    if each.evidence:
        page.line(("Evidence", "bold"), indent=4)
        for study in each.evidence:
            design = f", {study.design}" if study.design else ""
            page.line(
                f"{study.study}{design}; level {study.level}; {study.direction}; {study.applies}",
                indent=6,
                hang=2,
            )
            for line in study.lines:
                page.line(line, indent=8, hang=2)
            if study.citation:
                page.line((f"source: {study.citation}", "dim"), indent=8, hang=2)
    for title, lines in (
        ("Whom to ask, and where", each.places),
        ("Assumed", each.assumptions),
        ("Notes", each.notes),
    ):
        if lines:
            page.line((title, "bold"), indent=4)
            for line in lines:
                page.line(line, indent=6, hang=2)


def _print_criterion(page: Page, each: CriterionShown) -> None:
    page.line(
        page.verdict(each.role, each.verdict, each.satisfied), f"  {each.id} ", each.text, indent=6, hang=4
    )
    if each.reason:
        page.line(each.reason, indent=10, hang=2)
    for fact in each.facts:
        _print_fact(page, fact, indent=10)
    if each.distance:
        page.line(f"distance: {each.distance}", indent=10, hang=2)
    marks = [
        ("settled at screening", each.at_screening),
        (f"may recover {each.recoverable}", each.recoverable),
        (f"may be waived {each.waivable}", each.waivable),
        (f"as printed: {each.printed}", each.printed),
        (f"assumption: {each.assumption}", each.assumption),
        (f"note: {each.note}", each.note),
        (f"source: {each.citation}", each.citation),
    ]
    for words, holds in marks:
        if holds:
            page.line((words, "dim"), indent=10, hang=2)


def _print_fact(page: Page, fact: FactShown, indent: int) -> None:
    where = ", ".join(part for part in (fact.date, fact.age, fact.source) if part)
    page.line(f"fact: {fact.text}", (f" [{where}]" if where else "", "dim"), indent=indent, hang=2)


def _print_rest(page: Page, shown: PatientShown) -> None:
    if shown.questions:
        page.blank()
        page.heading("What to ask next")
        for number, asked_for in enumerate(shown.questions, start=1):
            page.line(f"{number}. ", asked_for.text, (f" [{asked_for.worth}]", "dim"), indent=2, hang=3)
    derived = [each for each in shown.derived if each.known or each.facts]
    if derived:
        page.blank()
        page.heading("Derived facts")
        for each in derived:
            page.line(
                f"{each.title}: ",
                (each.value, "bold"),
                " (prognosis)" if each.prognosis else "",
                indent=2,
                hang=2,
            )
            if each.reason:
                page.line(each.reason, indent=4, hang=2)
            if not each.known:
                continue
            for fact in each.facts:
                _print_fact(page, fact, indent=4)
            for line in each.lines:
                page.line(line, indent=4, hang=2)
            if each.citation:
                page.line((f"source: {each.citation}", "dim"), indent=4, hang=2)
    for title, lines in (
        ("Conflicts in the record", shown.conflicts),
        ("Assumptions", shown.assumptions),
        ("What could not be read", shown.issues),
    ):
        if lines:
            page.blank()
            page.heading(title)
            for line in lines:
                page.line(line, indent=2, hang=2)
