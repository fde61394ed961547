"""Words about laboratory values, biomarkers, alterations, conditions and medicines."""

from __future__ import annotations

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import YES, Interval
from matcher.features.catalogue.alterations import alteration
from matcher.features.catalogue.person_and_disease import COUNTED_TO, WITHIN, window
from matcher.features.catalogue.said import quality_parameters, said
from matcher.features.kind import (
    Age,
    Ago,
    Contains,
    Count,
    Extreme,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Is,
    Kind,
    Latest,
    Named,
    NumberDomain,
    Recent,
    Total,
    Within,
)
from matcher.features.word import Answer, Arguments, Category, Facet, Number, Parameter, Presence, Takes, Word
from matcher.vocabulary import codes
from matcher.vocabulary.biomarkers import CATEGORIES, METHOD, SCORE_TYPE, STATUSES
from matcher.vocabulary.conditions import CONDITIONS
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
    return Facet(lambda _: answers[field], kind)


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


def _condition(arguments: Arguments) -> Count:
    target = arguments.codes("is")
    if "except" in arguments:
        target = target - arguments.codes("except")
    return Count("conditions", _conditions(arguments, target), target)


def _conditions(arguments: Arguments, target: frozenset[str]) -> tuple[Filter, ...]:
    where: tuple[Filter, ...] = (Is("code", target),)
    if "status" in arguments:
        where += (Is("status", arguments.codes("status")),)
    if "grade_at_least" in arguments:
        grade = arguments.given["grade_at_least"].value
        assert isinstance(grade, float)
        where += (Within("grade", Interval(grade, 5.0)),)
    for cause in ("due_to", "to"):
        if cause in arguments:
            where += (Contains("due_to", arguments.codes(cause)),)
    events = arguments.events("before")
    if (within := arguments.duration("within")) is not None:
        where += (Recent("start", within, events),)
    if (present := arguments.duration("present_within")) is not None:
        where += (Recent("end", present, events),)
    if (stable := arguments.duration("stable_for")) is not None:
        where += (Ago("stable_since", stable, events),)
    return where + said(arguments, "conditions")


def _allergy(arguments: Arguments) -> Count:
    return Count("conditions", _conditions(arguments, ALLERGIES), ALLERGIES)


def _medicines(arguments: Arguments) -> tuple[Filter, ...]:
    where: tuple[Filter, ...] = (Contains("components", _taken(arguments)),)
    if "route" in arguments:
        where += (Is("route", arguments.codes("route")),)
    if "for" in arguments:
        where += (Is("reason", arguments.codes("for")),)
    if (lasting := arguments.duration("lasting")) is not None:
        where += (Ago("start", lasting, arguments.events("before")),)
    where += said(arguments, "medications")
    if (within := arguments.duration("within")) is not None:
        return (*where, Recent("end", within, arguments.events("before")))
    return (*where, Is("ongoing", YES.members))


def _taken(arguments: Arguments) -> frozenset[str]:
    """The medicines that are asked about, without those excepted."""
    return arguments.codes("is") - (arguments.codes("except") if "except" in arguments else frozenset())


def _dose(arguments: Arguments) -> Total:
    equivalent = arguments.name_of("as") == "prednisone"
    field = "prednisone_equivalent" if equivalent else "dose"
    return Total("medications", field, _medicines(arguments), _taken(arguments))


MEDICINE = Parameter("is", Takes.MEDICATION, "a class of medicines or one medicine", required=True)
ROUTE = Parameter("route", Takes.CODES, "how it is given", phrase="({})", vocabulary=codes.ROUTE)
TAKEN = Parameter(
    "within", Takes.DURATION, "taken within this time; without it: taken now", phrase="within {}"
)
BEFORE = Parameter(
    "before", Takes.EVENT, "time is counted to this planned event instead of today", phrase="before {}"
)

NOT_THIS_MEDICINE = Parameter("except", Takes.MEDICATION, "not this class or medicine", phrase="except {}")
FOR = Parameter("for", Takes.CODES, "taken for this condition", phrase="for {}", vocabulary=CONDITIONS)
LASTING = Parameter("lasting", Takes.DURATION, "begun at least this long ago", phrase="for at least {}")
MORE_OF_MEDICINES = (
    NOT_THIS_MEDICINE,
    ROUTE,
    FOR,
    LASTING,
    TAKEN,
    *quality_parameters("medications"),
    BEFORE,
)
GRADE = Parameter("grade_at_least", Takes.NUMBER, "CTCAE grade", phrase="of grade {} or more", low=1, high=5)
DUE_TO = Parameter("due_to", Takes.CAUSE, "a toxicity of this class, agent or procedure", phrase="due to {}")
BEGAN = Parameter("within", Takes.DURATION, "began within this time", phrase="that began within {}")
PRESENT = Parameter(
    "present_within", Takes.DURATION, "was there at any time within this time", phrase="at any time within {}"
)
STABLE_FOR = Parameter(
    "stable_for", Takes.DURATION, "stable for at least this time", phrase="stable for at least {}"
)
ALLERGIES = CONDITIONS.leaves("allergy")

