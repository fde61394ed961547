"""The account of a run: who was read, matched and rejected, and how many patients came out how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher import DISTRIBUTION, program_version
from matcher.explanation.answer import DECISION_NOTICE, CandidateShown, PatientShown
from matcher.readers.outcome import Reading
from matcher.rules.rulebook import Rulebook
from matcher.standing.standing import StandingKind

if TYPE_CHECKING:
    from matcher.service.bulk.counts import Counts

STANDINGS: tuple[str, ...] = tuple(kind.value for kind in StandingKind)


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked of a run: the rulebook, the day, and the options, as they are shown and recorded."""

    rulebook: Rulebook
    source: str
    as_of: str
    engine: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CandidateCount:
    """Patients by standing; the deceased, who are not ranked unless asked for, apart."""

    kind: str
    title: str
    ranked: Counter[str] = field(default_factory=Counter)
    not_ranked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Account:
    """Fills while patients are matched."""

    run: Run
    candidates: dict[str, CandidateCount] = field(default_factory=dict)
    matched: int = 0
    deceased: int = 0
    not_ranked: int = 0
    days: tuple[str, str] | None = None

    def count(self, patient: PatientShown) -> None:
        self.matched += 1
        self.deceased += patient.deceased
        self.not_ranked += not is_ranked(patient)
        first, last = self.days or (patient.as_of, patient.as_of)
        self.days = (min(first, patient.as_of), max(last, patient.as_of))
        for each in patient.candidates:
            self._candidate(each)[each.standing] += 1

    def add(self, counts: Counts) -> None:
        """Counts made of many patients at once."""
        self.matched += counts.matched
        self.deceased += counts.deceased
        self.not_ranked += counts.not_ranked
        if counts.matched:
            first, last = self.days or (counts.first_day, counts.last_day)
            self.days = (min(first, counts.first_day), max(last, counts.last_day))
        for each in self.run.rulebook.candidates:
            ranked, not_ranked = counts.standings.get(each.id), counts.standings_not_ranked.get(each.id)
            if ranked or not_ranked:
                held = self.candidates.setdefault(each.id, CandidateCount(each.kind.value, each.title))
                held.ranked.update(ranked or {})
                held.not_ranked.update(not_ranked or {})

    def _candidate(self, shown: CandidateShown) -> Counter[str]:
        count = self.candidates.setdefault(shown.id, CandidateCount(shown.kind, shown.title))
        return count.ranked if shown.rank is not None else count.not_ranked

    @property
    def as_of(self) -> str:
        """The day, or the span of days where patients are dated from records of their own."""
        first, last = self.days or (self.run.as_of, self.run.as_of)
        return first if first == last else f"{first} to {last}"

    def by_candidate(self) -> list[tuple[str, CandidateCount]]:
        """The candidates that patients were matched to, trials first."""
        return sorted(self.candidates.items(), key=lambda pair: (pair[1].kind != "trial", pair[0]))

    def left_out(self) -> dict[str, str]:
        """Candidates that no patient was matched to, and why."""
        return {
            each.id: "no criteria are known"
            if each.roots is None
            else f"recruitment {each.availability.value}"
            for each in self.run.rulebook.candidates
            if each.id not in self.candidates
        }

    def document(self, reading: Reading, files: tuple[str, ...]) -> dict[str, Any]:
        """The content of ``run.json``. It holds no time of day: the same run gives the same document."""
        rulebook = self.run.rulebook
        return {
            "program": {"name": DISTRIBUTION, "version": program_version()},
            "rulebook": {"version": rulebook.version, "files": list(rulebook.files)},
            "engine": self.run.engine,
            "options": dict(self.run.options),
            "as_of": {"given": self.run.as_of, "patients": list(self.days or ())},
            "patients": {
                "source": self.run.source,
                "read": reading.patients,
                "matched": reading.matched,
                "rejected": reading.rejected,
                "deceased": self.deceased,
                "not_ranked": self.not_ranked,
            },
            "candidates": {
                identifier: {
                    "kind": each.kind,
                    "title": each.title,
                    "standings": by_standing(each.ranked),
                    "standings_not_ranked": by_standing(each.not_ranked),
                }
                for identifier, each in self.by_candidate()
            },
            "candidates_left_out": self.left_out(),
            "assumptions": list(reading.assumptions),
            "issues": dict(sorted(reading.issues.items())),
            "unresolved_agents": dict(sorted(reading.unresolved_agents.items())),
            "unmapped_codes": dict(reading.unmapped_codes.most_common()),
            "files": list(files),
            "notice": DECISION_NOTICE,
        }


def by_standing(counts: Mapping[str, int]) -> dict[str, int]:
    """Every standing that occurs, best first."""
    return {name: counts[name] for name in STANDINGS if counts.get(name)}


def is_ranked(patient: PatientShown) -> bool:
    """Whether the candidates have places: those of a deceased patient have none unless asked for."""
    return not patient.deceased or any(each.rank is not None for each in patient.candidates)
