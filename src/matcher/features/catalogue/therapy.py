"""Words about what was given before: agents and classes, lines, response, progression, washouts."""

from __future__ import annotations

from math import inf

from matcher.domain.dates import TimeUnit
from matcher.domain.possible import YES, Interval
from matcher.features.catalogue.said import HALF_LIFE, quality_parameters, said
from matcher.features.kind import (
    Contains,
    Count,
    Extreme,
    Filter,
    Is,
    Kind,
    Named,
    Recent,
    Since,
    Total,
    Within,
)
from matcher.features.word import (
    Arguments,
    Category,
    Elapsed,
    Facet,
    Number,
    Parameter,
    Presence,
    Takes,
    Word,
)
from matcher.vocabulary import codes
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.procedures import PROCEDURES

THERAPY = Parameter("therapy", Takes.THERAPY, "a class of agents or one agent", required=True)
ANY_THERAPY = Parameter("therapy", Takes.THERAPY, "only courses with this class or agent")
NOT_THESE = Parameter("except", Takes.THERAPY, "not this class or agent", phrase="except {}")
KIND = Parameter(
    "kind", Takes.CODES, "systemic, intracavitary, …", phrase="({})", vocabulary=codes.THERAPY_KIND
)
ROLE = Parameter(
    "role", Takes.CODES, "neoadjuvant, adjuvant, maintenance, …", phrase="({})", vocabulary=codes.THERAPY_ROLE
)
SINCE_END = Parameter("within", Takes.DURATION, "the last dose was within this time", phrase="within {}")
#: what counts as a line: chemotherapy, targeted therapy, immunotherapy, cell therapy; not surgery or support
SYSTEMIC = frozenset({"systemic", "cell_therapy"})


def _courses(arguments: Arguments) -> tuple[Filter, ...]:
    where: tuple[Filter, ...] = ()
    if (given := _target(arguments)) is not None:
        where += _given(given, arguments)
    if "kind" in arguments:
        where += (Is("kind", arguments.codes("kind")),)
    if "role" in arguments:
        where += (Is("role", arguments.codes("role")),)
    if "reason" in arguments:
        where += (Is("stopped_for", arguments.codes("reason")),)
    if (within := arguments.duration("within")) is not None:
        where += (Recent("end", within, arguments.events("before")),)
    return where + said(arguments, "therapies")


def _given(target: frozenset[str], arguments: Arguments) -> tuple[Filter, ...]:
    """One agent of these was given; of a scheme one of each, in one course."""
    return tuple(Contains("components", each) for each in (target, *arguments.together("therapy")))


def _target(arguments: Arguments) -> frozenset[str] | None:
    """The agents that are asked about, without those excepted; nothing where any would do."""
    if "therapy" not in arguments:
        return None
    return arguments.codes("therapy") - (arguments.codes("except") if "except" in arguments else frozenset())


def _counted(arguments: Arguments, *more: Filter) -> Count:
    # Who never had one agent of a scheme never had the scheme.
    others = arguments.together("therapy")
    return Count("therapies", _courses(arguments) + more, _target(arguments), others=others)


def _lines(arguments: Arguments) -> Count:
    where = (*_courses(arguments), Is("kind", SYSTEMIC))
    if arguments.given.get("maintenance") and arguments.text("maintenance") == "not_counted":
        where += (Is("role", frozenset(codes.THERAPY_ROLES) - {"maintenance"}),)
    # The number of a line is its place among all lines, not among those of one class or role.
    every = len(where) == 1
    return Count("therapies", where, _target(arguments), distinct="line", ordinal=every)


def _progressed(arguments: Arguments) -> Count:
    where: tuple[Filter, ...] = ()
    if "therapy" in arguments:
        where += _given(arguments.codes("therapy"), arguments)
    where += (Is("progressed", YES.members),)
    limit = arguments.duration("within")
    if arguments.flag("during"):
        where += (Within("days_to_progression", Interval(-inf, 0.0)),)
    if limit is not None:
        field = "days_to_progression" if limit.unit is TimeUnit.DAYS else "months_to_progression"
        months = limit.value * (12 if limit.unit is TimeUnit.YEARS else 1)
        where += (Within(field, Interval(-inf, float(months))),)
    return Count("therapies", where, _target(arguments))


#: the best response, from none because nothing was given to complete
RESPONSES = ("not_given", *codes.RESPONSE_ORDER)


def _best_response(arguments: Arguments) -> Extreme:
    return Extreme("therapies", "response", _courses(arguments), _target(arguments), order=RESPONSES)


def _since(arguments: Arguments) -> Kind:
    events = arguments.events("before")
    unit = arguments.elapsed_unit
    if "therapy" in arguments:
        where: tuple[Filter, ...] = _courses(arguments)
        return Since("therapies", where, _target(arguments), unit, "end", events)
    if "medication" in arguments:
        target = arguments.codes("medication")
        return Since("medications", (Contains("components", target),), target, unit, "end", events)
    if "procedure" in arguments:
        target = arguments.codes("procedure")
        return Since("procedures", (Is("code", target),), target, unit, "end", events)
    if "radiotherapy" in arguments:
        intent = arguments.codes("radiotherapy")
        return Since("radiotherapy", (Is("intent", intent),), intent, unit, "end", events)
    if "condition" in arguments:
        target = arguments.codes("condition")
        return Since("conditions", (Is("code", target),), target, unit, "start", events)
    return Since("events", (Named("name", arguments.text("event")),), None, unit, "start", events)