WORDS: tuple[Word, ...] = (
    Word(
        name="lab",
        section="laboratory",
        meaning="Latest value of a laboratory test, or its multiple of the limit of normal (`2.5 x ULN`)",
        phrase="{test}",
        example="lab: {test: platelets, at_least: 100 10*9/L, within: 14 days}",
        facets={"": Facet(_lab_answer, _lab_kind)},
        parameters=(Parameter("test", Takes.LAB, "which test", required=True), WITHIN, COUNTED_TO),
        question="What is the latest {test} (value, unit, date)?",
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
        question="What is the result for {marker} (method, percent of cells, intensity)?",
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
        parameters=(
            Parameter("gene", Takes.GENE, "gene: HGNC symbol, or another name of it", required=True),
            Parameter("kind", Takes.CODES, "what kind", vocabulary=codes.ALTERATION_KIND),
            Parameter("protein_change", Takes.CHANGE, "one change or a class: V600E, V600, exon 19 deletion"),
            Parameter("partner", Takes.GENE, "fusion partner; the two have no order", phrase="with {}"),
        ),
        question="Was {gene} tested, and what was found?",
        topic="alteration:{gene}",
    ),
    Word(
        name="condition",
        section="conditions",
        meaning="A disease or finding beside the index cancer",
        phrase="{is}",
        example="condition: {is: autoimmune_disease, status: active}",
        facets={"": Facet(lambda _: Presence(), _condition)},
        parameters=(
            Parameter("is", Takes.CODES, "which condition", required=True, vocabulary=CONDITIONS),
            Parameter("except", Takes.CODES, "not these", vocabulary=CONDITIONS, phrase="except {}"),
            Parameter(
                "status",
                Takes.CODES,
                "active, controlled, resolved, …",
                phrase="({})",
                vocabulary=codes.CONDITION_STATUS,
            ),
            GRADE,
            DUE_TO,
            BEGAN,
            PRESENT,
            STABLE_FOR,
            *quality_parameters("conditions"),
            BEFORE,
        ),
        question="Does the patient have, or has the patient had: {is}?",
        topic="condition:{is}",
    ),
    Word(
        name="allergy",
        section="conditions",
        meaning="An allergy or hypersensitivity to this; to anything at all it is a condition",
        phrase="Allergy {to}",
        example="allergy: platinum",
        facets={"": Facet(lambda _: Presence(), _allergy)},
        parameters=(
            Parameter("to", Takes.CAUSE, "to this class, agent or treatment", required=True, phrase="to {}"),
            GRADE,
            *quality_parameters("conditions"),
        ),
        question="Has the patient had an allergy or hypersensitivity {to}?",
        topic="condition:allergy",
    ),
    Word(
        name="worst_grade",
        section="conditions",
        meaning="Highest CTCAE grade of a condition; none is grade 0",
        phrase="Grade of {is}",
        example="worst_grade: {is: peripheral_neuropathy, at_most: 1}",
        facets={
            "": Facet(
                lambda _: Number("", 0, 5, integer=True, bare=True),
                lambda a: Extreme(
                    "conditions", "grade", _conditions(a, a.codes("is")), a.codes("is"), none=0.0
                ),
            )
        },
        parameters=(
            Parameter("is", Takes.CODES, "which condition", required=True, vocabulary=CONDITIONS),
            DUE_TO,
        ),
        question="What is the grade of: {is}?",
        topic="condition:{is}",
    ),
    Word(
        name="medication",
        section="medication",
        meaning="Takes a medicine now, or took it within some time",
        phrase="Medication: {is}",
        example="medication: antiplatelet",
        facets={"": Facet(lambda _: Presence(), lambda a: Count("medications", _medicines(a), _taken(a)))},
        parameters=(MEDICINE, *MORE_OF_MEDICINES),
        question="Does the patient take: {is}?",
        topic="medication:{is}",
    ),
    Word(
        name="daily_dose",
        section="medication",
        meaning="Total daily dose of a class of medicines; corticosteroids as prednisone",
        phrase="Daily dose of {is} {as}",
        example="daily_dose: {is: corticosteroid, as: prednisone, above: 10 mg}",
        facets={"": Facet(lambda _: Number("mg"), _dose)},
        parameters=(
            MEDICINE,
            Parameter("as", Takes.TEXT, "equivalent dose of this", phrase="as {}", choices=("prednisone",)),
            *MORE_OF_MEDICINES,
        ),
        question="What is the daily dose of: {is}?",
        topic="medication:{is}",
    ),
)
