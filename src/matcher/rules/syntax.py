"""The files of a rulebook as pydantic models: what a rule file may hold, and the JSON Schema for editors.

Of what they are made is in ``document``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from matcher.rules.document import (
    Asked,
    Citation,
    CohortId,
    CriterionId,
    Document,
    Name,
    Pair,
    RulebookDocument,
    Source,
    Text,
    Texts,
    TrialId,
    VersionCriterion,
    When,
)
from matcher.rules.enrolment_syntax import Recruitment, SiteDocument, TrialContactDocument
from matcher.rules.list_syntax import AgentsDocument, ListDocument


class Recoverable(Document):
    """How a criterion that is not met today may come to be: with time, or within a margin on a retest."""

    by: Literal["time"] | None = None
    within: Text | None = None
    source: Source | None = None
    assumption: Text | None = None


class Waivable(Document):
    """Who may waive the criterion and how far, as the protocol's own text grants it."""

    by: Text
    max_deviation: Text
    source: Source


class CriterionDocument(Asked):
    """One criterion. An exclusion is worded as the condition that excludes."""

    source: Source | None = None
    assumption: Text | None = None
    at_screening: bool = False
    recoverable: Recoverable | None = None
    waivable: Waivable | None = None
    printed: Text | None = Field(
        None, description="The limit as the source printed it, where that is doubtful."
    )
    note: Text | None = None


Criteria = dict[CriterionId, CriterionDocument]


class CautionDocument(Asked):
    """Something to say beside a match. It is evaluated and shown, and counts for nothing in a standing."""

    outside_study: bool = Field(
        False,
        description="The patient is outside the population that was studied: ranked below those who are within.",
    )
    source: Source | None = None
    assumption: Text | None = None


class CohortDocument(Document):
    """A part of a trial with criteria, standing and availability of its own."""

    title: Text
    status: Literal["open", "suspended", "closed", "unknown"] | None = Field(
        None,
        description="Whether this cohort takes patients; without it what holds for the trial holds for it.",
    )
    inclusion: Criteria = {}
    exclusion: Criteria = {}


class Outcome(Document):
    """One figure of a study, both arms where there are two, exactly as printed."""

    median_months: float | None = None
    control_median_months: float | None = None
    interval: Pair | None = None
    interval_of: Literal["hazard_ratio", "median", "odds_ratio"] | None = None
    interval_level: float | None = None
    median_interval: Pair | None = None
    control_median_interval: Pair | None = None
    median_interval_level: float | None = None
    hazard_ratio: float | None = None
    odds_ratio: float | None = None
    p: Text | float | None = None
    p_sided: Literal["one", "two"] | None = None
    percent: float | None = None
    control_percent: float | None = None
    percent_below: float | None = Field(None, description="Printed as less than this share, in percent.")
    control_percent_below: float | None = None
    percent_interval: Pair | None = None
    control_percent_interval: Pair | None = None
    percent_interval_level: float | None = None
    count: int | None = None
    of: int | None = None
    control_count: int | None = None
    control_of: int | None = None
    rates: dict[str, float] | None = Field(
        None, description="Share alive in percent by time, as '1 year: 81'."
    )
    significant: bool | None = None
    doubtful: list[str] = Field(
        [], description="Fields printed so, which cannot be right; never shown as effects."
    )
    note: Text | None = None


class EvidenceDocument(Document):
    """One study behind a regimen or trial. Figures are shown and cited, never used to order candidates."""

    study: Text
    registration: list[Text] = []
    design: Text | None = None
    patients: int | None = None
    randomised: int | None = Field(None, description="Patients randomised to the arm in question.")
    treated: int | None = None
    applies_to: When | None = None
    direction: Literal["favours", "no_survival_difference", "unclear"]
    level: Literal["A1", "A2", "A3", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "D", "not stated"]
    overall_survival: Outcome | None = None
    progression_free_survival: Outcome | None = None
    response: Outcome | None = None
    grade_3_4: Outcome | None = None
    grade_3_or_higher: Outcome | None = None
    treatment_related_deaths: Outcome | None = None
    other: dict[str, Outcome] = {}
    findings: list[Text] = []
    source: Source


class CandidateDocument(Document):
    """What trials and regimens have in common."""

    title: Text
    coverage: Literal["full", "partial", "none"] = "partial"
    encoded: Literal["whole", "most", "part", "little"] | None = Field(
        None,
        description="How much of the protocol is encoded; without it: `whole` of full coverage, `part` of partial.",
    )
    events: list[Name] = []
    sources: dict[Name, Citation] = {}
    inclusion: Criteria = {}
    exclusion: Criteria = {}
    cautions: dict[CriterionId, CautionDocument] = {}
    evidence: list[EvidenceDocument] = []
    assumptions: list[Text] = []
    notes: list[Text] = []

    @property
    def has_criteria(self) -> bool:
        return bool(self.inclusion or self.exclusion)


