"""The form of a rulebook, section by section, in the order a clinician would go through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from matcher.explanation.asking import THERAPIES
from matcher.explanation.topics import MEDICINE_CLASSES, fields_for, topic_of
from matcher.rules.graph import Read
from matcher.rules.rulebook import Rulebook
from matcher.service.intake import fields
from matcher.service.intake.details import asked_details, detailed
from matcher.service.intake.form import Field, Form, Input, InputKind, Option, Section, Shape, Term
from matcher.service.intake.judging import field_named, judged_fields
from matcher.vocabulary import codes, staging
from matcher.vocabulary.biomarkers import MARKER
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.tree import Tree

_START, _END = Input("start", InputKind.DATE, "First day"), Input("end", InputKind.DATE, "Last day")
_ONGOING = Input("ongoing", InputKind.CHOICE, "Still running", fields.YES_NO)
_COMPLETE = "When everything there is has been entered, say so: only then does silence mean never."
_OTHERS = "Say so when there are no others. A question above that is not answered, or not known, stays open."
_BESIDE = frozenset({"conditions", "procedures", "medications", "alterations"})


def form_of(rulebook: Rulebook) -> Form:
    """The form that settles what this rulebook asks, with every other code it could be told about."""
    formulary = rulebook.formulary
    asked = asked_fields(rulebook)

    details = asked_details(rulebook)

    def more(name: str) -> Field | None:
        found = fields.field_of(name, formulary) or field_named(name, rulebook)
        return detailed(found, details) if found is not None else None

    def marked(each: Field) -> Field:
        return replace(detailed(each, details), asked=each.id in asked)

    sections = tuple(
        Section(name, title, tuple(map(marked, made(asked, formulary)))) for name, title, made in _SECTIONS
    )
    if judged := tuple(judged_fields(rulebook)):
        sections = (*sections, Section("judgements", "Left to a person", judged))
    together = sorted(
        {
            named
            for topic in topics_of(rulebook)
            if len(named := fields_for(topic, formulary)) > 1 and topic.partition(":")[0] in _TOGETHER
        }
    )
    return Form(rulebook.version, sections, _terms(formulary), more, tuple(together))


#: words of which a rule may name several codes at once
_TOGETHER = frozenset({"condition", "procedure"})


def topics_of(rulebook: Rulebook) -> frozenset[str]:
    return frozenset(topic_of(node.feature) for node in rulebook.graph.nodes if isinstance(node, Read))


def asked_fields(rulebook: Rulebook) -> frozenset[str]:
    """The ids of the fields that some rule reads, the lists among them, and the dates of planned events."""
    named = {each for topic in topics_of(rulebook) for each in fields_for(topic, rulebook.formulary)}
    events = {f"event:{name}" for candidate in rulebook.candidates for name in candidate.events}
    lists = {
        found.table
        for name in named
        if (found := fields.field_of(name, rulebook.formulary)) is not None
        and found.shape in (Shape.PRESENCE, Shape.ALTERATION)
    }
    return frozenset(named | events | lists)


Made = Callable[[frozenset[str], Formulary], Iterable[Field]]


def _person(_asked: frozenset[str], _formulary: Formulary) -> Iterator[Field]:
    birth = Input("value", InputKind.DATE, "Date of birth")
    yield _scalar("birth_date", "Date of birth", "When was the patient born?", "person", birth)
    age = Input("value", InputKind.NUMBER, "Age in years", low=0, high=125, integer=True)
    yield _scalar(
        "age",
        "Age, where the date of birth is not known",
        "How old is the patient, in completed years?",
        "person",
        age,
    )
    first = ("sex", "ecog", "karnofsky", "weight", "height")
    rest = [name for name, kind in OBSERVATIONS.items() if kind.section == "person" and name not in first]
    yield from (fields.observation(OBSERVATIONS[name]) for name in (*first, *rest))


def _cancer(asked: frozenset[str], formulary: Formulary) -> Iterator[Field]:
    confirmed = (Option("confirmed", "Confirmed"), Option("suspected", "Only suspected"))
    yield Field(
        "diagnosis", "Cancer", "What is the cancer (type and site)?", "cancer", Shape.DIAGNOSIS,
        (Input("value", InputKind.TERM, "Type and site", terms="diagnoses"),
         Input("confirmed", InputKind.CHOICE, "Certainty", confirmed),
         Input("date", InputKind.DATE, "Diagnosed on")),
        hint="The one that treatment is sought for; other cancers have their own place below.",
    )  # fmt: skip
    yield Field(
        "histology", "Histological type", "What is the histological type?", "cancer", Shape.DIAGNOSIS,
        (fields.histology(),),
    )  # fmt: skip
    for name, kind in OBSERVATIONS.items():
        if kind.section == "disease":
            yield fields.observation(kind)
            yield from _about(name, asked, formulary)
            if name == "growth_pattern":
                yield _tnm()
                schemes = [each for each in staging.SCHEME.codes if f"stage:{each}" in asked]
                yield from (fields.stage(each) for each in schemes)


def _about(name: str, asked: frozenset[str], formulary: Formulary) -> Iterator[Field]:
    """The variants of an observation that the rulebook asks about: measurable by RECIST, by mRECIST."""
    subjects = sorted(each.partition(":")[2] for each in asked if each.startswith(f"{name}:"))
    yield from (fields.observation(OBSERVATIONS[name], each, formulary) for each in subjects)


def _tnm() -> Field:
    def letter(name: str) -> Input:
        root = name.upper()
        shown = tuple(
            Option(each, each)
            for each in staging.TNM.codes
            if staging.TNM.leaves(each) <= staging.TNM.leaves(root) and not each.endswith("_other")
        )
        unassessed = Option(f"{root}X", f"{root}X: not assessed")
        return Input(name, InputKind.CHOICE, root, (*shown[1:], unassessed))

    editions = tuple(Option(each, f"{each}th edition") for each in reversed(staging.EDITIONS))
    basis = (Option("clinical", "Clinical"), Option("pathological", "Pathological"))
    inputs = (
        Input("edition", InputKind.CHOICE, "Edition", editions),
        *(letter(each) for each in "tnm"),
        Input("basis", InputKind.CHOICE, "Basis", basis),
        fields.DATE,
    )
    return Field(
        "tnm", "TNM", "What are T, N and M, and by which edition?", "cancer", Shape.TNM, inputs,
        table="tnm", hint="The same letters mean other things in another edition.",
    )  # fmt: skip


def _biomarkers(asked: frozenset[str], _formulary: Formulary) -> Iterator[Field]:
    yield from (fields.marker(code) for code in MARKER)
    yield from (
        fields.alteration(each.partition(":")[2]) for each in sorted(asked) if each.startswith("alteration:")
    )
    yield _list(
        "alterations", "Other gene alterations", "Which gene alterations were found?", "biomarkers",
        Input("gene", InputKind.TEXT, "Gene"),
        Input("kind", InputKind.CHOICE, "Kind", fields.options(codes.ALTERATION_KIND)),
        Input("protein_change", InputKind.TEXT, "Protein change"),
        fields.DATE,
    )  # fmt: skip


def _therapies(asked: frozenset[str], formulary: Formulary) -> Iterator[Field]:
    yield _list(
        "therapies", "Therapies against the cancer", THERAPIES,
        "therapies",
        Input("agents", InputKind.TERMS, "Agents", terms="agents"),
        _START, _END, _ONGOING,
        Input("line", InputKind.NUMBER, "Line", low=1, high=40, integer=True),
        Input("role", InputKind.CHOICE, "Role", fields.options(codes.THERAPY_ROLE)),
        Input("cycles", InputKind.NUMBER, "Cycles", low=0, high=1000, integer=True),
        Input("response", InputKind.CHOICE, "Best response", fields.options(codes.RESPONSE)),
        Input("progressed", InputKind.CHOICE, "Progression on or after it", fields.YES_NO),
        Input("progression_date", InputKind.DATE, "Day of the progression"),
        Input("stopped_for", InputKind.CHOICE, "Stopped for", fields.options(codes.STOP_REASON)),
    )  # fmt: skip
    yield from _coded("therapy", asked, (*sorted(formulary.classes), *sorted(formulary.agents)), formulary)
    for name, kind in OBSERVATIONS.items():
        if kind.section == "therapy":
            yield from (fields.observation(kind),) if not kind.subject or name in asked else ()
            yield from _about(name, asked, formulary)
    yield from _coded("procedure", asked, PROCEDURES.codes, formulary)
    yield _list(
        "procedures", "Other operations and procedures", "Which operations and procedures were done?",
        "therapies",
        Input("procedure", InputKind.TERM, "Procedure", terms="procedures"), _START, _END,
    )  # fmt: skip
    yield _list(
        "radiotherapy", "Radiotherapy", "Has the patient had radiotherapy? To what, and when did it end?",
        "therapies",
        Input("field", InputKind.CHOICE, "Field", fields.options(codes.RADIOTHERAPY_FIELD)),
        Input("intent", InputKind.CHOICE, "Intent", fields.options(codes.RADIOTHERAPY_INTENT)),
        Input("dose", InputKind.NUMBER, "Total dose", units=fields.units(("Gy", "cGy")), low=0, high=200),
        _START, _END, _ONGOING,
    )  # fmt: skip


def _laboratory(_asked: frozenset[str], _formulary: Formulary) -> Iterator[Field]:
    yield from (fields.laboratory(test) for test in LAB_TESTS.values())
    yield from (fields.observation(each) for each in OBSERVATIONS.values() if each.section == "laboratory")


def _organs(_asked: frozenset[str], _formulary: Formulary) -> Iterator[Field]:
    yield from (
        fields.observation(each) for each in OBSERVATIONS.values() if each.section == "organ_function"
    )


def _conditions(asked: frozenset[str], formulary: Formulary) -> Iterator[Field]:
    yield from _coded("condition", asked, CONDITIONS.codes, formulary)
    yield _list(
        "conditions", "Any other illness", "Which other illnesses are there, or were there?", "conditions",
        Input("condition", InputKind.TERM, "Illness", terms="conditions"),
        Input("status", InputKind.CHOICE, "Status", fields.options(codes.CONDITION_STATUS)),
        Input("grade", InputKind.NUMBER, "Grade", low=1, high=5, integer=True),
        Input("start", InputKind.DATE, "Since"), Input("end", InputKind.DATE, "Until"),
    )  # fmt: skip
    status = (Option("active", "Active"), Option("remission", "In remission or treated"))
    yield _list(
        "diagnoses", "Another cancer", "Has the patient had another cancer? When, and is it in remission?",
        "conditions",
        Input("code", InputKind.TERM, "Type and site", terms="diagnoses"),
        Input("status", InputKind.CHOICE, "Status", status),
        Input("date", InputKind.DATE, "Diagnosed on"),
    )  # fmt: skip


def _medicines(asked: frozenset[str], formulary: Formulary) -> Iterator[Field]:
    order = [each for each in MEDICINE_CLASSES if formulary.knows(each)]
    rest = [each for each in (*formulary.classes, *formulary.agents) if each not in order]
    yield from _coded("medication", asked, (*order, *rest), formulary)
    yield _list(
        "medications", "Other medicines", "Which other medicines does the patient take?", "medicines",
        Input("agents", InputKind.TERMS, "Medicine", terms="agents"),
        Input("dose", InputKind.NUMBER, "Daily dose, mg", low=0),
        _START, _END,
        Input("route", InputKind.CHOICE, "Route", fields.options(codes.ROUTE)),
    )  # fmt: skip


def _events(asked: frozenset[str], _formulary: Formulary) -> Iterator[Field]:
    yield from (fields.event(each) for each in codes.EVENTS)
    named = sorted(each.partition(":")[2] for each in asked if each.startswith("event:"))
    yield from (fields.event(each) for each in named if each not in codes.EVENTS)


_SECTIONS: tuple[tuple[str, str, Made], ...] = (
    ("person", "Person and fitness", _person),
    ("cancer", "Cancer and stage", _cancer),
    ("therapies", "Therapies so far", _therapies),
    ("biomarkers", "Biomarkers", _biomarkers),
    ("laboratory", "Laboratory", _laboratory),
    ("organ_function", "Heart, lungs, organ function", _organs),
    ("conditions", "Other illnesses", _conditions),
    ("medicines", "Medicines", _medicines),
    ("events", "Planned and past dates", _events),
)


def _coded(word: str, asked: frozenset[str], order: Iterable[str], formulary: Formulary) -> Iterator[Field]:
    for code in order:
        if f"{word}:{code}" in asked and (made := fields.field_of(f"{word}:{code}", formulary)) is not None:
            yield made


def _scalar(name: str, title: str, question: str, section: str, value: Input) -> Field:
    return Field(name, title, question, section, Shape.SCALAR, (value,), table=name)


def _list(table: str, title: str, question: str, section: str, *inputs: Input) -> Field:
    return Field(
        table,
        title,
        question,
        section,
        Shape.LIST,
        inputs,
        table=table,
        hint=_OTHERS if table in _BESIDE else _COMPLETE,
    )


def _terms(formulary: Formulary) -> dict[str, tuple[Term, ...]]:
    agents = [Term(name, name.replace("_", " "), each.synonyms) for name, each in formulary.agents.items()]
    agents += [Term(code, f"{each.title} (class)", each.synonyms) for code, each in formulary.classes.items()]
    trees: tuple[tuple[str, Tree], ...] = (
        ("diagnoses", DIAGNOSES),
        ("conditions", CONDITIONS),
        ("procedures", PROCEDURES),
    )
    # What a code of a site stands for is read from a record; nobody looks for it by name.
    listed = {
        name: tuple(
            Term(code, fields.sentence(tree.title(code)), tree.synonyms(code))
            for code in tree.codes
            if tree.synonyms(code) or not tree.is_open(code)
        )
        for name, tree in trees
    }
    return {"agents": tuple(sorted(agents, key=lambda each: each.title.casefold())), **listed}
