"""The records a profile is made of: flat, dated, each knowing where it came from.

A field is ``None`` where nobody said: it could then have any value of its domain. Numbers are intervals in
the canonical unit of their test, categories sets of vocabulary leaves, dates spans.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Generic, TypeAlias, TypeVar

from matcher.domain.dates import DateSpan, TimeUnit, elapsed_between
from matcher.domain.judgement import Judgement
from matcher.domain.possible import DOUBTS, NO, UNREAD, YES, Codes, Interval, Possible, is_unread
from matcher.domain.source import UNSTATED, Source
from matcher.vocabulary import variants
from matcher.vocabulary.corticosteroids import PREDNISONE_POTENCY
from matcher.vocabulary.units import round9
from matcher.vocabulary.variants import Change

Components: TypeAlias = tuple[Codes | None, ...]

#: of a record of which nobody said more than its name: each quality, each cause and each reason is possible
NOTHING_SAID: Components = (None,)


@dataclass(frozen=True, slots=True)
class Observation:
    """One dated single-valued fact about the person or the disease: ECOG, weight, LVEF, consent, extent.

    ``subject`` narrows the name where one name covers several things: fitness for *cisplatin*.
    """

    name: str
    value: Possible
    on: DateSpan | None = None
    subject: str = ""
    source: Source = UNSTATED


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cancer. ``index`` marks the one that treatment is sought for; the others are history.

    ``free_since``: the first day without it, after treatment or in remission.
    """

    code: Codes | None
    index: Codes | None = None
    confirmed: Codes | None = None
    histology: Codes | None = None
    status: Codes | None = None
    on: DateSpan | None = None
    source: Source = UNSTATED
    free_since: DateSpan | None = None
    qualities: Components = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Staging:
    """A TNM classification or a stage, with scheme and edition: the same letters mean other things in others."""

    edition: Codes | None = None
    t: Codes | None = None
    n: Codes | None = None
    m: Codes | None = None
    stage: Codes | None = None
    scheme: Codes | None = None
    basis: Codes | None = None
    on: DateSpan | None = None
    source: Source = UNSTATED


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One laboratory value in its test's canonical unit, with the reference limits printed beside it."""

    test: Codes
    value: Interval
    upper_normal: Interval | None = None
    lower_normal: Interval | None = None
    on: DateSpan | None = None
    source: Source = UNSTATED
    #: as it was written, where that is in another unit
    written: str = field(default="", compare=False)

    @property
    def times_upper_normal(self) -> Interval:
        """Multiple of the upper limit of normal; anything from zero up where that limit was not printed."""
        return _ratio(self.value, self.upper_normal)

    @property
    def times_lower_normal(self) -> Interval:
        """Multiple of the lower limit of normal; anything from zero up where that limit was not printed."""
        return _ratio(self.value, self.lower_normal)


@dataclass(frozen=True, slots=True)
class Biomarker:
    """A tumour or blood marker. ``percent_n`` is the share of cells with an intensity of at least n."""

    marker: Codes
    method: Codes | None = None
    specimen: Codes | None = None
    status: Codes | None = None
    percent_1: Interval | None = None
    percent_2: Interval | None = None
    percent_3: Interval | None = None
    intensity: Interval | None = None
    score: Interval | None = None
    score_type: Codes | None = None
    number: Interval | None = None
    category: Codes | None = None
    on: DateSpan | None = None
    source: Source = UNSTATED


