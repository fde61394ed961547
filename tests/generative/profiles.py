"""Profiles generated at the level of records: possible sets, open ends, imprecise dates, open and closed lists.

What a reader never lets through is not made here either: a last dose before the first, a course that has ended
and still runs, two index cancers.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from matcher.domain.dates import DateSpan, add_months
from matcher.domain.judgement import HOLDS, HOLDS_NOT, IN_FORCE, REPLACED, Judgement
from matcher.domain.possible import NO, YES, Codes, Interval
from matcher.domain.profile import Profile
from matcher.domain.record import (
    Absence,
    Alteration,
    Biomarker,
    Condition,
    Course,
    Diagnosis,
    Event,
    Laboratory,
    Listing,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.vocabulary import codes
from matcher.vocabulary.alterations import absent
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.staging import STAGE
from tests.generative import said
from tests.generative.conditions import EVENTS
from tests.small_formulary import SMALL_FORMULARY

#: a criterion left to a person, and one whose computed verdict a person may override
JUDGED, OVERRIDDEN = ("T-1", "I-01"), ("T-1", "I-02")

R = TypeVar("R", bound=Record)
Maybe = st.SearchStrategy[Codes | None]

AS_OF = (date(2026, 1, 15), date(2024, 2, 29), date(2026, 3, 31))
AGENTS = tuple(sorted(SMALL_FORMULARY.all_leaves))
_NAMED = ("nivolumab", "pembrolizumab", "cisplatin", "pemetrexed", "prednisone", "mesothelin_cells")
CONDITION_CODES = ("psoriasis", "lupus", "pneumonitis", "hiv", "stroke")
PROCEDURE_CODES = ("gastrectomy", "lung_resection", "core_biopsy")
GENES = ("NF2", "BAP1", "CDKN2A")
ANY_MUTATION = Codes(codes.ALTERATION_KIND.leaves("mutation"))
CANCERS = ("PLEMESO", "PLBMESO", "PEMESO", min(DIAGNOSES.leaves("BRCA")), "BCC")
HISTOLOGIES = ("epithelioid", "biphasic", "desmoplastic", "sarcomatoid_other")
YES_NO = ("yes", "no")

_EDGES = (0, 1, 6, 7, 8, 13, 14, 15, 20, 21, 22, 27, 28, 29, 59, 60, 61, 89, 90, 91, 200, 365, 366, 400, 1100)


@cache
def days(as_of: date, *, later: bool = True) -> st.SearchStrategy[date]:
    """Days on and beside the edges of windows; now and then one after the as-of day."""
    edges = {as_of - timedelta(days=each) for each in _EDGES}
    for months in (-3, -6, -12, -36):
        edge = add_months(as_of, months)
        edges |= {edge, edge - timedelta(days=1), edge + timedelta(days=1)}
    past = st.sampled_from(sorted(edges, reverse=True))
    future = st.integers(1, 40).map(lambda number: as_of + timedelta(days=number))
    return st.one_of(*[past] * 11, future) if later else past


@cache
def spans(as_of: date, *, later: bool = True) -> st.SearchStrategy[DateSpan]:
    day = days(as_of, later=later)
    exact = day.map(DateSpan.on)
    between = st.lists(day, min_size=2, max_size=2).map(lambda pair: DateSpan(min(pair), max(pair)))
    whole = [between]
    if later:
        whole += [
            day.map(lambda each: DateSpan.month(each.year, each.month)),
            day.map(lambda each: DateSpan.year(each.year)),
        ]
    return st.one_of(*[exact] * 2 * len(whole), *whole)


@cache
def maybe_span(as_of: date, *, later: bool = True) -> st.SearchStrategy[DateSpan | None]:
    found = spans(as_of, later=later)
    return st.one_of(found, found, found, st.none())


@cache
def some(*choices: str) -> Maybe:
    """One code, several, or nothing said."""
    one = st.sampled_from(choices).map(Codes.of)
    several = st.sets(st.sampled_from(choices), min_size=1, max_size=3).map(
        lambda each: Codes(frozenset(each))
    )
    return st.one_of(*[one] * 4, several, st.none())


@cache
def stated(*choices: str) -> st.SearchStrategy[Codes]:
    return some(*choices).filter(lambda found: found is not None)  # type: ignore[return-value]


@cache
def numbers(*points: float, low: float = 0.0, high: float = 1e6) -> st.SearchStrategy[Interval]:
    """A point, or an interval between two of the points or the domain's ends, each end open or closed."""
    ends = sorted({*points, low, high})

    def interval(pair: Sequence[float], opened: tuple[bool, bool]) -> Interval:
        first, last = min(pair), max(pair)
        # The end of a domain is closed: no reader leaves it out.
        return Interval(first, last, opened[0] and first != low, opened[1] and last != high)

    two = st.lists(st.sampled_from(ends), min_size=2, max_size=2, unique=True)
    point = st.sampled_from(points).map(Interval.exactly)
    return st.one_of(point, point, st.builds(interval, two, st.tuples(st.booleans(), st.booleans())))


