"""Words about laboratory values, biomarkers and alterations."""

from __future__ import annotations

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Interval
from matcher.features.catalogue.alterations import alteration, excluded
from matcher.features.catalogue.person_and_disease import COUNTED_TO, WITHIN, window
from matcher.features.kind import (
    Age,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Is,
    Kind,
    Latest,
    Named,
    NumberDomain,
)
from matcher.features.word import Answer, Arguments, Category, Facet, Number, Parameter, Presence, Takes, Word
from matcher.vocabulary import codes
from matcher.vocabulary.biomarkers import CATEGORIES, METHOD, SCORE_TYPE, STATUSES
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS


def _lab_answer(arguments: Arguments) -> Answer:
    if arguments.multiple_of:
        return Number(bare=True)
    test = LAB_TESTS[arguments.text("test")]
    return Number(test.unit, test.low, test.high, bare=test.unit == "1")


def _lab_kind(arguments: Arguments) -> Latest:
    test = LAB_TESTS[arguments.text("test")]
    field = {"": "value", "upper": "times_upper_normal", "lower": "times_lower_normal"}[arguments.multiple_of]
    where = (Is("test", frozenset({test.code})),)
    return Latest("labs", field, where, window(arguments, test.max_age_days), arguments.events("before"))


def _lab_feature(test_name: str, arguments: Arguments) -> Feature:
    test = LAB_TESTS[test_name]
    kind = Latest(
        "labs",
        "value",
        (Is("test", frozenset({test.code})),),
        window(arguments, test.max_age_days),
        arguments.events("before"),
    )
    return Feature(f"lab {test_name}", kind, NumberDomain(Interval(test.low, test.high), test.unit))


def _observation_feature(name: str) -> Feature:
    kind = OBSERVATIONS[name]
    within = None if kind.max_age_days is None else Duration(kind.max_age_days, TimeUnit.DAYS)
    latest = Latest("observations", "value", (Named("name", name),), within)
    domain = Category(codes=kind.codes) if kind.codes else Number(kind.unit, kind.low, kind.high)
    return Feature(name, latest, domain.domain())


AGE = Feature("age", Age(), NumberDomain(Interval(0, 125), "years", integer=True))


def _clearance(arguments: Arguments) -> Kind:
    """Measured clearance, else Cockcroft-Gault."""
    formula = Formula(
        "cockcroft_gault",
        (
            AGE,
            _observation_feature("weight"),
            _lab_feature("creatinine", arguments),
            _observation_feature("sex"),
        ),
    )
    return _measured_or(formula, "creatinine_clearance", arguments)


def _egfr(arguments: Arguments) -> Kind:
    """Reported eGFR, else CKD-EPI 2021."""
    formula = Formula(
        "ckd_epi_2021", (AGE, _lab_feature("creatinine", arguments), _observation_feature("sex"))
    )
    return _measured_or(formula, "egfr", arguments)


def _measured_or(formula: Formula, test: str, arguments: Arguments) -> FirstOf:
    measured = _lab_feature(test, arguments)
    return FirstOf((measured, Feature(formula.name, formula, measured.domain)))


def _tests(arguments: Arguments) -> tuple[Filter, ...]:
    where: tuple[Filter, ...] = (Is("marker", frozenset({arguments.text("marker")})),)
    if "method" in arguments:
        where += (Is("method", arguments.codes("method")),)
    if "score_type" in arguments:
        where += (Is("score_type", arguments.codes("score_type")),)
    return where


def _marker(field: str) -> Facet:
    def kind(arguments: Arguments) -> Latest:
        return Latest(
            "biomarkers", field, _tests(arguments), arguments.duration("within"), arguments.events("before")
        )

    answers: dict[str, Answer] = {
        "status": Category(codes=STATUSES),
        "intensity": Number("", 0, 3, integer=True, bare=True),
        "score": Number("", 0, 100, bare=True),
        "number": Number(bare=True),
    }

    def answer(arguments: Arguments) -> Answer:
        # Of a marker with named states nobody reports that it is positive.
        named = field == "status" and arguments.text("marker") in CATEGORIES
        return Category() if named else answers[field]

    return Facet(answer, kind)


def _percent_kind(arguments: Arguments) -> Latest:
    """Cells stained with at least the given intensity (any staining, when none is given)."""
    level = arguments.text("intensity_at_least") if "intensity_at_least" in arguments else "1"
    return Latest(
        "biomarkers",
        f"percent_{level}",
        _tests(arguments),
        arguments.duration("within"),
        arguments.events("before"),
    )


def _category_answer(arguments: Arguments) -> Answer:
    """The named states of a marker: microsatellite or mismatch-repair status."""
    tree = CATEGORIES.get(arguments.text("marker"))
    return Category(tree=tree) if tree is not None else Category()


