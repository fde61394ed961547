"""What can be filled in of a word: its fields by type, with the units, the answers and the names each takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from matcher.features.catalogue import CATALOGUE
from matcher.features.word import (
    Answer,
    Argument,
    Arguments,
    Category,
    Elapsed,
    Facet,
    Number,
    Parameter,
    Takes,
    Word,
)
from matcher.rules.bounds import COMPARISONS
from matcher.rules.naming import capitalised
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS, lab_test
from matcher.vocabulary.staging import SCHEMES
from matcher.vocabulary.tree import Tree

#: so many answers are listed, more are completed while typing
_FEW = 40
#: which names of the vocabulary a field is completed from
_KINDS = {
    Takes.THERAPY: ("class", "agent", "scheme"),
    Takes.MEDICATION: ("class", "agent"),
    Takes.AGENT: ("class", "agent", "procedure"),
    Takes.CAUSE: ("class", "agent", "procedure"),
    Takes.LAB: ("test",),
    Takes.MARKER: ("marker",),
    Takes.GENE: ("gene",),
    Takes.EVENT: ("event",),
}
_TREES = {
    "conditions": "condition",
    "diagnoses": "diagnosis",
    "histology": "histology",
    "procedures": "procedure",
}
_TIME = ("days", "weeks", "months", "years")
_SAID = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below", "is": "is",
         "in": "one of", "is_a": "is, or lies below"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a word. ``name`` is its key, of a part of the word with the part before it: ``score at_least``.

    ``takes``: ``limit`` (a number, in one of ``units`` where there are any), ``duration``, ``number``, ``flag``,
    ``choice`` (one of ``options``), ``choices``, ``name`` (completed from the vocabulary's ``kinds``), ``text``.
    """

    name: str
    label: str
    takes: str
    meaning: str = ""
    required: bool = False
    units: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a word; ``bare`` is the one that ``word: value`` fills, and ``{}`` what asks for it alone."""

    word: str
    title: str
    example: str
    fields: tuple[FormField, ...]
    bare: str = ""


#: the parameter on which hangs how a word answers
_SUBJECTS = {"lab": "test", "biomarker": "marker", "stage": "scheme"}


def form_of(word: str, asked: object = None) -> Form | None:
    """The form of a word of the catalogue, for what is ``asked`` of it: each laboratory test has units of its own."""
    if word not in CATALOGUE:
        return None
    subject = _SUBJECTS.get(word, "")
    given = asked.get(subject) if isinstance(asked, dict) else asked
    return _form(word, _code(word, given) if subject and isinstance(given, str) else "")


def _code(word: str, subject: str) -> str:
    match word:
        case "lab":
            test = lab_test(subject)
            return test.code if test is not None else ""
        case "biomarker":
            return MARKERS.lookup(subject) or ""
    return subject if subject in SCHEMES else ""


@cache
def _form(name: str, subject: str) -> Form:
    word = CATALOGUE[name]
    fields = [*(_parameter(each) for each in word.parameters), *_compared(word, subject)]
    bare = word.primary.name if word.primary else "is"
    return Form(name, word.meaning, word.example, tuple(fields), bare)


def _parameter(each: Parameter) -> FormField:
    label = capitalised(each.name.replace("_", " "))
    kinds = _KINDS.get(each.takes, ())
    takes, options = "name" if kinds else "text", tuple((one, one.replace("_", " ")) for one in each.choices)
    match each.takes:
        case Takes.DURATION:
            return FormField(each.name, label, "duration", each.meaning, each.required, _TIME)
        case Takes.FLAG:
            takes = "flag"
        case Takes.NUMBER:
            takes = "number"
        case Takes.CODES if each.vocabulary is not None:
            takes, options, kinds = _of_tree(each.vocabulary)
        case _ if options:
            takes = "choice"
    return FormField(each.name, label, takes, each.meaning, each.required, (), options, kinds)


def _of_tree(tree: Tree) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Answers to choose from where they are few, completed where they are many."""
    codes = [each for each in tree.codes if not each.endswith("_other")]
    if len(codes) <= _FEW:
        return "choice", tuple((code.rpartition(".")[2], tree.title(code)) for code in codes), ()
    return ("name", (), (_TREES[tree.name],)) if tree.name in _TREES else ("text", (), ())


def _compared(word: Word, subject: str) -> Iterator[FormField]:
    for facet_name, facet in word.facets.items():
        answer = _answer(facet, word, subject)
        before = f"{facet_name} " if facet_name else ""
        of = f"{capitalised(facet_name.replace('_', ' '))} " if facet_name else ""
        match answer:
            case Number():
                units = _units(answer, subject)
                for name in COMPARISONS:
                    yield FormField(before + name, of + _SAID[name], "limit", units=units)
            case Elapsed():
                for name in COMPARISONS:
                    yield FormField(before + name, of + _SAID[name], "duration", units=_TIME)
            case Category():
                yield from _answers(answer, before, of)
            case None:
                yield FormField(before + "is", of + _SAID["is"], "text")
            case _:
                yield FormField(before + "at_least", of + "at least so many", "number")


def _answers(answer: Category, before: str, of: str) -> Iterator[FormField]:
    if answer.codes:
        codes = sorted(answer.codes)
        options = tuple((code, code.replace("_", " ")) for code in codes)
        yield FormField(before + "is", of + _SAID["is"], "choice", options=options)
        if len(codes) > 2:
            yield FormField(before + "in", of + _SAID["in"], "choices", options=options)
        return
    if answer.tree is None:
        return
    takes, options, kinds = _of_tree(answer.tree)
    yield FormField(before + "is_a", of + _SAID["is_a"], takes, options=options, kinds=kinds)
    several = {"choice": "choices", "name": "names"}.get(takes, takes)
    yield FormField(before + "in", of + _SAID["in"], several, options=options, kinds=kinds)


def _answer(facet: Facet, word: Word, subject: str) -> Answer | None:
    """How it answers, as far as that does not hang on what nobody has said yet."""
    name = _SUBJECTS.get(word.name, "")
    try:
        return facet.answer(Arguments({name: Argument(subject, subject)} if subject else {}))
    except KeyError:
        return Number() if word.name == "lab" else None


def _units(answer: Number, test: str) -> tuple[str, ...]:
    if test in LAB_TESTS:
        held = LAB_TESTS[test]
        return tuple(dict.fromkeys((held.unit, *held.usual_units, "x ULN", "x LLN")))
    return (answer.unit,) if answer.unit and answer.unit != "1" else ()
