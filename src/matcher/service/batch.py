"""A file of patients through a matcher, one after the other: the order of the file, nothing held in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.domain.profile import Profile
from matcher.explanation.answer import PatientShown
from matcher.explanation.writer import Noted
from matcher.readers.outcome import Issue, Patient, Reject, issue_in_words
from matcher.readers.read import PatientFile
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Account
from matcher.service.match import Matcher
from matcher.service.outputs import Outputs
from matcher.service.rendered import Told
from matcher.service.size import EXPLAINED_PART


@dataclass(frozen=True, slots=True)
class Matched:
    """One patient who was matched, and the facts of theirs that could not be read.

    ``rulebook`` is the one they were matched to: with their overrides, where a person has judged.
    """

    profile: Profile
    shown: PatientShown
    issues: tuple[Issue, ...]
    rulebook: Rulebook


def match_patients(matcher: Matcher, patients: PatientFile) -> Iterator[Matched | Reject]:
    """Every patient of the file, matched or rejected: as many as the file holds."""
    of_the_file = tuple(patients.reading.assumptions)
    for outcome in patients:
        yield _matched(matcher, outcome, of_the_file) if isinstance(outcome, Patient) else outcome


def _matched(matcher: Matcher, patient: Patient, of_the_file: Sequence[str]) -> Matched:
    said = [issue_in_words(issue) for issue in patient.issues]
    sitting = matcher.sitting(patient.profile)
    shown = matcher.match_one(patient.profile, said, of_the_file)
    issues = (*patient.issues, *sitting.issues)
    return Matched(sitting.profile, shown, issues, sitting.matcher.rulebook)


def write_run(
    matcher: Matcher, patients: PatientFile, outputs: Outputs, *, whole: bool = False
) -> Iterator[Matched | Told | Reject]:
    """The same, with everything written to the files of the run on the way.

    Unless patients are wanted ``whole`` many are matched together.
    """
    if not whole and outputs.wanted.explained and matcher.explains_together:
        yield from _written_together(matcher, patients, outputs)
        return
    for outcome in match_patients(matcher, patients):
        yield _written(outcome, outputs)


def _written(outcome: Matched | Reject, outputs: Outputs) -> Matched | Reject:
    match outcome:
        case Matched(profile=profile, shown=shown, issues=issues, rulebook=rulebook):
            outputs.count(profile, shown, rulebook)
            outputs.add(shown, issues)
        case Reject():
            outputs.reject(outcome)
    return outcome


def _written_together(
    matcher: Matcher, patients: PatientFile, outputs: Outputs
) -> Iterator[Matched | Told | Reject]:
    """Some at a time, in the order of the file; one by one where a person has judged any of them."""
    from matcher.service.explained import ExplainedMatcher

    wanted = outputs.wanted
    explained = ExplainedMatcher(
        matcher, outputs.plan, wanted.form, outputs.packs, wanted.top, wanted.standings
    )
    of_the_file = tuple(patients.reading.assumptions)
    for some in _some_at_a_time(patients):
        told: Iterator[Told] = iter(())
        held = [each for each in some if isinstance(each, Patient)]
        if any(each.profile.judgements for each in held):
            for each in some:
                alone = _matched(matcher, each, of_the_file) if isinstance(each, Patient) else each
                yield _written(alone, outputs)
            continue
        if held:
            noted = [Noted(list(map(issue_in_words, each.issues)), of_the_file) for each in held]
            part = explained.match([each.profile for each in held], noted)
            outputs.add_rendered(part.rendered)
            outputs.add_counts(part.counts, part.cohort)
            told = part.rendered.told(outputs.common)
        for outcome in some:
            match outcome:
                case Patient(issues=issues):
                    outputs.note(issues)
                    yield next(told)
                case Reject():
                    outputs.reject(outcome)
                    yield outcome


def _some_at_a_time(patients: PatientFile) -> Iterator[list[Patient | Reject]]:
    some: list[Patient | Reject] = []
    matched = 0
    for outcome in patients:
        some.append(outcome)
        matched += isinstance(outcome, Patient)
        if matched == EXPLAINED_PART:
            yield some
            some, matched = [], 0
    if some:
        yield some


def count_run(matcher: Matcher, patients: PatientFile, account: Account) -> Iterator[Matched | Reject]:
    """The same, counted and with nothing written."""
    for outcome in match_patients(matcher, patients):
        if isinstance(outcome, Matched):
            account.count(outcome.shown)
        yield outcome
