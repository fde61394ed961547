"""A file of patients through a matcher, one after the other: the order of the file, nothing held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.domain.profile import Profile
from matcher.explanation.answer import PatientShown
from matcher.readers.outcome import Issue, Patient, Reject, issue_in_words
from matcher.readers.read import PatientFile
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Account
from matcher.service.match import Matcher
from matcher.service.outputs import Outputs


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
        match outcome:
            case Patient(profile=profile, issues=issues):
                said = [issue_in_words(issue) for issue in issues]
                sitting = matcher.sitting(profile)
                shown = matcher.match_one(profile, said, of_the_file)
                yield Matched(sitting.profile, shown, (*issues, *sitting.issues), sitting.matcher.rulebook)
            case Reject():
                yield outcome


def write_run(matcher: Matcher, patients: PatientFile, outputs: Outputs) -> Iterator[Matched | Reject]:
    """The same, with everything written to the files of the run on the way."""
    for outcome in match_patients(matcher, patients):
        match outcome:
            case Matched(profile=profile, shown=shown, issues=issues, rulebook=rulebook):
                outputs.count(profile, shown, rulebook)
                outputs.add(shown, issues)
            case Reject():
                outputs.reject(outcome)
        yield outcome


def count_run(matcher: Matcher, patients: PatientFile, account: Account) -> Iterator[Matched | Reject]:
    """The same, counted and with nothing written."""
    for outcome in match_patients(matcher, patients):
        if isinstance(outcome, Matched):
            account.count(outcome.shown)
        yield outcome
