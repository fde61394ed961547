"""Answers made by hand, with everything in them that a report can show."""

from dataclasses import replace

from matcher.explanation.answer import (
    EVIDENCE_APPLIES,
    CandidateShown,
    CriterionShown,
    DerivedShown,
    EarliestDate,
    EvidenceShown,
    FactShown,
    PatientShown,
    Question,
)
from matcher.explanation.common import Common, CommonCandidate
from matcher.readers.outcome import Reading
from matcher.rulebook.load import DEFAULT_RANKING
from matcher.rules.graph import GraphBuilder
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Account, Run
from matcher.vocabulary.formulary import Formulary

MET = CriterionShown(
    id="I-01",
    role="inclusion",
    text="At least 18 years old",
    verdict="met",
    satisfied="met",
    reason="Age: 61 years",
    facts=(FactShown("Birth", "1964-03-02", "", "patients.csv, row 2, birth_date"),),
    distance="",
    citation="protocol, Eligibility",
    assumption="",
    at_screening=False,
    recoverable="",
    waivable="",
    printed="",
    note="",
)
FAILED = replace(
    MET,
    id="I-02",
    text="Platelets of at least 100",
    verdict="not met",
    satisfied="not met",
    reason="Platelets 92",
    distance="Platelets 92, needs at least 100; repeat the test",
    recoverable="within 10 %, on a repeated test",
)
EXCLUDES = replace(MET, id="E-01", role="exclusion", text="HIV", verdict="unknown", satisfied="unknown")
CAUTION = replace(MET, id="C-01", role="caution", text="Older than 75", verdict="applies", satisfied="met")

TRIAL = CandidateShown(
    kind="trial",
    rank=1,
    id="NCT00000001",
    title="A trial",
    cohort="A: the first",
    standing="not_yet",
    standing_text="Not yet",
    availability="open",
    because="not yet; recruitment open",
    criteria=(MET, FAILED, EXCLUDES, replace(MET, id="I-09", cohort="A")),
    cautions=(CAUTION,),
    missing=("E-01 HIV",),
    blocking=("I-02 Platelets of at least 100: Platelets 92",),
    distances=("Platelets 92, needs at least 100; repeat the test",),
    earliest=(EarliestDate("leukapheresis", "2026-02-01", "2026-02-03"),),
    assumptions=("E-01: presumed until screening",),
    evidence=(),
    coverage="partial",
    notes=("A note",),
)
REGIMEN = replace(
    TRIAL,
    kind="regimen",
    id="rest",
    title="Rest",
    cohort="",
    standing="ineligible",
    standing_text="Not eligible",
    availability="not applicable",
    evidence=(
        EvidenceShown(
            "RESTED",
            "randomised",
            "A1",
            "favours",
            EVIDENCE_APPLIES["met"],
            ("Nobody complained",),
            "guide, Rest",
        ),
    ),
    coverage="full",
)
PATIENT = PatientShown(
    patient="P-001",
    as_of="2026-01-15",
    summary=("Age: 61 years", "Sex: male"),
    deceased=False,
    trials=(TRIAL,),
    regimens=(REGIMEN,),
    unmatched=(),
    questions=(Question("hiv", "What is the HIV status?", 1.5, ("NCT00000001",)),),
    derived=(DerivedShown("stage", "Stage", "IIIA", True, True, ("Median survival",), "guide, Stage"),),
    assumptions=("Conditions not listed are absent",),
    conflicts=("Two stages disagree",),
    issues=("ecog: ECOG 7 is outside 0 to 4",),
)


def _unrecorded(shown: CandidateShown) -> CommonCandidate:
    """The same candidate for somebody of whom nothing is recorded."""
    criteria = tuple(
        replace(
            each, verdict="unknown", satisfied="unknown", reason="Fact: not recorded", facts=(), distance=""
        )
        for each in shown.criteria
    )
    cautions = tuple(
        replace(each, verdict="unknown", satisfied="unknown", facts=()) for each in shown.cautions
    )
    lacking = tuple(f"{each.id} Fact" for each in criteria)
    nobody = replace(shown, rank=None, criteria=criteria, cautions=cautions, missing=lacking)
    return CommonCandidate.of(nobody, ())


#: what is said of everybody alike
COMMON = Common(
    "0123456789abcdef",
    (),
    {each.name: replace(each, value="unknown", known=False, lines=()) for each in PATIENT.derived},
    {each.id: _unrecorded(each) for each in PATIENT.candidates}.__getitem__,
)


def rulebook() -> Rulebook:
    return Rulebook(GraphBuilder().graph(), (), (), Formulary(()), DEFAULT_RANKING, "0123456789abcdef")


def account(book: Rulebook | None = None) -> Account:
    return Account(Run(book or rulebook(), "patients.csv", "2026-01-15", "reference"))


def reading(patients: int = 1, rejected: int = 0) -> Reading:
    return Reading(patients=patients, matched=patients - rejected, rejected=rejected)
