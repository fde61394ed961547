"""Words about conditions, allergies and medicines."""

from __future__ import annotations

from matcher.domain.possible import YES, Interval
from matcher.features.catalogue.said import HALF_LIFE, quality_parameters, said
from matcher.features.kind import Ago, Contains, Count, Extreme, Filter, Is, Recent, Total, Within
from matcher.features.word import Arguments, Facet, Number, Parameter, Presence, Takes, Word
from matcher.vocabulary import codes
from matcher.vocabulary.conditions import CONDITIONS


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
    HALF_LIFE,
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
