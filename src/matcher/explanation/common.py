"""What is said of everybody alike: of candidates and derived facts while nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from matcher.explanation.answer import (
    DECISION_NOTICE,
    EVIDENCE_APPLIES,
    STANDING_TEXT,
    CandidateShown,
    CohortShown,
    CriterionShown,
    DerivedShown,
    EvidenceShown,
)

Document = dict[str, Any]
APPLIES = {words: name for name, words in EVIDENCE_APPLIES.items()}
#: of a criterion, the same for everybody
FIXED = (
    "citation",
    "assumption",
    "at_screening",
    "recoverable",
    "waivable",
    "printed",
    "note",
    "cohort",
    "of",
)
_SATISFIED = {
    ("exclusion", "applies"): "not met",
    ("exclusion", "does not apply"): "met",
    ("caution", "applies"): "met",
    ("caution", "does not apply"): "not met",
}


@dataclass(frozen=True, slots=True)
class CommonCandidate:
    """A candidate as it stands with a patient of whom nothing is recorded.

    ``lacking`` is what its criteria lack then, ``assumable`` everything that is ever assumed for it.
    """

    shown: CandidateShown
    lacking: Mapping[str, str]
    assumable: tuple[str, ...]

    @classmethod
    def of(cls, shown: CandidateShown, assumable: Iterable[str]) -> CommonCandidate:
        return cls(shown, lacking_in(shown), tuple(dict.fromkeys((*shown.assumptions, *assumable))))

    def document(self) -> Document:
        shown = self.shown
        return spoken(
            kind=shown.kind,
            title=shown.title,
            coverage=shown.coverage,
            availability=shown.availability,
            criteria=[self._criterion(each) for each in shown.criteria],
            cautions=[self._criterion(each) for each in shown.cautions],
            evidence=[{**asdict(each), "applies": APPLIES[each.applies]} for each in shown.evidence],
            assumptions=self.assumable,
            assumed=[self.assumable.index(each) for each in shown.assumptions],
            notes=shown.notes,
            places=shown.places,
            version=shown.version,
            recruitment=shown.recruitment,
            cohorts=[cohort_document(each) for each in shown.cohorts],
        )

    def _criterion(self, each: CriterionShown) -> Document:
        said = {name: value for name in FIXED if (value := getattr(each, name))}
        unrecorded = said_of(each, (), self.lacking.get(each.id, ""))
        return {"id": each.id, "role": each.role, "text": each.text, **said, "unrecorded": unrecorded}

    @classmethod
    def of_document(cls, identifier: str, held: Document) -> CommonCandidate:
        def criteria(name: str) -> tuple[CriterionShown, ...]:
            return tuple(_common_criterion(each) for each in held.get(name, ()))

        assumable = tuple(held.get("assumptions", ()))
        unrecorded = {each["id"]: each["unrecorded"] for each in held.get("criteria", ())}
        shown = CandidateShown(
            kind=held["kind"],
            id=identifier,
            title=held["title"],
            cohort="",
            standing="",
            standing_text="",
            availability=held["availability"],
            criteria=criteria("criteria"),
            cautions=criteria("cautions"),
            assumptions=tuple(assumable[each] for each in held.get("assumed", ())),
            evidence=tuple(_evidence(each) for each in held.get("evidence", ())),
            coverage=held["coverage"],
            notes=tuple(held.get("notes", ())),
            places=tuple(held.get("places", ())),
            version=held.get("version", ""),
            recruitment=held.get("recruitment", ""),
            cohorts=tuple(cohort_of(each) for each in held.get("cohorts", ())),
            rank=None,
            because="",
            missing=(),
            blocking=(),
            distances=(),
            earliest=(),
        )
        lacking = {
            name: said.get("lacking") or titles_in(said["reason"])
            for name, said in unrecorded.items()
            if said["verdict"] == "unknown"
        }
        return cls(shown, lacking, assumable)


@dataclass(slots=True)
class Common:
    """What is the same for everybody: candidates, worked out when they are first met, and derived facts."""

    rulebook: str
    unmatched: tuple[str, ...]
    derived: Mapping[str, DerivedShown]
    make: Callable[[str], CommonCandidate]
    held: dict[str, CommonCandidate] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The short form of the rulebook's."""
        return self.rulebook[:12]

    def candidate(self, identifier: str) -> CommonCandidate:
        found = self.held.get(identifier)
        if found is None:
            found = self.held[identifier] = self.make(identifier)
        return found

    def document(self, candidates: Collection[str]) -> Document:
        """The content of ``rulebook.json``, with these candidates."""
        return {
            "rulebook": self.rulebook,
            "candidates": {each: self.candidate(each).document() for each in candidates},
            "derived": [asdict(each) for each in self.derived.values()],
            "evidence_applies": EVIDENCE_APPLIES,
            "standing_text": STANDING_TEXT,
            "unmatched": list(self.unmatched),
            "notice": DECISION_NOTICE,
        }

    @classmethod
    def of_document(cls, document: Document) -> Common:
        held, derived = document["candidates"], map(_derived, document["derived"])
        return cls(
            document["rulebook"],
            tuple(document["unmatched"]),
            {each.name: each for each in derived},
            lambda identifier: CommonCandidate.of_document(identifier, held[identifier]),
        )