Day = date | int | Text


class Between(Document):
    """A day known only to lie between two others; without the first it may be any day before the second."""

    not_before: Day | None = None
    by: Day


class VersionDocument(Document):
    """One version of a protocol: the one in force on the as-of day is evaluated and shown.

    The last is what the file encodes; an earlier one has the criteria that were others.
    """

    since: Day | Between | None = Field(
        None,
        description="The day it came into force: a day, a month (2022-03), a year, or the days it lies between. "
        "Not of the first version.",
    )
    change: Text
    criteria: dict[CriterionId, VersionCriterion] = {}
    source: Source | None = None
    assumption: Text | None = Field(
        None, description="What of it, such as its day, no source says; listed with every answer."
    )


class TrialDocument(CandidateDocument):
    """A trial, recruiting or closed."""

    trial: TrialId
    phase: Literal["1", "1/2", "2", "2/3", "3", "4", "not stated"] | int
    acronym: Text | None = None
    sponsor: Text | None = None
    recruitment: Recruitment
    contacts: list[TrialContactDocument] = []
    sites: list[SiteDocument] = []
    cohorts: dict[CohortId, CohortDocument] = {}
    versions: list[VersionDocument] = Field(
        [],
        description="The protocol's versions as far as seen, oldest first; the last is what this file encodes.",
    )

    @property
    def has_criteria(self) -> bool:
        own = bool(self.inclusion or self.exclusion)
        return own or any(each.inclusion or each.exclusion for each in self.cohorts.values())


class RegimenDocument(CandidateDocument):
    """A treatment regimen or procedure."""

    regimen: Name
    setting: list[Name] | Name | None = None
    agents: list[Text] = []
    progressed_on_own_agents: Literal["excludes", "cautions"] = Field(
        "excludes",
        description="What progression on these agents or their class does; see `rules/progressed_on_own_agents.yaml`.",
    )
    evaluation: bool = Field(
        False, description="Under clinical evaluation where it is used: ranked after standard options."
    )
    supportive: list[Text] = []
    background: bool = Field(
        False,
        description="An option for everybody with the disease, such as supportive care: ranked after the others.",
    )


class Row(Document):
    """One row of a table: the first whose condition holds gives the result."""

    when: When
    then: str | list[str]


class CountOf(Document):
    """At least so many of these conditions."""

    at_least: float
    of: list[When]
    weights: list[float] | None = None


class DerivationDocument(Document):
    """A derived fact: a table of rows, or a count."""

    derive: Name
    title: Text
    meaning: Text | None = None
    prognosis: bool = Field(False, description="Shown beside a result as prognosis.")
    applies_to: When | None = None
    supplies: When | None = Field(None, description="The fact this is a source for, as {stage: {scheme: …}}.")
    values: Name | list[str]
    table: list[Row] | None = None
    ordered: bool = Field(False, description="Rows overlap on purpose: the first that holds decides.")
    otherwise: str | list[str] | None = None
    count: CountOf | None = None
    results: dict[str, list[Text]] = {}
    sources: dict[Name, Citation] = {}
    source: Source
    assumption: Text | None = None
    notes: list[Text] = []


class PolicyDocument(Document):
    """One criterion that is the same for every regimen and is made from the regimen's own agents.

    ``classes`` are those whose members count as one agent: who progressed on one has progressed on all.
    """

    policy: Literal["progressed_on_own_agents"]
    criterion: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    text: Text
    classes: Texts
    source: Citation
    assumption: Text


class RankingDocument(Document):
    """The order of candidates: keys compared one after the other."""

    ranking: Annotated[list[Name], Field(min_length=1)]
    standings: list[Name]
    availability: list[Name]
    directions: list[Name]
    levels: list[Text]
    encoded: list[Name] = ["whole", "most", "part", "little"]


class CaseDocument(Document):
    """One patient and what the rule must say of them."""

    case: Text
    as_of: date
    patient: dict[str, Any]
    expect: dict[str, Any]


AnyDocument = (
    TrialDocument
    | RegimenDocument
    | DerivationDocument
    | AgentsDocument
    | ListDocument
    | PolicyDocument
    | RankingDocument
    | RulebookDocument
)
KINDS: dict[str, type[AnyDocument]] = {
    "trial": TrialDocument,
    "regimen": RegimenDocument,
    "derive": DerivationDocument,
    "agents": AgentsDocument,
    "list": ListDocument,
    "policy": PolicyDocument,
    "ranking": RankingDocument,
    "rulebook": RulebookDocument,
}
