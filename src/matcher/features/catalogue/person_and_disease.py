"""Words about the person, the organs and the disease: observations, the index cancer, TNM and stage."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import NO, YES
from matcher.features.catalogue.said import quality_parameters, said
from matcher.features.kind import (
    Age,
    Ago,
    Count,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Is,
    Kind,
    Latest,
    Named,
    Recent,
)
from matcher.features.word import Answer, Arguments, Category, Facet, Number, Parameter, Presence, Takes, Word
from matcher.vocabulary import staging
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.observations import OBSERVATIONS, SUBJECTS, ObservationType

WITHIN = Parameter("within", Takes.DURATION, "not older than this at the as-of date", phrase="within {}")
COUNTED_TO = Parameter(
    "before", Takes.EVENT, "the time before this planned event, instead of before today", phrase="before {}"
)
CONVERTED = {"ecog": "karnofsky", "karnofsky": "ecog"}


def window(arguments: Arguments, default: int | None) -> Duration | None:
    """The window asked for, else the feature's own maximum age."""
    given = arguments.duration("within")
    if given is not None or default is None:
        return given
    return Duration(default, TimeUnit.DAYS)


def one(answer: Answer, kind: Kind) -> dict[str, Facet]:
    return {"": Facet(lambda _: answer, lambda _: kind)}


def observed(kind: ObservationType, arguments: Arguments) -> Latest:
    where: tuple[Filter, ...] = (Named("name", kind.name),)
    if kind.subject and kind.subject in arguments:
        where += (Named("subject", arguments.text(kind.subject)),)
    return Latest(
        "observations", "value", where, window(arguments, kind.max_age_days), arguments.events("before")
    )


def _answer(kind: ObservationType) -> Answer:
    if kind.codes:
        return Category(codes=kind.codes)
    return Number(kind.unit, kind.low, kind.high, kind.integer, bare=not kind.unit or kind.unit == "%")


def _scale(kind: ObservationType, arguments: Arguments) -> Kind:
    """A performance status as recorded, else converted from the other scale."""
    other = OBSERVATIONS[CONVERTED[kind.name]]
    domain = _answer(kind).domain()
    recorded = Feature(f"recorded {kind.name}", observed(kind, arguments), domain)
    source = Feature(f"recorded {other.name}", observed(other, arguments), _answer(other).domain())
    formula = Formula(f"{kind.name}_from_{other.name}", (source,))
    return FirstOf((recorded, Feature(f"{kind.name} from {other.name}", formula, domain)))


_SUBJECT_TAKES = {"therapy": Takes.AGENT, "gene": Takes.GENE}


def _observation_words() -> Iterator[Word]:
    for kind in OBSERVATIONS.values():
        parameters: tuple[Parameter, ...] = (WITHIN, COUNTED_TO)
        if kind.subject:
            meaning = f"which {kind.subject}"
            parameters += (
                Parameter(
                    kind.subject,
                    _SUBJECT_TAKES.get(kind.subject, Takes.TEXT),
                    meaning,
                    vocabulary=SUBJECTS.get(kind.subject),
                    phrase=kind.subject_phrase,
                ),
            )
        build = _scale if kind.name in CONVERTED else observed
        yield Word(
            name=kind.name,
            section=kind.section,
            meaning=kind.title,
            phrase=kind.title + (f" {{{kind.subject}}}" if kind.subject else ""),
            example=_example(kind),
            facets={"": Facet(lambda _, k=kind: _answer(k), lambda a, k=kind, b=build: b(k, a))},  # type: ignore[misc]
            parameters=parameters,
            question=kind.question,
            topic=kind.name + (f":{{{kind.subject}}}" if kind.subject else ""),
            default_window=lambda _, k=kind: k.max_age_days,  # type: ignore[misc]
        )


def _example(kind: ObservationType) -> str:
    if kind.codes == ("yes", "no"):
        return f"{kind.name}: true"
    if kind.codes:
        return f"{kind.name}: {kind.codes[0]}"
    limit = f"{kind.low + 1:g} {kind.unit}".strip()
    # A bracket inside braces is YAML's own unless it is quoted.
    quoted = f"'{limit}'" if "[" in limit else limit
    return f"{kind.name}: {{at_least: {quoted}}}"


INDEX: tuple[Filter, ...] = (Is("index", YES.members), Is("confirmed", YES.members))


def _other_cancer(arguments: Arguments) -> Count:
    codes = DIAGNOSES.all_leaves
    if "is" in arguments:
        codes = arguments.codes("is")
    if "except" in arguments:
        codes = codes - arguments.codes("except")
    where: tuple[Filter, ...] = (Is("index", NO.members), Is("confirmed", YES.members), Is("code", codes))
    if "status" in arguments:
        where += (Is("status", arguments.codes("status")),)
    if (within := arguments.duration("within")) is not None:
        where += (Recent("start", within),)
    if (free := arguments.duration("free_for")) is not None:
        where += (Ago("free_since", free),)
    if (less := arguments.duration("free_less_than")) is not None:
        where += (Ago("free_since", less, less=True),)
    return Count("diagnoses", where + said(arguments, "diagnoses"), target=codes)