@cache
def scores(*points: int) -> st.SearchStrategy[Interval]:
    two = st.lists(st.sampled_from(points), min_size=2, max_size=2).map(sorted)
    return st.one_of(
        st.sampled_from(points).map(lambda each: Interval.exactly(float(each))),
        two.map(lambda pair: Interval(float(pair[0]), float(pair[1]))),
    )


@cache
@st.composite
def _periods(draw: st.DrawFn, as_of: date) -> tuple[DateSpan | None, DateSpan | None, Codes | None]:
    """First day, last day and whether it still runs, as a reader leaves them."""
    start, end = draw(maybe_span(as_of)), draw(maybe_span(as_of))
    if start is not None and end is not None and end.last < start.first:
        end = None
    if end is None:
        return start, None, draw(st.sampled_from((YES, NO, None)))
    if end.first > as_of:
        return start, end, YES
    return start, end, NO if end.last <= as_of else None


@cache
@st.composite
def courses(draw: st.DrawFn, as_of: date) -> Course:
    start, end, ongoing = draw(_periods(as_of))
    progressed = draw(st.sampled_from((YES, NO, None, Codes.of(*YES_NO))))
    progression = draw(maybe_span(as_of, later=False)) if progressed == YES else None
    if progression is not None and start is not None and progression.last < start.first:
        progression = None
    component = st.one_of(some(*_NAMED), stated(*_NAMED))
    return Course(
        tuple(draw(st.lists(component, min_size=1, max_size=2))),
        draw(some("systemic", "cell_therapy", "supportive")),
        start,
        end,
        ongoing,
        draw(st.none() | scores(1, 2, 3)),
        draw(some("adjuvant", "palliative", "maintenance")),
        draw(some(*codes.RESPONSES)),
        progressed,
        progression,
        draw(some("toxicity", "progression", "completed")),
        draw(st.none() | scores(1, 2, 4)),
        qualities=draw(said.qualities("therapies")),
    )


@cache
@st.composite
def medications(draw: st.DrawFn, as_of: date) -> Medication:
    start, end, ongoing = draw(_periods(as_of))
    components = st.lists(some("prednisone", "dexamethasone", "aspirin"), min_size=1, max_size=1)
    dose = draw(st.none() | numbers(1.5, 5, 10))
    return Medication(
        *(tuple(draw(components)), dose, start, end, ongoing, draw(some("systemic", "topical"))),
        reason=draw(some(*said.REASONS)),
        qualities=draw(said.qualities("medications")),
    )


@cache
@st.composite
def irradiations(draw: st.DrawFn, as_of: date) -> Radiotherapy:
    start, end, ongoing = draw(_periods(as_of))
    dose = draw(st.none() | numbers(20, 30, 50, high=200))
    intent = draw(some("palliative", "curative", "adjuvant"))
    field = draw(some("chest", "bone"))
    told = draw(said.qualities("radiotherapy"))
    return Radiotherapy(field, intent, dose, start, end, ongoing, qualities=told)


@cache
@st.composite
def _dated(draw: st.DrawFn, as_of: date) -> tuple[DateSpan | None, DateSpan | None]:
    start, end, _ = draw(_periods(as_of))
    return start, end


def listings(
    records: st.SearchStrategy[R], absent: Sequence[frozenset[str]], as_of: date
) -> st.SearchStrategy[Listing[R]]:
    absence = st.builds(Absence, st.sampled_from(absent), on=maybe_span(as_of, later=False))
    return st.builds(
        Listing,
        st.lists(records, max_size=3).map(tuple),
        st.one_of(st.just(()), st.just(()), st.tuples(absence)),
        st.booleans(),
    )