def said_of(each: CriterionShown, facts: Collection[int], lacking: str) -> Document:
    said: Document = {"verdict": each.verdict}
    if each.satisfied != satisfied_by(each.role, each.verdict):
        said["satisfied"] = each.satisfied
    said["reason"] = each.reason
    if lacking and lacking != titles_in(each.reason):
        said["lacking"] = lacking
    return said | spoken(facts=list(facts), distance=each.distance)


def _common_criterion(held: Document) -> CriterionShown:
    fixed = {name: held.get(name, "") for name in FIXED} | {"at_screening": held.get("at_screening", False)}
    said = held["unrecorded"]
    return CriterionShown(
        id=held["id"],
        role=held["role"],
        text=held["text"],
        verdict=said["verdict"],
        satisfied=said.get("satisfied") or satisfied_by(held["role"], said["verdict"]),
        reason=said["reason"],
        facts=(),
        distance=said.get("distance", ""),
        **fixed,
    )


def satisfied_by(role: str, verdict: str) -> str:
    """What a verdict in the words of a role says of the condition: of an exclusion, that it is not there."""
    return _SATISFIED.get((role, verdict), verdict)


def titles_in(reason: str) -> str:
    """What a criterion lacks, where that is all that its reason names."""
    return ", ".join(dict.fromkeys(part.partition(": ")[0] for part in reason.split("; ")))


def recoverable_of(base: CriterionShown, satisfied: str) -> str:
    """What is met has nothing to recover."""
    return "" if satisfied == "met" else base.recoverable


def lacking_in(shown: CandidateShown) -> dict[str, str]:
    """What each criterion lacks, by its identifier."""
    return {name: rest for name, _, rest in (each.partition(" ") for each in shown.missing)}


def _evidence(held: Document) -> EvidenceShown:
    return EvidenceShown(
        **{**held, "lines": tuple(held["lines"]), "applies": EVIDENCE_APPLIES[held["applies"]]}
    )


def _derived(held: Document) -> DerivedShown:
    return DerivedShown(**{**held, "lines": tuple(held["lines"]), "facts": ()})


def spoken(**values: Any) -> Document:
    """Without what is empty."""
    return {name: value for name, value in values.items() if value}


def cohort_document(cohort: CohortShown) -> Document:
    """With its words, for those who only print it."""
    return {"text": cohort.text, **asdict(cohort)}


def cohort_of(held: Document) -> CohortShown:
    return CohortShown(**{name: value for name, value in held.items() if name != "text"})