def _radiotherapy(arguments: Arguments) -> tuple[Filter, ...]:
    # Always asked for, so that radiotherapy that is denied or stands twice is only possible.
    intent = arguments.codes("intent") if "intent" in arguments else ALL_RADIOTHERAPY
    where: tuple[Filter, ...] = (Is("intent", intent),)
    if "field" in arguments:
        where += (Is("field", arguments.codes("field")),)
    if (within := arguments.duration("within")) is not None:
        where += (Recent("end", within, arguments.events("before")),)
    return where + said(arguments, "radiotherapy")


#: a statement that no radiotherapy was given names every intent
ALL_RADIOTHERAPY = frozenset(codes.RADIOTHERAPY_INTENTS)


def _procedure(arguments: Arguments) -> Count:
    target = arguments.codes("is")
    if "except" in arguments:
        target = target - arguments.codes("except")
    where: tuple[Filter, ...] = (Is("code", target), *said(arguments, "procedures"))
    if "for" in arguments:
        where += (Is("reason", arguments.codes("for")),)
    if (within := arguments.duration("within")) is not None:
        where += (Recent("end", within, arguments.events("before")),)
    return Count("procedures", where, target)


def _presence(kind: object) -> dict[str, Facet]:
    return {"": Facet(lambda _: Presence(), kind)}  # type: ignore[arg-type]


BEFORE = Parameter(
    "before", Takes.EVENT, "time is counted to this planned event instead of today", phrase="before {}"
)
FIELD = Parameter(
    "field", Takes.CODES, "what was irradiated", phrase="to {}", vocabulary=codes.RADIOTHERAPY_FIELD
)
INTENT = Parameter("intent", Takes.CODES, "curative, palliative, …", vocabulary=codes.RADIOTHERAPY_INTENT)

