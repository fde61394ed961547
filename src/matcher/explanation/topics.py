"""Which fields of the form answer a topic: the bridge from what the rules ask to what a person fills in.

The topic of a feature names its word and its codes, ``condition:pleural_effusion, pain``. Of several fields the
first that is not answered yet is the one to ask for.
"""

from __future__ import annotations

from collections.abc import Iterator

from matcher.features.kind import Ago, Feature, Recent
from matcher.rules.judgement import JUDGEMENT
from matcher.vocabulary import codes
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.procedures import PROCEDURES

_THERAPY = frozenset({"therapy", "response", "progressed", "cycles"})
#: what a calculated clearance also needs
_CLEARANCE = ("weight", "birth_date", "age", "sex")
#: a field that stands for several topics or goes by another name
_WHOLE = {
    "age": ("birth_date", "age"),
    "ecog": ("ecog", "karnofsky"),
    "karnofsky": ("karnofsky", "ecog"),
    "tnm": ("tnm",),
    "other_cancer": ("diagnoses",),
    "radiotherapy": ("radiotherapy",),
    "lines_of_therapy": ("therapies",),
    "diagnosis": ("diagnosis",),
    "histology": ("histology",),
}
MEDICINE_CLASSES = (
    "anticoagulant",
    "antiplatelet",
    "nsaid",
    "corticosteroid",
    "immunosuppressant",
    "live_vaccine",
    "growth_factor",
)
"""The classes of medicines that a form asks for by name; a single agent is asked for within its class."""


def topic_of(feature: Feature) -> str:
    return feature.topic or feature.name


def events_of(feature: Feature) -> tuple[str, ...]:
    """The fields of the planned events that the time of a feature is counted to."""
    filters = getattr(feature.kind, "where", ())
    counted = [
        getattr(feature.kind, "events", ()),
        *(each.events for each in filters if isinstance(each, Recent | Ago)),
    ]
    return tuple(dict.fromkeys(f"event:{name}" for events in counted for name in events))


def fields_for(topic: str, formulary: Formulary) -> tuple[str, ...]:
    """The ids of the fields that settle a topic, in the order to ask them; nothing for one that no form has."""
    word, _, about = topic.partition(":")
    if word == JUDGEMENT:
        return (topic,)
    if word in _WHOLE:
        return _WHOLE[word]
    if word in OBSERVATIONS:
        return (f"{word}:{about}" if about else word,)
    named = tuple(each.strip() for each in about.split(",") if each.strip())
    return tuple(dict.fromkeys(_fields(word, named, formulary)))


def _fields(word: str, named: tuple[str, ...], formulary: Formulary) -> Iterator[str]:
    match word:
        case "lab":
            yield from (f"lab:{each}" for each in named)
            yield from _CLEARANCE if "creatinine" in named else ()
        case "condition" | "procedure" if "any" in named:
            yield f"{word}s"
        case "biomarker" | "alteration" | "condition" | "procedure" | "stage":
            yield from (f"{word}:{each}" for each in named)
        case "hla":
            yield from (f"biomarker:hla_{each[0].lower()}" for each in named)
        case "medication":
            yield from (f"medication:{_medicine(each, formulary)}" for each in named)
        case "washout":
            yield from (_since(each, formulary) for each in named)
        case _ if word in _THERAPY:
            yield from (f"therapy:{each}" for each in named if each != "any")
            yield "therapies"


def _medicine(name: str, formulary: Formulary) -> str:
    """The class a medicine is asked for in: whoever takes no antiplatelet agent takes no clopidogrel."""
    if name in MEDICINE_CLASSES or not formulary.knows(name):
        return name
    own = formulary.members(name)
    held = (each for each in MEDICINE_CLASSES if formulary.knows(each) and own <= formulary.members(each))
    return next(held, name)


def _since(name: str, formulary: Formulary) -> str:
    """What a washout counts from: an agent, a procedure, radiotherapy of some intent, a condition or an event."""
    if name == "any" or codes.RADIOTHERAPY_INTENT.has(name):
        return "radiotherapy"
    if formulary.knows(name):
        return f"therapy:{name}"
    if PROCEDURES.has(name):
        return f"procedure:{name}"
    return f"condition:{name}" if CONDITIONS.has(name) else f"event:{name}"