def _tnm_word(letter: str) -> Word:
    edition = Parameter(
        "edition", Takes.TEXT, "AJCC edition", phrase="(edition {})", choices=staging.EDITIONS
    )

    basis = Parameter(
        "basis", Takes.TEXT, "clinical or pathological", phrase="({})", choices=("clinical", "pathological")
    )

    def where(arguments: Arguments) -> tuple[Filter, ...]:
        return tuple(
            Is(name, frozenset({arguments.text(name)})) for name in ("edition", "basis") if name in arguments
        )

    answer = Category(tree=staging.TNM, within=staging.TNM.leaves(letter.upper()))

    return Word(
        name=f"tnm_{letter}",
        section="disease",
        meaning=f"{letter.upper()} category of the latest TNM classification",
        phrase=f"TNM {letter.upper()} category",
        example=f"tnm_{letter}: {{edition: '8', in: [{letter.upper()}1]}}",
        facets={"": Facet(lambda _: answer, lambda a: Latest("staging", letter, where(a)))},
        parameters=(edition, basis),
        question=f"What is the TNM {letter.upper()} category, and by which edition?",
        topic="tnm",
    )


def _stage_answer(arguments: Arguments) -> Answer:
    scheme = arguments.text("scheme")
    return Category(tree=staging.STAGE, within=staging.STAGE.leaves(scheme))


WORDS: tuple[Word, ...] = (
    Word(
        name="age",
        section="person",
        meaning="Age in completed years on the as-of date",
        phrase="Age",
        example="age: {at_least: 18 years}",
        facets=one(Number("years", 0, 125, integer=True), Age()),
        question="What is the patient's age or date of birth?",
        topic="age",
    ),
    *_observation_words(),
    Word(
        name="diagnosis",
        section="disease",
        meaning="The index cancer, as an OncoTree node or anything below it",
        phrase="Diagnosis",
        example="diagnosis: {is_a: PLMESO}",
        facets=one(Category(tree=DIAGNOSES), Latest("diagnoses", "code", INDEX)),
        question="What is the cancer (type and site)?",
        topic="diagnosis",
    ),
    Word(
        name="histology",
        section="disease",
        meaning="Histological type of the index cancer",
        phrase="Histology",
        example="histology: {in: [epithelioid, biphasic]}",
        facets=one(Category(tree=HISTOLOGY), Latest("diagnoses", "histology", INDEX)),
        question="What is the histological type?",
        topic="histology",
    ),
    Word(
        name="other_cancer",
        section="disease",
        meaning="A cancer beside the index cancer, with exceptions",
        phrase="Another cancer",
        example="other_cancer: {within: 3 years, except: [BCC]}",
        facets={"": Facet(lambda _: Presence(), _other_cancer)},
        parameters=(
            Parameter("is", Takes.CODES, "these cancers only", vocabulary=DIAGNOSES, phrase="({})"),
            Parameter("except", Takes.CODES, "not these", vocabulary=DIAGNOSES, phrase="except {}"),
            Parameter(
                "status",
                Takes.CODES,
                "active or in remission",
                phrase="({})",
                choices=("active", "remission"),
            ),
            Parameter("within", Takes.DURATION, "diagnosed within this time", phrase="diagnosed within {}"),
            Parameter(
                "free_for",
                Takes.DURATION,
                "free of it for at least this time",
                phrase="disease-free for {} or more",
            ),
            Parameter(
                "free_less_than",
                Takes.DURATION,
                "free of it for less than this time",
                phrase="disease-free for less than {}",
            ),
            *quality_parameters("diagnoses"),
        ),
        question="Has the patient had another cancer? When, and is it in remission?",
        topic="other_cancer",
    ),
    *(_tnm_word(letter) for letter in "tnm"),
    Word(
        name="tnm_edition",
        section="disease",
        meaning="Edition of the latest TNM classification",
        phrase="TNM edition",
        example="tnm_edition: '8'",
        facets=one(Category(codes=staging.EDITIONS), Latest("staging", "edition")),
        question="By which TNM edition was the tumour staged?",
        topic="tnm",
    ),
    Word(
        name="stage",
        section="disease",
        meaning="Stage in one scheme and edition; a stage of another says nothing about it",
        phrase="Stage",
        example="stage: {scheme: ajcc8_pleural, in: [IIIA, IIIB, IV]}",
        facets={
            "": Facet(
                _stage_answer,
                lambda a: Latest("staging", "stage", (Is("stage", staging.STAGE.leaves(a.text("scheme"))),)),
            )
        },
        parameters=(
            Parameter(
                "scheme",
                Takes.TEXT,
                "staging scheme with edition",
                True,
                phrase="({})",
                vocabulary=staging.SCHEME,
            ),
        ),
        question="What is the stage {scheme}?",
        topic="stage:{scheme}",
    ),
)