@cache
@st.composite
def _diagnoses(draw: st.DrawFn, as_of: date) -> Listing[Diagnosis]:
    cancer = st.builds(
        Diagnosis,
        stated(*CANCERS),
        st.just(NO),
        st.sampled_from((YES, Codes.of(*YES_NO))),
        some(*HISTOLOGIES),
        some("active", "remission"),
        maybe_span(as_of),
        free_since=st.none() | spans(as_of),
        qualities=said.qualities("diagnoses"),
    )
    listed = draw(listings(cancer, [DIAGNOSES.leaves("BRCA"), DIAGNOSES.leaves("SKIN")], as_of))
    index = st.builds(
        Diagnosis,
        some(*CANCERS[:3]),
        st.just(YES),
        st.sampled_from((YES, YES, Codes.of(*YES_NO))),
        some(*HISTOLOGIES),
    )
    return Listing(
        (*draw(st.lists(index, max_size=1)), *listed.records[:2]), listed.absences, listed.complete
    )


@cache
@st.composite
def _observations(draw: st.DrawFn, as_of: date, names: frozenset[str]) -> tuple[Observation, ...]:
    on = maybe_span(as_of)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "ecog": scores(0, 1, 2, 3, 4),
        "karnofsky": scores(30, 50, 60, 70, 80, 90, 100),
        "sex": stated("female", "male"),
        "weight": numbers(50, 72, 90, low=1, high=400),
        "pregnant": stated(*YES_NO),
        "resectability": stated("resectable", "unresectable"),
        "lvef": numbers(45, 50, 55, low=5, high=90),
    }
    found: list[Observation] = []
    for name in draw(
        st.lists(st.sampled_from(sorted(names & kinds.keys() or kinds)), min_size=1, max_size=4)
    ):
        if sum(each.name == name for each in found) < 2:
            found.append(Observation(name, draw(kinds[name]), draw(on)))
    if "suitable_for" in names:
        subjects = draw(st.lists(st.sampled_from(("cisplatin", "carboplatin", "")), max_size=2, unique=True))
        found += [Observation("suitable_for", draw(stated(*YES_NO)), draw(on), each) for each in subjects]
    return tuple(found)


@cache
@st.composite
def _labs(draw: st.DrawFn, as_of: date, names: frozenset[str]) -> tuple[Laboratory, ...]:
    values = {
        "platelets": numbers(74.9, 75, 100, 150, high=5000),
        "alt": numbers(40, 60, 100, high=50000),
        "albumin": numbers(3, 3.5, 4, high=10),
        "creatinine": numbers(0.9, 1, 1.5, low=0.05, high=40),
        "creatinine_clearance": numbers(45, 60, 80, high=400),
    }
    limits = {"alt": (40.0, None), "albumin": (None, 3.5)}
    found: list[Laboratory] = []
    for test in draw(
        st.lists(st.sampled_from(sorted(names & values.keys() or values)), min_size=1, max_size=3)
    ):
        if sum(test in each.test.members for each in found) < 2:
            upper, lower = (
                None
                if limit is None
                else draw(st.none() | numbers(limit, limit * 1.2, low=limit / 2, high=limit * 2))
                for limit in limits.get(test, (None, None))
            )
            found.append(
                Laboratory(Codes.of(test), draw(values[test]), upper, lower, draw(maybe_span(as_of)))
            )
    return tuple(found)


@cache
def _biomarkers(as_of: date) -> st.SearchStrategy[tuple[Biomarker, ...]]:
    one = st.builds(
        lambda method, status, percent, on: Biomarker(
            Codes.of("mesothelin"), method, status=status, percent_1=percent, on=on
        ),
        some("ihc", "flow"),
        some("positive", "negative", "equivocal"),
        st.none() | numbers(9.9, 10, 40, high=100),
        maybe_span(as_of),
    )
    return st.lists(one, max_size=2).map(tuple)


@cache
def _staging(as_of: date) -> st.SearchStrategy[tuple[Staging, ...]]:
    stages = st.sampled_from(("ajcc8_pleural", "ajcc8_pleural.III", "ajcc8_pleural.IB", "ajcc7_pleural.III"))
    one = st.builds(
        Staging,
        stated("7", "8"),
        some("T0", "T1_other", "T2_other", "T4_other"),
        some("N0", "N2_other"),
        some("M0", "M1_other"),
        st.none() | stages.map(lambda code: Codes(STAGE.leaves(code))),
        on=maybe_span(as_of),
    )
    return st.lists(one, max_size=2).map(tuple)


