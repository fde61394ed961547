"""What comes out of reading: patients with the issues of their facts, and patients who could not be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias

from matcher.domain.profile import Profile
from matcher.domain.source import Source
from matcher.errors import CODES
from matcher.readers.text import in_whole_characters

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """One fact that could not be read and is therefore unknown, or one that deserves a second look.

    ``fact`` is its path in the profile, ``text`` what stood there. An issue of the file, not of a patient, has
    no ``patient``. Texts go to the person who asked for the matching, never to a log.
    """

    patient: str
    code: str
    fact: str
    reason: str
    remedy: str
    source: Source
    text: str = ""

    @classmethod
    def of(
        cls, code: str, reason: str, *, source: Source, patient: str = "", fact: str = "", text: object = ""
    ) -> Issue:
        patient, fact, reason = map(in_whole_characters, (patient, fact, reason))
        return cls(patient, code, fact, reason, CODES[code].remedy, source, shown(text))


def issue_in_words(issue: Issue) -> str:
    """One line for a reader: what is unknown now, why, and where it stood."""
    quoted = f" ({issue.text!r})" if issue.text else ""
    fact = f"{issue.fact}: " if issue.fact else ""
    return f"{fact}{issue.reason}{quoted}. {issue.source}. {issue.code}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One patient who could not be read; ``patient`` is the identifier where there was one."""

    patient: str
    code: str
    reason: str
    remedy: str
    source: Source
    text: str = ""

    @classmethod
    def of(cls, code: str, reason: str, *, source: Source, patient: str = "", text: object = "") -> Reject:
        patient, reason = map(in_whole_characters, (patient, reason))
        return cls(patient, code, reason, CODES[code].remedy, source, shown(text))


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient who was read, with what could not be."""

    profile: Profile
    issues: tuple[Issue, ...] = ()


Outcome: TypeAlias = Patient | Reject


@dataclass(slots=True)
class Reading:
    """The account of one reading: it fills while the outcomes are taken, and is whole after the last one.

    ``patients`` is what the file was found to hold in a first pass over its identifiers; ``matched`` and
    ``rejected`` add up to it at the end, always.
    """

    patients: int = 0
    matched: int = 0
    rejected: int = 0
    issues: Counter[str] = field(default_factory=Counter)
    file_issues: list[Issue] = field(default_factory=list)
    unresolved_agents: Counter[str] = field(default_factory=Counter)
    unmapped_codes: Counter[str] = field(default_factory=Counter)
    assumptions: list[str] = field(default_factory=list)

    def assume(self, text: str) -> None:
        if text not in self.assumptions:
            self.assumptions.append(text)

    def count(self, outcome: Outcome) -> None:
        match outcome:
            case Patient(profile=profile, issues=issues):
                self.matched += 1
                for issue in issues:
                    self.count_issue(issue)
                for text in profile.assumptions:
                    self.assume(text)
            case Reject():
                self.rejected += 1

    def add(self, part: Reading) -> None:
        """Count what was read of a part; the whole has the patients and the issues of the file already."""
        self.matched += part.matched
        self.rejected += part.rejected
        self.issues.update(part.issues)
        self.unresolved_agents.update(part.unresolved_agents)
        self.unmapped_codes.update(part.unmapped_codes)
        for text in part.assumptions:
            self.assume(text)

    def count_issue(self, issue: Issue) -> None:
        self.issues[issue.code] += 1
        if issue.code == "P108":
            self.unresolved_agents[issue.text] += 1
        elif issue.code == "P126":
            self.unmapped_codes[issue.text] += 1


def shown(value: object) -> str:
    """A value as text on one line, cut where it is longer than anyone reads."""
    text = " ".join(in_whole_characters(str(value)).replace("\0", "\\0").split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
