"""Explanations of many patients, written so that what is the same for everybody stands once.

A patient's line says what is said otherwise than of a patient of whom nothing is recorded, and ``patient_of`` puts the
two together again, to the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from operator import attrgetter
from typing import Any

from matcher.explanation.answer import (
    EVIDENCE_APPLIES,
    STANDING_TEXT,
    CandidateShown,
    CohortShown,
    CriterionShown,
    DerivedShown,
    EarliestDate,
    FactShown,
    PatientShown,
    Question,
)
from matcher.explanation.common import (
    APPLIES,
    FIXED,
    Common,
    CommonCandidate,
    Document,
    cohort_document,
    cohort_of,
    lacking_in,
    recoverable_of,
    said_of,
    satisfied_by,
    spoken,
    titles_in,
)

#: the same, but in another version of a protocol
_OWN = ("text", *FIXED)
_OTHERWISE = tuple(name for name in _OWN if name != "recoverable")
_own = attrgetter(*_OTHERWISE)
#: phrases of why a candidate stands where it does
BETWEEN = "; "


def line_of(patient: PatientShown, common: Common) -> Document:
    """What is said of this patient, as far as it is not said of everybody."""
    line = _Line()
    trials, regimens = (
        [line.candidate(each, common.candidate(each.id)) for each in ranked]
        for ranked in (patient.trials, patient.regimens)
    )
    derived = {
        each.name: derived_document(each, common.derived[each.name], list(map(line.fact, each.facts)))
        for each in patient.derived
        if each != common.derived[each.name]
    }
    said = spoken(
        deceased=patient.deceased,
        summary=patient.summary,
        conflicts=patient.conflicts,
        issues=patient.issues,
        assumptions=patient.assumptions,
        questions=list(map(question_document, patient.questions)),
        derived=derived,
    )
    return {
        "patient": patient.patient,
        "as_of": patient.as_of,
        "rulebook": common.version,
        **said,
        "facts": line.facts,
        "said": line.said,
        "phrases": list(line.phrases),
        "trials": trials,
        "regimens": regimens,
    }


def patient_of(line: Document, common: Common) -> PatientShown:
    """Everything said about the patient of a line."""
    facts = [FactShown(**each) for each in line["facts"]]
    said = [{**each, "facts": tuple(facts[fact] for fact in each.get("facts", ()))} for each in line["said"]]
    trials, regimens = (
        tuple(_candidate(each, said, line["phrases"], common.candidate(each["id"])) for each in line[kind])
        for kind in ("trials", "regimens")
    )
    changed = line.get("derived", {})
    return PatientShown(
        patient=line["patient"],
        as_of=line["as_of"],
        summary=tuple(line.get("summary", ())),
        deceased=line.get("deceased", False),
        trials=trials,
        regimens=regimens,
        unmatched=common.unmatched,
        questions=tuple(
            Question(each["topic"], each["text"], each["settles"], tuple(each["candidates"]))
            for each in line.get("questions", ())
        ),
        derived=tuple(
            _derived_here(each, changed[name], facts) if name in changed else each
            for name, each in common.derived.items()
        ),
        assumptions=tuple(line.get("assumptions", ())),
        conflicts=tuple(line.get("conflicts", ())),
        issues=tuple(line.get("issues", ())),
    )


class _Line:
    """A patient's facts and what is said of criteria, each written once and then referred to by its place."""

    def __init__(self) -> None:
        self.facts: list[dict[str, str]] = []
        self.said: list[Document] = []
        self.phrases: dict[str, int] = {}
        self._facts: dict[int, tuple[FactShown, int]] = {}
        self._said: dict[tuple[Any, ...], int] = {}

    def candidate(self, shown: CandidateShown, common: CommonCandidate) -> Document:
        base, lacking = common.shown, lacking_in(shown)
        entry: Document = {"id": shown.id}
        if shown.rank is not None:
            entry["rank"] = shown.rank
        entry |= spoken(tied=shown.tied, overrides=list(shown.overrides))
        entry |= standing_document(
            shown.cohort,
            shown.standing,
            shown.standing_text,
            (shown.version, shown.recruitment),
            shown.cohorts,
            shown.availability,
            base,
        )
        phrases = self.phrases
        entry["because"] = [phrases.setdefault(each, len(phrases)) for each in shown.because.split(BETWEEN)]
        if shown.earliest:
            entry["earliest"] = list(map(earliest_document, shown.earliest))
        if shown.assumptions != base.assumptions:
            places = {words: place for place, words in enumerate(common.assumable)}
            entry["assumed"] = [places.get(each, each) for each in shown.assumptions]
        if shown.evidence != base.evidence:
            entry["evidence"] = [APPLIES[each.applies] for each in shown.evidence]
        for name, criteria, commons in (
            ("criteria", shown.criteria, base.criteria),
            ("cautions", shown.cautions, base.cautions),
        ):
            places = {
                each.id: self._place(each, held, lacking.get(each.id, ""))
                for each, held in zip(criteria, commons, strict=True)
                if (each is not held and each != held)
                or (each.id in lacking and lacking[each.id] != common.lacking.get(each.id))
            }
            if places:
                entry[name] = places
        return entry

    def _place(self, each: CriterionShown, base: CriterionShown, lacking: str) -> int:
        facts = tuple([self.fact(fact) for fact in each.facts])
        otherwise = otherwise_than(each, base)
        held = tuple(otherwise.items())
        key = each.role, each.verdict, each.satisfied, each.reason, facts, each.distance, held, lacking
        place = self._said.get(key)
        if place is None:
            place = self._said[key] = len(self.said)
            self.said.append(said_of(each, facts, lacking) | otherwise)
        return place

    def fact(self, fact: FactShown) -> int:
        held = self._facts.get(id(fact))
        if held is None:
            held = self._facts[id(fact)] = fact, len(self.facts)
            self.facts.append(fact_document(fact))
        return held[1]