@dataclass(frozen=True, slots=True)
class Alteration:
    """A gene alteration that was found. Without a gene it was found and cannot be read: it could be any.

    What a rule asks about is worked out from the fields that were stated. ``genes`` are the genes it touches: the
    partners of a fusion have no order, and an unstated one could be any; so could that of an alteration whose kind
    nobody can read. ``event`` is the pair that a fusion would
    join. ``change``, ``residues`` and ``exon`` are what the protein change says: the one change, where it is one, and
    where in the protein it lies.
    """

    gene: Codes | None
    kind: Codes | None = None
    protein_change: Codes | None = None
    copy_number: Interval | None = None
    partner: Codes | None = None
    on: DateSpan | None = None
    source: Source = UNSTATED
    genes: Components = field(init=False, compare=False, repr=False)
    event: Components = field(init=False, compare=False, repr=False)
    change: Codes | None = field(init=False, compare=False, repr=False)
    residues: Interval | None = field(init=False, compare=False, repr=False)
    exon: Codes | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named = self.gene.members - DOUBTS if self.gene is not None else frozenset[str]()
        symbol = next(iter(named)) if len(named) == 1 else ""
        unread = [each is not None and is_unread(each) for each in (self.kind, self.partner)]
        partner = self.partner if not unread[1] else None
        if self.gene is not None and partner is not None:
            # What is doubted is the event, and so both of its genes.
            partner = Codes(partner.members | (self.gene.members & DOUBTS))
        event = (self.gene, partner)
        joined = partner is not None or self.kind == _FUSION or any(unread)
        said = _said(self.protein_change, symbol)
        keys = [each.keys for each in said]
        places = [each.residues for each in said]
        in_exons = [variants.exons_of(each, symbol) for each in said]
        derived: dict[str, object] = {
            "genes": event if joined else (self.gene,),
            "event": event,
            "change": Codes(frozenset().union(*keys)) if keys and all(keys) else None,
            "residues": _hull([each for each in places if each is not None]) if all(places) else None,
            "exon": Codes(frozenset().union(*filter(None, in_exons))) if said and all(in_exons) else None,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)


_FUSION = Codes.of("fusion")


def _said(protein_change: Codes | None, gene: str) -> list[Change]:
    """What each possible change says; nothing where one of them says nothing that is understood."""
    found = [
        variants.change(each, gene) for each in (protein_change.members if protein_change is not None else ())
    ]
    return [each for each in found if each is not None] if all(found) else []


def _hull(places: list[tuple[int, int]]) -> Interval | None:
    ends = [end for place in places for end in place]
    return Interval(float(min(ends)), float(max(ends))) if ends else None


@dataclass(frozen=True, slots=True)
class Course:
    """One course of therapy. A component that is ``None`` could be any agent: blinded or not resolved."""

    components: Components
    kind: Codes | None = None
    start: DateSpan | None = None
    end: DateSpan | None = None
    ongoing: Codes | None = None
    line: Interval | None = None
    role: Codes | None = None
    response: Codes | None = None
    progressed: Codes | None = None
    progression: DateSpan | None = None
    stopped_for: Codes | None = None
    cycles: Interval | None = None
    label: str = ""
    source: Source = UNSTATED
    #: recorded among the medicines; exposure to an agent counts wherever it stands
    elsewhere: bool = False
    qualities: Components = NOTHING_SAID

    @property
    def days_to_progression(self) -> Interval | None:
        """Days from the end of the course to progression; on treatment it is zero or less."""
        return self._to_progression(TimeUnit.DAYS)

    @property
    def months_to_progression(self) -> Interval | None:
        """Calendar months from the end of the course to progression; on treatment it is zero or less."""
        return self._to_progression(TimeUnit.MONTHS)

    def _to_progression(self, unit: TimeUnit) -> Interval | None:
        if self.progressed == NO:
            return Interval(inf, inf)
        if self.progression is None:
            return None
        if self.ongoing == YES:
            return Interval(-inf, 0)
        return elapsed_between(self.end, self.progression, unit) if self.end else None


