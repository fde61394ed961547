"""Fields made from the vocabularies: one for each observation, test, marker, gene, condition and agent."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.service.intake.form import Field, Input, InputKind, Option, Shape, UnitOption
from matcher.vocabulary import biomarkers, codes, staging
from matcher.vocabulary.biomarkers import MARKER, MARKERS, MarkerKind
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.laboratory import LAB_TESTS, LabTest
from matcher.vocabulary.observations import OBSERVATIONS, SUBJECTS, ObservationType
from matcher.vocabulary.procedures import PROCEDURES, TREATMENTS
from matcher.vocabulary.text import in_sentence
from matcher.vocabulary.tree import Tree
from matcher.vocabulary.units import convert

_UNIT_TITLES = {
    "10*9/L": "10⁹/L", "10*3/uL": "10³/µL", "/uL": "/µL", "umol/L": "µmol/L", "ukat/L": "µkat/L",
    "ug/L": "µg/L", "ug/mL": "µg/mL", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "mm[Hg]": "mmHg", "wk": "weeks",
    "mo": "months", "a": "years", "mg/d": "mg a day", "g/d": "g a day",
}  # fmt: skip
#: units beside the canonical one, for what is no laboratory test
_MORE_UNITS = {"height": ("m",), "life_expectancy": ("mo",)}
_ECOG = ("fully active", "restricted, but walking", "up more than half the day", "mostly in bed or chair",
         "completely disabled")  # fmt: skip
DATE = Input("date", InputKind.DATE, "Date")
YES_NO = (Option("yes", "Yes"), Option("no", "No"))


def unit_title(unit: str) -> str:
    """A UCUM unit as it is printed: ``10*9/L`` is 10⁹/L; the unit 1 has none."""
    return _UNIT_TITLES.get(unit, "" if unit == "1" else unit.replace("[", "").replace("]", ""))


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def options(tree: Tree, among: Iterable[str] | None = None) -> tuple[Option, ...]:
    return tuple(Option(code, sentence(tree.title(code))) for code in (among or tree.codes))


def observation(kind: ObservationType, subject: str = "", formulary: Formulary | None = None) -> Field:
    """A single-valued fact, about one subject where it has one: measurable by *mRECIST*."""
    about = _subject(kind, subject, formulary)
    title = kind.title + (f" {about}" if about else "")
    question = " ".join(kind.question.replace(f"{{{kind.subject}}}", about).split()).replace(" ?", "?")
    first = _value_of(kind)
    dated = () if kind.max_age_days is None else (DATE,)
    return Field(
        id=f"{kind.name}:{subject}" if subject else kind.name,
        title=title,
        question=question,
        section={"disease": "cancer", "therapy": "therapies"}.get(kind.section, kind.section),
        shape=Shape.SCALAR,
        inputs=(first, *dated),
        table=kind.name,
        code=subject,
    )


def _subject(kind: ObservationType, subject: str, formulary: Formulary | None) -> str:
    if not subject:
        return ""
    if (tree := SUBJECTS.get(kind.subject)) is not None and tree.has(subject):
        return f"({tree.title(subject)})"
    if formulary is not None and formulary.knows(subject):
        return in_sentence(formulary.title(subject))
    if TREATMENTS.has(subject):
        return in_sentence(TREATMENTS.title(subject))
    return subject.replace("_", " ")


def _value_of(kind: ObservationType) -> Input:
    if kind.name == "ecog":
        shown = tuple(Option(str(grade), f"{grade}: {words}") for grade, words in enumerate(_ECOG))
        return Input("value", InputKind.CHOICE, kind.title, shown)
    if kind.name == "karnofsky":
        scores = tuple(Option(str(each), str(each)) for each in range(100, 0, -10))
        return Input("value", InputKind.CHOICE, kind.title, scores)
    if kind.name == "nyha":
        classes = tuple(Option(str(n), name) for n, name in enumerate(("I", "II", "III", "IV"), 1))
        return Input("value", InputKind.CHOICE, kind.title, classes)
    if kind.codes == ("yes", "no"):
        return Input("value", InputKind.CHOICE, kind.title, YES_NO)
    if kind.codes:
        shown = tuple(Option(code, sentence(code.replace("_", " "))) for code in kind.codes)
        return Input("value", InputKind.CHOICE, kind.title, shown)
    known = units((kind.unit, *_MORE_UNITS.get(kind.name, ()))) if kind.unit else ()
    return Input("value", InputKind.NUMBER, kind.title, (), known, kind.low, kind.high, kind.integer)


def units(
    names: Iterable[str], molar_mass: float | None = None, valence: int | None = None
) -> tuple[UnitOption, ...]:
    """Units to choose from, each with its factor to the first; a calendar month has none in days."""
    listed = tuple(names)
    return tuple(
        UnitOption(unit, unit_title(unit), _factor(unit, listed[0], molar_mass, valence)) for unit in listed
    )


def _factor(unit: str, first: str, molar_mass: float | None, valence: int | None) -> float | None:
    return None if unit in ("mo", "a") else convert(1.0, unit, first, molar_mass, valence)


def laboratory(test: LabTest) -> Field:
    usual = dict.fromkeys((test.unit, *test.usual_units))
    known = units(usual, test.molar_mass, test.valence)
    value = Input("value", InputKind.NUMBER, test.title, (), known, test.low, test.high)
    limits = (
        Input("uln", InputKind.NUMBER, "ULN"),
        Input("lln", InputKind.NUMBER, "LLN"),
    )
    return Field(
        id=f"lab:{test.code}",
        title=test.title,
        question=f"What is the latest result for {in_sentence(test.title)} (value, unit, date)?",
        section="laboratory",
        shape=Shape.LAB,
        inputs=(value, DATE, *limits),
        table="labs",
        code=test.code,
    )


def marker(code: str) -> Field:
    about = MARKER[code]
    methods = {MarkerKind.IHC: ("ihc",), MarkerKind.FLOW: ("flow",), MarkerKind.GENE: ("ngs", "fish")}
    usual = [each for kind in MarkerKind if kind in about.kinds for each in methods.get(kind, ())]
    inputs: list[Input] = []
    if code in biomarkers.CATEGORIES:
        inputs.append(Input("category", InputKind.CHOICE, "Result", options(biomarkers.CATEGORIES[code])))
    elif code.startswith("hla_"):
        inputs.append(Input("category", InputKind.TEXT, "Allele, such as A*02:01"))
    elif about.kinds != {MarkerKind.NUMERIC}:
        inputs.append(Input("status", InputKind.CHOICE, "Result", options(biomarkers.STATUS)))
    if usual:
        inputs.append(Input("method", InputKind.CHOICE, "Method", options(biomarkers.METHOD, usual)))
    if MarkerKind.IHC in about.kinds or MarkerKind.FLOW in about.kinds:
        levels = tuple(Option(str(each), f"{each}+ or more") for each in (1, 2, 3))
        inputs += [
            Input("percent_positive", InputKind.NUMBER, "Positive cells, %", low=0, high=100),
            Input("intensity_at_least", InputKind.CHOICE, "Counted from", levels),
        ]
    if MarkerKind.IHC in about.kinds:
        inputs += [
            Input("percent_2", InputKind.NUMBER, "or cells at 2+, %", low=0, high=100),
            Input("percent_3", InputKind.NUMBER, "and cells at 3+, %", low=0, high=100),
        ]
    if MarkerKind.SCORE in about.kinds:
        inputs += [
            Input("score", InputKind.NUMBER, "Score", low=0, high=300),
            Input("score_type", InputKind.CHOICE, "Which score", options(biomarkers.SCORE_TYPE)),
        ]
    if MarkerKind.NUMERIC in about.kinds:
        inputs.append(Input("number", InputKind.NUMBER, "Number", low=0))
    title = MARKERS.title(code)
    return Field(
        id=f"biomarker:{code}",
        title=title,
        question=f"What is the result for {in_sentence(title)}?",
        section="biomarkers",
        shape=Shape.MARKER,
        inputs=(*inputs, DATE),
        table="biomarkers",
        code=code,
    )


def alteration(gene: str) -> Field:
    found = (Option("yes", "Found"), Option("no", "Tested, not found"))
    return Field(
        id=f"alteration:{gene}",
        title=f"{gene} alteration",
        question=f"Was {gene} tested, and what was found?",
        section="biomarkers",
        shape=Shape.ALTERATION,
        inputs=(
            Input("value", InputKind.CHOICE, f"{gene} alteration", found),
            Input("kind", InputKind.CHOICE, "Kind", options(codes.ALTERATION_KIND), when="yes"),
            Input("protein_change", InputKind.TEXT, "Protein change", when="yes"),
            Input("partner", InputKind.TEXT, "Fusion partner", when="yes"),
            DATE,
        ),
        table="alterations",
        code=gene,
    )


def condition(code: str) -> Field:
    status = options(codes.CONDITION_STATUS)
    return _presence(
        "condition", code, CONDITIONS.title(code), "conditions",
        Input("status", InputKind.CHOICE, "Status", status, when="yes"),
        Input("grade", InputKind.NUMBER, "Grade", low=1, high=5, integer=True, when="yes"),
        Input("start", InputKind.DATE, "Since", when="yes"),
    )  # fmt: skip


def procedure(code: str) -> Field:
    start = Input("start", InputKind.DATE, "Day", when="yes")
    return _presence("procedure", code, PROCEDURES.title(code), "procedures", start)


def medicine(code: str, formulary: Formulary) -> Field:
    return _presence(
        "medication", code, sentence(formulary.title(code)), "medications",
        Input("agents", InputKind.TERM, "Which", terms="agents", when="yes"),
        Input("dose", InputKind.NUMBER, "Daily dose, mg", low=0, when="yes"),
        Input("end", InputKind.DATE, "Stopped on", when="yes"),
    )  # fmt: skip


def therapy(code: str, formulary: Formulary) -> Field:
    """Only "never had it" is said here: what was had is a course, with its dates, among the therapies."""
    never = Input("value", InputKind.CHOICE, "", (Option("no", "Never had"),))
    return _presence("therapy", code, sentence(formulary.title(code)), "therapies", value=never)


_ASKED = {
    "condition": "Does the patient have, or has the patient had: {}?",
    "procedure": "Has the patient had: {}? When?",
    "medication": "Does the patient take: {}?",
    "therapy": "Has the patient ever had {}?",
}


def _presence(
    word: str, code: str, title: str, table: str, *more: Input, value: Input | None = None
) -> Field:
    return Field(
        id=f"{word}:{code}",
        title=title,
        question=_ASKED[word].format(in_sentence(title)),
        section={"procedure": "therapies", "therapy": "therapies", "medication": "medicines"}.get(
            word, "conditions"
        ),
        shape=Shape.PRESENCE,
        inputs=(value or Input("value", InputKind.CHOICE, title, YES_NO), *more),
        table=table,
        code=code,
    )


def stage(scheme: str) -> Field:
    title = staging.SCHEME.title(scheme)
    shown = tuple(
        Option(code.partition(".")[2], staging.STAGE.title(code))
        for code in staging.STAGE.codes
        if code.startswith(f"{scheme}.") and staging.STAGE.leaves(code) <= staging.STAGE.leaves(scheme)
    )
    return Field(
        id=f"stage:{scheme}",
        title=f"Stage ({title})",
        question=f"What is the stage ({title})?",
        section="cancer",
        shape=Shape.STAGE,
        inputs=(Input("value", InputKind.CHOICE, "Stage", shown), DATE),
        table="stage",
        code=scheme,
    )


def event(name: str) -> Field:
    title = codes.EVENT.title(name) if codes.EVENT.has(name) else name.replace("_", " ")
    return Field(
        id=f"event:{name}",
        title=sentence(title),
        question=f"When was, or is planned: {title}?",
        section="events",
        shape=Shape.EVENT,
        inputs=(Input("value", InputKind.DATE, "Day"),),
        table="events",
        code=name,
    )


def field_of(name: str, formulary: Formulary) -> Field | None:
    """The field of any code the vocabularies know; nothing where they do not."""
    word, _, code = name.partition(":")
    match word:
        case "lab" if code in LAB_TESTS:
            return laboratory(LAB_TESTS[code])
        case "biomarker" if code in MARKER:
            return marker(code)
        case "alteration" if (symbol := biomarkers.gene_symbol(code)) == code and code.isprintable():
            return alteration(symbol)
        case "condition" if CONDITIONS.has(code):
            return condition(code)
        case "procedure" if PROCEDURES.has(code):
            return procedure(code)
        case "medication" if formulary.knows(code):
            return medicine(code, formulary)
        case "therapy" if formulary.knows(code):
            return therapy(code, formulary)
        case "stage" if staging.SCHEME.has(code):
            return stage(code)
        case "event" if code:
            return event(code)
        case _ if word in OBSERVATIONS and (not code or OBSERVATIONS[word].subject):
            return observation(OBSERVATIONS[word], code, formulary)
    return None


def histology() -> Input:
    shown = tuple(
        Option(code, sentence(HISTOLOGY.title(code))) for code in HISTOLOGY.codes if code != "any_histology"
    )
    return Input("value", InputKind.CHOICE, "Histological type", shown)