WORDS: tuple[Word, ...] = (
    Word(
        name="prior",
        section="therapy",
        meaning="Had at least one course with this class or agent (or none, under `not`)",
        phrase="Prior {therapy}",
        example="prior: platinum",
        facets=_presence(_counted),
        parameters=(
            THERAPY,
            NOT_THESE,
            KIND,
            ROLE,
            SINCE_END,
            HALF_LIFE,
            BEFORE,
            *quality_parameters("therapies"),
        ),
        question="Has the patient ever had {therapy}? When was the last dose?",
        topic="therapy:{therapy}",
    ),
    Word(
        name="lines_of_therapy",
        section="therapy",
        meaning="Number of lines of systemic therapy, all or by class, maintenance counted or not",
        phrase="Lines of systemic therapy {therapy}",
        example="lines_of_therapy: {at_least: 1}",
        facets={"": Facet(lambda _: Number(integer=True), _lines)},
        parameters=(
            Parameter("therapy", Takes.THERAPY, "only courses with this class or agent", phrase="({})"),
            ROLE,
            Parameter(
                "maintenance",
                Takes.TEXT,
                "whether maintenance is a line of its own",
                phrase="(maintenance {})",
                choices=("counted", "not_counted"),
            ),
        ),
        question="How many lines of systemic therapy {therapy} has the patient had?",
        topic="lines_of_therapy:{therapy}",
    ),
    Word(
        name="ongoing",
        section="therapy",
        meaning="A course with this class or agent is still running",
        phrase="Ongoing {therapy}",
        example="ongoing: checkpoint_inhibitor",
        facets=_presence(lambda a: _counted(a, Is("ongoing", YES.members))),
        parameters=(THERAPY, NOT_THESE, *quality_parameters("therapies")),
        question="Is {therapy} still being given?",
        topic="therapy:{therapy}",
    ),
    Word(
        name="stopped_for",
        section="therapy",
        meaning="A course with this class or agent was stopped for this reason",
        phrase="{therapy} stopped for {reason}",
        example="stopped_for: {therapy: checkpoint_inhibitor, reason: toxicity}",
        facets=_presence(_counted),
        parameters=(
            THERAPY,
            Parameter("reason", Takes.CODES, "why", required=True, vocabulary=codes.STOP_REASON),
        ),
        question="Why was {therapy} stopped?",
        topic="therapy:{therapy}",
    ),
    Word(
        name="progressed",
        section="therapy",
        meaning="Progression on, after, or within some time of the end of a course; never read off its end",
        phrase="Progression on or after {therapy}",
        example="progressed: {therapy: platinum, within: 6 months}",
        facets=_presence(_progressed),
        parameters=(
            THERAPY,
            Parameter(
                "within",
                Takes.DURATION,
                "progression came within this time of the last dose",
                phrase="within {}",
            ),
            Parameter(
                "during", Takes.FLAG, "progression came while it was being given", phrase="while it was given"
            ),
        ),
        question="Did the disease progress on or after {therapy}, and when?",
        topic="progressed:{therapy}",
    ),
    Word(
        name="best_response",
        section="therapy",
        meaning="Best response to any course with this class or agent",
        phrase="Best response to {therapy}",
        example="best_response: {therapy: platinum, in: [complete_response, partial_response]}",
        facets={"": Facet(lambda _: Category(codes=RESPONSES), _best_response)},
        parameters=(THERAPY, KIND),
        question="What was the best response to {therapy}?",
        topic="response:{therapy}",
    ),
    Word(
        name="cycles",
        section="therapy",
        meaning="Most cycles given in one course with this class or agent",
        phrase="Cycles of {therapy}",
        example="cycles: {therapy: platinum, at_least: 4}",
        facets={
            "": Facet(
                lambda _: Number(integer=True),
                lambda a: Extreme("therapies", "cycles", _courses(a), _target(a), none=0.0),
            )
        },
        parameters=(THERAPY, KIND, ROLE),
        question="How many cycles of {therapy} were given?",
        topic="cycles:{therapy}",
    ),
    Word(
        name="days_since",
        section="therapy",
        meaning="Time since the last dose of a class or agent, or since a procedure, condition or event",
        phrase="Time since {therapy}{medication}{procedure}{radiotherapy}{condition}{event}",
        example="days_since: {therapy: checkpoint_inhibitor, before: leukapheresis, at_least: 21 days}",
        facets={"": Facet(lambda _: Elapsed(), _since)},
        parameters=(
            ANY_THERAPY,
            Parameter("medication", Takes.MEDICATION, "since the last dose of this medicine"),
            Parameter("procedure", Takes.CODES, "since this procedure", vocabulary=PROCEDURES),
            Parameter(
                "radiotherapy",
                Takes.CODES,
                "since radiotherapy of this intent, or `any`",
                vocabulary=codes.RADIOTHERAPY_INTENT,
                phrase="{} radiotherapy",
            ),
            Parameter("condition", Takes.CODES, "since this condition began", vocabulary=CONDITIONS),
            Parameter("event", Takes.TEXT, "since this event", choices=codes.EVENTS),
            BEFORE,
            HALF_LIFE,
            KIND,
            Parameter(
                "except", Takes.THERAPY, "not this class or agent", phrase="except {}", only_with="therapy"
            ),
            *quality_parameters("therapies", "therapy"),
        ),
        question="When was the last dose or day of: {therapy}{medication}{procedure}{radiotherapy}{condition}{event}?",
        topic="washout:{therapy}{medication}{procedure}{radiotherapy}{condition}{event}",
        one_of=("therapy", "medication", "procedure", "radiotherapy", "condition", "event"),
    ),
    Word(
        name="procedure",
        section="therapy",
        meaning="Had an operation or other procedure",
        phrase="Procedure: {is}",
        example="procedure: {is: major_surgery, within: 28 days}",
        facets=_presence(_procedure),
        parameters=(
            Parameter("is", Takes.CODES, "which procedure", required=True, vocabulary=PROCEDURES),
            Parameter("except", Takes.CODES, "not these", vocabulary=PROCEDURES, phrase="except {}"),
            Parameter("for", Takes.CODES, "done for this condition", phrase="for {}", vocabulary=CONDITIONS),
            Parameter("within", Takes.DURATION, "within this time", phrase="within {}"),
            BEFORE,
            *quality_parameters("procedures"),
        ),
        question="Has the patient had: {is}? When?",
        topic="procedure:{is}",
    ),
    Word(
        name="radiotherapy",
        section="therapy",
        meaning="Had radiotherapy",
        phrase="{intent} radiotherapy {field}",
        example="radiotherapy: {field: chest, within: 14 days}",
        facets=_presence(
            lambda a: Count(
                "radiotherapy",
                _radiotherapy(a),
                a.codes("intent") if "intent" in a else ALL_RADIOTHERAPY,
            )
        ),
        parameters=(
            FIELD,
            INTENT,
            Parameter("within", Takes.DURATION, "ended within this time", phrase="within {}"),
            BEFORE,
            *quality_parameters("radiotherapy"),
        ),
        question="Has the patient had radiotherapy {field}? When did it end?",
        topic="radiotherapy",
    ),
    Word(
        name="radiotherapy_dose",
        section="therapy",
        meaning="Total dose of radiotherapy to a field",
        phrase="Total radiotherapy dose {field}",
        example="radiotherapy_dose: {field: chest, at_most: 50 Gy}",
        facets={
            "": Facet(
                lambda _: Number("Gy"),
                lambda a: Total("radiotherapy", "dose", _radiotherapy(a), ALL_RADIOTHERAPY),
            )
        },
        parameters=(FIELD, INTENT),
        question="What dose of radiotherapy was given {field}?",
        topic="radiotherapy",
    ),
)