def _hla(arguments: Arguments) -> Latest:
    allele = arguments.text("allele")
    where = (
        Is("marker", frozenset({f"hla_{allele[0].lower()}"})),
        Is("category", frozenset({allele})),
    )
    return Latest("biomarkers", "status", where)


WORDS: tuple[Word, ...] = (
    Word(
        name="lab",
        section="laboratory",
        meaning="Latest value of a laboratory test, or its multiple of the limit of normal (`2.5 x ULN`)",
        phrase="{test}",
        example="lab: {test: platelets, at_least: 100 10*9/L, within: 14 days}",
        facets={"": Facet(_lab_answer, _lab_kind)},
        parameters=(Parameter("test", Takes.LAB, "which test", required=True), WITHIN, COUNTED_TO),
        question="What is the latest result for {test} (value, unit, date)?",
        topic="lab:{test}",
        default_window=lambda a: LAB_TESTS[a.text("test")].max_age_days,
    ),
    Word(
        name="creatinine_clearance",
        section="laboratory",
        meaning="Measured creatinine clearance, else Cockcroft-Gault from age, weight, sex and creatinine",
        phrase="Creatinine clearance",
        example="creatinine_clearance: {at_least: 45 mL/min}",
        facets={"": Facet(lambda _: Number("mL/min", 0, 400), _clearance)},
        parameters=(WITHIN, COUNTED_TO),
        question="What is the creatinine (value, unit, date), and the weight?",
        topic="lab:creatinine",
        default_window=lambda _: LAB_TESTS["creatinine"].max_age_days,
    ),
    Word(
        name="egfr",
        section="laboratory",
        meaning="Reported eGFR, else CKD-EPI 2021 from age, sex and creatinine",
        phrase="eGFR",
        example="egfr: {at_least: '50 mL/min/{1.73_m2}'}",
        facets={"": Facet(lambda _: Number("mL/min/{1.73_m2}", 0, 400), _egfr)},
        parameters=(WITHIN, COUNTED_TO),
        question="What is the creatinine (value, unit, date)?",
        topic="lab:creatinine",
        default_window=lambda _: LAB_TESTS["creatinine"].max_age_days,
    ),
    Word(
        name="biomarker",
        section="biomarkers",
        meaning="Expression of a tumour marker: status, share of cells, intensity, score, number or category",
        phrase="{marker}",
        example="biomarker: {marker: cldn18_2, method: ihc, intensity_at_least: 2, percent_positive: {at_least: 40}}",
        facets={
            "percent_positive": Facet(lambda _: Number("%", 0, 100, bare=True), _percent_kind),
            "status": _marker("status"),
            "intensity": _marker("intensity"),
            "score": _marker("score"),
            "number": _marker("number"),
            "category": Facet(
                _category_answer,
                lambda a: Latest(
                    "biomarkers", "category", _tests(a), a.duration("within"), a.events("before")
                ),
            ),
        },
        parameters=(
            Parameter("marker", Takes.MARKER, "which marker", required=True),
            Parameter("method", Takes.CODES, "how it was measured", phrase="({})", vocabulary=METHOD),
            Parameter(
                "intensity_at_least",
                Takes.TEXT,
                "counting cells this strongly stained",
                phrase="at {}+ or more",
                choices=("1", "2", "3"),
            ),
            Parameter("score_type", Takes.CODES, "which score", vocabulary=SCORE_TYPE),
            WITHIN,
            COUNTED_TO,
        ),
        question="What is the result for {marker} (method, percent of cells, intensity, called positive or negative)?",
        topic="biomarker:{marker}",
    ),
    Word(
        name="hla",
        section="biomarkers",
        meaning="Whether an HLA class I allele is carried",
        phrase="HLA type {allele}",
        example="hla: {allele: 'A*02:01', is: positive}",
        facets={"": Facet(lambda _: Category(codes=("positive", "negative")), _hla)},
        parameters=(Parameter("allele", Takes.TEXT, "two fields, as A*02:01", required=True),),
        question="Does the patient carry HLA {allele}?",
        topic="hla:{allele}",
    ),
    Word(
        name="alteration",
        section="biomarkers",
        meaning="A gene alteration was found (or is stated absent)",
        phrase="{gene} {kind} {protein_change} {partner}",
        example="alteration: {gene: NF2, kind: deletion}",
        facets={"": Facet(lambda _: Presence(), alteration)},
        excluded=excluded,
        parameters=(
            Parameter("gene", Takes.GENE, "gene: HGNC symbol, or another name of it", required=True),
            Parameter("kind", Takes.CODES, "what kind", vocabulary=codes.ALTERATION_KIND),
            Parameter("protein_change", Takes.CHANGE, "one change or a class: V600E, V600, exon 19 deletion"),
            Parameter("partner", Takes.GENE, "fusion partner; the two have no order", phrase="with {}"),
        ),
        question="Was {gene} tested, and what was found?",
        topic="alteration:{gene}",
    ),
)