@cache
@st.composite
def _events(draw: st.DrawFn, as_of: date) -> tuple[Event, ...]:
    """Past progressions, and planned events in their order: some dated, the others not yet."""
    found = [Event("progression", draw(spans(as_of)))] if draw(st.booleans()) else []
    earliest = as_of - timedelta(days=draw(st.sampled_from((0, 0, 0, 15, 40))))
    for name in EVENTS:
        # What has happened has a date: only what is to come can be without one.
        if earliest < as_of or draw(st.booleans()):
            first = earliest + timedelta(days=draw(st.sampled_from((0, 1, 6, 7, 14, 21, 28, 45))))
            last = first + timedelta(days=draw(st.sampled_from((0, 0, 0, 5, 30))))
            found.append(Event(name, DateSpan(first, last)))
            earliest = last
    return tuple(found)


@cache
def _judgements(as_of: date) -> st.SearchStrategy[tuple[Judgement, ...]]:
    """As a reader leaves them: two people who differ are both open, who has said something else no longer counts."""
    one = st.builds(
        lambda about, verdict, on, force: Judgement(about[0], about[1], verdict, on, force=force),
        st.sampled_from((JUDGED, OVERRIDDEN, ("T-2", "I-01"))),
        stated(HOLDS, HOLDS_NOT),
        maybe_span(as_of),
        st.sampled_from((IN_FORCE, IN_FORCE, IN_FORCE, REPLACED)),
    )
    return st.lists(one, max_size=4).map(tuple)


@cache
def _tables(as_of: date, names: frozenset[str]) -> Mapping[str, st.SearchStrategy[Any]]:
    """Each part of a profile by its name."""
    members = SMALL_FORMULARY.members
    years = [DateSpan.year(as_of.year - each) for each in (17, 18, 65, 80)]
    birthdays = [add_months(as_of, -12 * each) for each in (17, 18, 65, 75)]
    around = [DateSpan.on(each + timedelta(days=off)) for each in birthdays for off in (-1, 0, 1)]
    conditions = st.builds(
        lambda code, status, grade, dated, due_to, stable, told: Condition(
            code, status, grade, dated[0], dated[1], due_to=due_to, stable_since=stable, qualities=told
        ),
        some(*CONDITION_CODES),
        some("active", "controlled", "resolved"),
        st.none() | scores(1, 2, 3),
        _dated(as_of),
        said.causes(),
        st.none() | spans(as_of),
        said.qualities("conditions"),
    )
    procedures = st.builds(
        lambda code, dated, reason, told: Procedure(code, dated[0], dated[1], reason=reason, qualities=told),
        some(*PROCEDURE_CODES),
        _dated(as_of),
        some(*said.REASONS),
        said.qualities("procedures"),
    )
    alterations = st.builds(
        lambda gene, kind, change, partner: Alteration(gene, kind, change, partner=partner),
        some(*GENES),
        st.sampled_from([None, Codes.of("missense"), Codes.of("deletion"), Codes.of("fusion"), ANY_MUTATION]),
        some("V600E", "V600K", "V600", "E746_A750del"),
        st.none() | st.none() | some(*GENES),
    )
    no_surgery = [PROCEDURES.leaves("major_surgery")]
    no_radiotherapy = [frozenset({"palliative"}), frozenset(codes.RADIOTHERAPY_INTENTS)]
    no_condition = [CONDITIONS.leaves("autoimmune_disease"), CONDITIONS.leaves("hiv")]
    return {
        "birth": st.none() | st.sampled_from([*years, *around]),
        "observations": _observations(as_of, names),
        "diagnoses": _diagnoses(as_of),
        "staging": _staging(as_of),
        "labs": _labs(as_of, names),
        "biomarkers": _biomarkers(as_of),
        "alterations": listings(alterations, [absent({"NF2"})], as_of),
        "therapies": listings(courses(as_of), [members("platinum"), members("immunotherapy")], as_of),
        "procedures": listings(procedures, no_surgery, as_of),
        "radiotherapy": listings(irradiations(as_of), no_radiotherapy, as_of),
        "conditions": listings(conditions, no_condition, as_of),
        "medications": listings(
            medications(as_of), [members("corticosteroid"), members("antiplatelet")], as_of
        ),
        "events": _events(as_of),
        "judgements": _judgements(as_of),
    }


@st.composite
def profiles(
    draw: st.DrawFn,
    tables: frozenset[str] | None = None,
    names: frozenset[str] = frozenset(),
    as_of: date | None = None,
) -> Profile:
    """A profile with something in these tables (in all of them, unless said which), under these names."""
    day = as_of or draw(st.sampled_from(AS_OF))
    parts = {
        name: draw(strategy)
        for name, strategy in _tables(day, names).items()
        if tables is None or name in tables
    }
    return Profile(id="p", as_of=day, **parts)
