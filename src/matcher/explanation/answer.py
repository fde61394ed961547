"""What a person is told: plain records of words, dates and sources, ready for a page, a file or a terminal.

Everything here is made from verdicts and findings, so it is the same whichever engine answered.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.vocabulary.codes import event_in_words

#: so many candidates are named beside a question; more are counted
_NAMED = 3


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact that decided something: what it says, when it was true, how old it is, where it was read."""

    text: str
    date: str = ""
    age: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """One criterion for one patient, in the words of its polarity.

    ``verdict`` is met, not met or unknown for an inclusion; applies, does not apply or unknown for an
    exclusion or caution. ``satisfied`` is met, not met or unknown for either. ``of``, where somebody has judged the
    criterion, is the version that a judgement of today would be of.
    """

    id: str
    role: str
    text: str
    verdict: str
    satisfied: str
    reason: str
    facts: tuple[FactShown, ...]
    distance: str
    citation: str
    assumption: str
    at_screening: bool
    recoverable: str
    waivable: str
    printed: str
    note: str
    cohort: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next: ``settles`` is how many candidates' standing the answer is expected to change."""

    topic: str
    text: str
    settles: float
    candidates: tuple[str, ...]

    @property
    def worth(self) -> str:
        """Whose standing waits for the answer, in words; which settles most is said by the order of questions."""
        count = len(self.candidates)
        named = self.candidates if count <= _NAMED else (f"{count} candidates",)
        alone = "" if self.settles else ", not enough alone"
        return f"bears on {', '.join(named)}{alone}"


@dataclass(frozen=True, slots=True)
class EarliestDate:
    """When nothing but time stands in the way, of today's question or of a planned event.

    ``first`` is the first day on which the criteria may be met, ``last`` the first on which they are; without a
    ``last`` day none is certain. ``already``: they may be met before any waiting. ``whatever``: what nobody knows of
    a course that may count, such as its arm. ``complete``: the lists of which ``last`` supposes that they are.
    """

    event: str
    first: str
    last: str
    already: bool = False
    whatever: str = ""
    complete: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        if self.first == self.last:
            said = self.last
        elif not self.last:
            said = f"{self.first} at the earliest; no day is certain"
        else:
            unblind = ", or unblind" if self.whatever == "the arm" else ""
            certain = (
                f"safe whatever {self.whatever} from {self.last}{unblind}"
                if self.whatever
                else f"{self.last} for certain"
            )
            said = f"{'possibly already' if self.already else f'{self.first} at the earliest'}, {certain}"
        if self.complete:
            said += f", if nothing is missing from the list of {' and '.join(self.complete)}"
        return f"{event_in_words(self.event)} {said}" if self.event else said


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A study behind a candidate, and whether it is about this patient's disease."""

    study: str
    design: str
    level: str
    direction: str
    applies: str
    lines: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class CohortShown:
    """A cohort of a trial for one patient. ``fits``: no other stands better; the first of these is the one named."""

    id: str
    title: str
    standing: str
    standing_text: str
    availability: str
    criteria: int
    fits: bool

    @property
    def text(self) -> str:
        asks = "" if self.criteria else "; asks nothing beyond the trial"
        return f"{self.id}: {self.title} ({self.standing_text}; recruitment {self.availability}{asks})"


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """One candidate for one patient: place, standing, why, what is missing, what blocks, when."""

    kind: str
    rank: int | None
    id: str
    title: str
    cohort: str
    standing: str
    standing_text: str
    availability: str
    because: str
    criteria: tuple[CriterionShown, ...]
    cautions: tuple[CriterionShown, ...]
    missing: tuple[str, ...]
    blocking: tuple[str, ...]
    distances: tuple[str, ...]
    earliest: tuple[EarliestDate, ...]
    assumptions: tuple[str, ...]
    evidence: tuple[EvidenceShown, ...]
    coverage: str
    notes: tuple[str, ...] = ()
    version: str = ""
    #: what is known of the recruitment on the as-of day, where that is not what was known last
    recruitment: str = ""
    cohorts: tuple[CohortShown, ...] = ()
    tied: bool = False
    #: the criteria of which a person's verdict stands over another one that was computed
    overrides: tuple[str, ...] = ()
    #: of a trial, whom to ask and where it takes patients, each with its day and source
    places: tuple[str, ...] = ()

    @property
    def also_fitting(self) -> tuple[CohortShown, ...]:
        """The cohorts that fit as well as the one named."""
        return tuple(
            each for each in self.cohorts if each.fits and not self.cohort.startswith(f"{each.id}: ")
        )

    @property
    def place(self) -> str:
        """The rank as it is printed: an equals sign where another candidate has the same, nothing without one."""
        if self.rank is None:
            return ""
        return f"={self.rank}" if self.tied else f"{self.rank}"

    @property
    def applying(self) -> tuple[str, ...]:
        """The cautions that apply, in words; they stand wherever the candidate does."""
        return tuple(f"{each.id} {each.text}" for each in self.cautions if each.verdict == "applies")

    @property
    def earliest_text(self) -> str:
        return "; ".join(each.text for each in self.earliest)


@dataclass(frozen=True, slots=True)
class DerivedShown:
    """A derived fact beside a result: stage, prognostic index. ``known`` when one value remains.

    ``reason`` is the row that gave it or why there is none; ``facts`` what that row read, or what it refused.
    """

    name: str
    title: str
    value: str
    known: bool
    prognosis: bool
    lines: tuple[str, ...]
    citation: str
    reason: str = ""
    facts: tuple[FactShown, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientShown:
    """Everything said about one patient. Deceased patients are reported and not ranked unless asked for."""

    patient: str
    as_of: str
    summary: tuple[str, ...]
    deceased: bool
    trials: tuple[CandidateShown, ...]
    regimens: tuple[CandidateShown, ...]
    unmatched: tuple[str, ...]
    questions: tuple[Question, ...]
    derived: tuple[DerivedShown, ...]
    assumptions: tuple[str, ...]
    conflicts: tuple[str, ...]
    issues: tuple[str, ...]

    @property
    def candidates(self) -> tuple[CandidateShown, ...]:
        return self.trials + self.regimens


STANDING_TEXT = {
    "eligible": "Eligible",
    "eligible_pending_screening": "Eligible, screening tests pending",
    "meets_known_criteria": "Meets all known criteria",
    "possible": "Possible: facts are missing",
    "not_yet": "Not yet",
    "needs_waiver": "Needs a waiver",
    "ineligible": "Not eligible",
}
#: whether a study is about the patient's disease, by the verdict on where it applies
EVIDENCE_APPLIES = {
    "met": "applies to this patient's disease",
    "not met": "is about another disease: not credited",
    "unknown": "may not be about this patient's disease: not credited",
}
DECISION_NOTICE = "Decision support: a clinician decides. Check every criterion against the protocol and the patient's record."