def standing_document(
    cohort: str,
    standing: str,
    standing_text: str,
    on_day: tuple[str, str],
    cohorts: tuple[CohortShown, ...],
    availability: str,
    base: CandidateShown,
) -> Document:
    """Where a candidate stands, as far as it does not stand so for everybody.

    ``on_day``: the version of its protocol, and what is known of its recruitment.
    """
    version, recruitment = on_day
    said: Document = {**spoken(cohort=cohort), "standing": standing}
    if standing_text != STANDING_TEXT[standing]:
        said["standing_text"] = standing_text
    if version != base.version:
        said["version"] = version
    if recruitment != base.recruitment:
        said["recruitment"] = recruitment
    if cohorts != base.cohorts:
        said["cohorts"] = list(map(cohort_document, cohorts))
    if availability != base.availability:
        said["availability"] = availability
    return said


def fact_document(fact: FactShown) -> Document:
    return {"text": fact.text, **spoken(date=fact.date, age=fact.age, source=fact.source)}


def earliest_document(earliest: EarliestDate) -> Document:
    """With its words, for those who only print it."""
    return {"text": earliest.text, **spoken(**asdict(earliest))}


def question_document(question: Question) -> Document:
    return {
        "topic": question.topic,
        "text": question.text,
        "settles": question.settles,
        "candidates": question.candidates,
        "worth": question.worth,
    }


def derived_document(each: DerivedShown, base: DerivedShown, facts: list[int]) -> Document:
    own = each.lines[: len(each.lines) - len(base.lines)]
    return spoken(value=each.value, known=each.known, reason=each.reason, facts=facts, lines=own)


def otherwise_than(each: CriterionShown, base: CriterionShown) -> Document:
    """What is the same for everybody, and not here: in another version of the protocol, for instance."""
    found: Document = {}
    if _own(each) != _own(base):
        values = zip(_OTHERWISE, _own(each), _own(base), strict=True)
        found = {name: value for name, value, common in values if value != common}
    if each.recoverable != recoverable_of(base, each.satisfied):
        found["recoverable"] = each.recoverable
    return found


def _candidate(
    entry: Document, said: list[Document], phrases: list[str], common: CommonCandidate
) -> CandidateShown:
    base, lacking = common.shown, dict(common.lacking)
    criteria, cautions = list(base.criteria), list(base.cautions)
    for name, held in (("criteria", criteria), ("cautions", cautions)):
        places: Mapping[str, int] = entry.get(name, {})
        for number, each in enumerate(held):
            if each.id in places:
                here = said[places[each.id]]
                held[number] = _criterion(each, here)
                lacking[each.id] = here.get("lacking") or titles_in(here["reason"])
    cohort = entry.get("cohort", "")
    counted = [each for each in criteria if each.cohort in ("", cohort.partition(":")[0])]
    evidence: Iterable[str] = entry.get("evidence", ())
    return replace(
        base,
        rank=entry.get("rank"),
        tied=entry.get("tied", False),
        overrides=tuple(entry.get("overrides", ())),
        cohort=cohort,
        standing=entry["standing"],
        standing_text=entry.get("standing_text", STANDING_TEXT[entry["standing"]]),
        availability=entry.get("availability", base.availability),
        because=BETWEEN.join(phrases[each] for each in entry["because"]),
        criteria=tuple(criteria),
        cautions=tuple(cautions),
        missing=tuple(
            dict.fromkeys(f"{each.id} {lacking[each.id]}" for each in counted if each.satisfied == "unknown")
        ),
        blocking=tuple(blocked(each) for each in counted if each.satisfied == "not met"),
        distances=tuple(each.distance for each in counted if each.distance),
        earliest=tuple(_earliest(each) for each in entry.get("earliest", ())),
        assumptions=tuple(
            common.assumable[each] if isinstance(each, int) else each for each in entry["assumed"]
        )
        if "assumed" in entry
        else base.assumptions,
        evidence=tuple(
            replace(each, applies=EVIDENCE_APPLIES[applies])
            for each, applies in zip(base.evidence, evidence, strict=True)
        )
        if evidence
        else base.evidence,
        version=entry.get("version", base.version),
        recruitment=entry.get("recruitment", base.recruitment),
        cohorts=tuple(map(cohort_of, entry["cohorts"])) if "cohorts" in entry else base.cohorts,
    )


def blocked(each: CriterionShown) -> str:
    """A criterion that is in the way, in one line."""
    return f"{each.id} {each.text}: {each.reason}"


def _criterion(base: CriterionShown, said: Document) -> CriterionShown:
    satisfied = said.get("satisfied") or satisfied_by(base.role, said["verdict"])
    return replace(
        base,
        verdict=said["verdict"],
        satisfied=satisfied,
        reason=said["reason"],
        facts=said.get("facts", ()),
        distance=said.get("distance", ""),
        **{
            "recoverable": recoverable_of(base, satisfied),
            **{name: said[name] for name in _OWN if name in said},
        },
    )


def _earliest(held: Document) -> EarliestDate:
    said = {name: value for name, value in held.items() if name != "text"}
    return EarliestDate(**{"event": "", "last": "", **said, "complete": tuple(held.get("complete", ()))})


def _derived_here(base: DerivedShown, said: Document, facts: list[FactShown]) -> DerivedShown:
    lines = (*said.get("lines", ()), *base.lines)
    return replace(
        base,
        value=said["value"],
        known=said.get("known", False),
        lines=lines,
        reason=said.get("reason", ""),
        facts=tuple(facts[each] for each in said.get("facts", ())),
    )