@dataclass(frozen=True, slots=True)
class Procedure:
    """Surgery, a biopsy, a drainage, a transfusion, a transplant."""

    code: Codes | None
    start: DateSpan | None = None
    end: DateSpan | None = None
    label: str = ""
    source: Source = UNSTATED
    reason: Codes | None = None
    qualities: Components = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Radiotherapy:
    """One course of radiotherapy; the dose is in Gy."""

    field: Codes | None = None
    intent: Codes | None = None
    dose: Interval | None = None
    start: DateSpan | None = None
    end: DateSpan | None = None
    ongoing: Codes | None = None
    source: Source = UNSTATED
    qualities: Components = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Condition:
    """A disease or finding beside the index cancer, with its status and CTCAE or NYHA grade.

    ``due_to``: what it is an allergy to, or a toxicity of.
    """

    code: Codes | None
    status: Codes | None = None
    grade: Interval | None = None
    start: DateSpan | None = None
    end: DateSpan | None = None
    label: str = ""
    source: Source = UNSTATED
    #: nobody recorded it: a judgement that a recorded disease could come under
    elsewhere: bool = False
    due_to: Components = NOTHING_SAID
    stable_since: DateSpan | None = None
    qualities: Components = NOTHING_SAID
    #: whether it is still there: controlled it is, resolved it is not
    ongoing: Codes | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        told = self.status.members if self.status is not None else frozenset[str]()
        there = frozenset(_STILL_THERE.get(each, "") for each in told)
        object.__setattr__(self, "ongoing", Codes(there) if there and "" not in there else None)


_STILL_THERE = {"active": "yes", "controlled": "yes", "resolved": "no"}


@dataclass(frozen=True, slots=True)
class Medication:
    """A medicine that is not treatment of the cancer. ``dose`` is mg a day."""

    components: Components
    dose: Interval | None = None
    start: DateSpan | None = None
    end: DateSpan | None = None
    ongoing: Codes | None = None
    route: Codes | None = None
    label: str = ""
    source: Source = UNSTATED
    #: recorded among the therapies
    elsewhere: bool = False
    reason: Codes | None = None
    qualities: Components = NOTHING_SAID

    @property
    def prednisone_equivalent(self) -> Interval:
        """Daily dose as mg of prednisone; anything from zero up where dose or agent is not known."""
        potencies = [_potency(component) for component in self.components] or [Interval(0, inf)]
        low, high = min(each.low for each in potencies), max(each.high for each in potencies)
        if self.dose is None:
            return Interval(0, 0) if high == 0 else Interval(0, inf)
        return Interval(round9(low * self.dose.low), inf if high == inf else round9(high * self.dose.high))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened or is planned on a day: progression, recurrence, leukapheresis, an infusion."""

    name: str
    on: DateSpan
    source: Source = UNSTATED


@dataclass(frozen=True, slots=True)
class Absence:
    """A statement that none of these codes is present: "prior checkpoint inhibitor: no", "HIV: negative"."""

    codes: frozenset[str]
    label: str = ""
    on: DateSpan | None = None
    source: Source = UNSTATED
    #: what each name of the statement denies, also where that is in doubt; without it all codes together
    names: tuple[frozenset[str], ...] = ()

    @property
    def denied(self) -> tuple[frozenset[str], ...]:
        return self.names or (self.codes,)


Record: TypeAlias = (
    Observation
    | Diagnosis
    | Staging
    | Laboratory
    | Biomarker
    | Alteration
    | Course
    | Procedure
    | Radiotherapy
    | Condition
    | Medication
    | Event
    | Judgement
)
R = TypeVar("R", bound=Record)

DENIABLE = ("components", "code", "gene", "intent")
"""The fields by which a record says what it is of; each type has one of them."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """Statements of presence and of absence. Only where somebody said so is the list complete."""

    records: tuple[R, ...] = ()
    absences: tuple[Absence, ...] = ()
    complete: bool = False

    def excludes(self, codes: frozenset[str] | None) -> bool:
        """Whether nothing but the records listed can have any of these codes (``None``: any code at all)."""
        return self.complete or (codes is not None and any(codes <= each.codes for each in self.absences))


def _ratio(value: Interval, limit: Interval | None) -> Interval:
    if is_unread(value) or (limit is not None and is_unread(limit)):
        return UNREAD
    if limit is None or limit.low <= 0:
        return Interval(0, inf)
    return Interval(
        round9(value.low / limit.high),
        round9(value.high / limit.low),
        value.low_open,
        value.high_open,
    )


def _potency(component: Codes | None) -> Interval:
    if component is None:
        return Interval(0, inf)
    known = [PREDNISONE_POTENCY.get(agent, 0.0) for agent in component.members]
    return Interval(min(known), max(known))
