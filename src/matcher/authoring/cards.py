"""A rule file as cards: each criterion in its author's words, as the program understands it, and where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from matcher.authoring import guards, protocol
from matcher.authoring.conditions import Tree, tree_of
from matcher.authoring.criteria import SECTIONS
from matcher.authoring.edits import LARGEST
from matcher.authoring.guards import Guard
from matcher.authoring.proposals import proposal
from matcher.authoring.protocol import Coverage, Sentence
from matcher.authoring.remedies import Remedy, remedies
from matcher.errors import Diagnostic
from matcher.explanation.read_back import Line, read_back
from matcher.rulebook.documents import kind_of
from matcher.rulebook.marked import Location
from matcher.rulebook.one_file import check_one, lexicon_of
from matcher.rulebook.spans import Located, locate
from matcher.rules.condition import Condition
from matcher.rules.leniency import may_be_presumed
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Rulebook

_MOST_PROBLEMS = 200
"""Of one text: who sees so many mends the first and looks again."""
_TITLES = {
    "inclusion": ("Inclusion: all must be met", "asks"),
    "exclusion": ("Exclusion: none may apply", "excludes"),
    "cautions": ("Cautions: shown, never counted", "warns of"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of lint, at the field it is about; ``remedy`` mends it with one click."""

    line: int
    column: int
    code: str
    severity: str
    message: str
    hint: str
    path: Location
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who may waive a criterion, and how far."""

    by: str
    max_deviation: str


@dataclass(frozen=True, slots=True)
class Card:
    """One criterion. ``lines`` is the generated sentence, and empty where the condition is not understood yet.

    ``sentence`` is the protocol's own, where the file keeps it; ``state`` is what became of it. ``recovers`` is
    ``time``, or the margin within which a test is repeated.
    """

    id: str
    path: Location
    section: str
    text: str
    lines: tuple[Line, ...]
    judgement: bool
    condition: Tree | None
    sentence: str
    state: str
    lost: str
    source: str
    note: str
    at_screening: bool
    may_be_screened: bool
    recovers: str
    waived: Waiver | None
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Section:
    """The criteria of one role, of the candidate or of one of its cohorts; ``reads`` is what their conditions do."""

    path: Location
    title: str
    reads: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of the head, such as the title or the phase, that a form can change."""

    name: str
    path: Location
    value: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text as cards. ``readable`` is false where it is no YAML: then there are no cards, and nothing is lost."""

    readable: bool
    kind: str
    id: str
    title: str
    facts: tuple[Fact, ...]
    sources: tuple[str, ...]
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    coverage: Coverage
    problems: tuple[Found, ...]
    guards: tuple[Guard, ...]


_FACTS = ("title", "acronym", "sponsor", "phase", "setting", "coverage", "encoded")


def sheet(text: str, name: str, book: Rulebook) -> Sheet:
    """The cards of a text, with everything lint says of it beside the lists and derived facts of ``book``."""
    if len(text) > LARGEST:
        held = Located(text, None, None, ())
        found = [too_large(name)]
    else:
        held = locate(text, name)
        found = check_one(text, name, book).diagnostics
    found = found[:_MOST_PROBLEMS]
    placed = [(each, held.place_of(each.line or 1, each.column or 1)) for each in found]
    mended = remedies(held, name, book, placed)
    problems = tuple(_found(each, path, mended.get(place)) for place, (each, path) in enumerate(placed))
    data = held.marked.data if held.marked is not None else None
    kind = (kind_of(held.marked) if held.marked is not None else None) or ""
    if held.root is None or not isinstance(data, dict):
        waiting = tuple(_waiting(text, book))
        return Sheet(False, kind, "", "", (), (), (), waiting, protocol.coverage("", waiting), problems, ())
    laying = _Laying(held, data, lexicon_of(book).for_events(_events(data)))
    sections = tuple(laying.sections())
    sentences = (*laying.sentences, *_waiting(text, book, _events(data)))
    covered = protocol.coverage(data.get("coverage"), sentences)
    asked = (*laying.guards, *guards.coverage(covered.claimed, covered.follows, covered.states))
    facts = tuple(Fact(each, (each,), data[each]) for each in _FACTS if isinstance(data.get(each), str | int))
    sources = data.get("sources")
    return Sheet(
        True, kind, _shown(data.get(kind)), _shown(data.get("title")), facts,
        tuple(sources) if isinstance(sources, dict) else (), sections, sentences, covered, problems, asked,
    )  # fmt: skip


def too_large(name: str) -> Diagnostic:
    """Said at once: reading so much again at every key would keep everybody waiting."""
    said = f"a rule of more than {LARGEST:,} characters is not checked while it is written"
    hint = "a long list of names is a list of its own, which rules ask for by its name"
    return Diagnostic(name, 1, 1, "R007", said, hint)


class _Laying:
    """One readable file; ``sentences`` and ``guards`` fill up while its sections are laid out."""

    def __init__(self, held: Located, data: dict[str, Any], lexicon: Lexicon) -> None:
        self._held, self._data, self._lexicon = held, data, lexicon
        self.sentences: list[Sentence] = []
        self.guards: list[Guard] = []

    def sections(self) -> Iterator[Section]:
        yield from self._of(self._data, (), "")
        cohorts = self._data.get("cohorts")
        for name, cohort in cohorts.items() if isinstance(cohorts, dict) else ():
            if isinstance(cohort, dict):
                yield from self._of(cohort, ("cohorts", name), f"Cohort {name}. ")

    def _of(self, around: dict[str, Any], at: Location, of: str) -> Iterator[Section]:
        for section in SECTIONS:
            held = around.get(section)
            path = (*at, section)
            if isinstance(held, dict):
                cards = tuple(
                    self._card(section, (*path, name), name, each)
                    for name, each in held.items()
                    if isinstance(each, dict)
                )
                title, reads = _TITLES[section]
                yield Section(path, of + title, reads, cards)

    def _card(self, section: str, path: Location, name: str, criterion: dict[str, Any]) -> Card:
        span = self._held.at(path)
        assert span is not None
        when, note = criterion.get("when"), criterion.get("note")
        condition = self._read(when, (*path, "when"))
        kept = protocol.kept_above(self._held.text, span.whole)
        state, lost = protocol.state_of(criterion)
        if condition is None and state != protocol.PERSON:
            state = protocol.NOT_YET
        if kept is not None:
            self.sentences.append(Sentence(kept.text, section, state, path, kept.line, lost))
        if condition is not None:
            self.guards += guards.polarity(section, path, condition)
            if kept is not None:
                self.guards += guards.numbers(kept.text, section, path, when, condition)
        tree = tree_of(when, (*path, "when"), self._lexicon) if "when" in criterion else None
        return Card(
            name, path, section, _shown(criterion.get("text")),
            read_back(condition) if condition is not None else (), criterion.get("judgement") is True, tree,
            kept.text if kept is not None else "", state, lost, _source(criterion.get("source")),
            _shown(note), criterion.get("at_screening") is True,
            condition is not None and may_be_presumed(condition), *_granted(criterion),
            self._line(span.whole), self._line(span.end),
        )  # fmt: skip

    def _read(self, when: object, path: Location) -> Condition | None:
        return ConditionReader(self._lexicon, []).read(when, path) if isinstance(when, dict) else None

    def _line(self, offset: int) -> int:
        return bisect_right(self._held.starts, offset)


def _waiting(text: str, book: Rulebook, events: tuple[str, ...] = ()) -> Iterator[Sentence]:
    for each in protocol.noted(text):
        if each.section:
            held = proposal(each.text, each.section, book, events)
            yield Sentence(each.text, each.section, protocol.NOT_YET, (), each.line, proposal=held)


def _found(each: Diagnostic, path: Location, remedy: Remedy | None) -> Found:
    return Found(
        each.line or 1, each.column or 1, each.code, each.severity, each.message, each.hint, path, remedy
    )


def _granted(criterion: dict[str, Any]) -> tuple[str, Waiver | None]:
    recovers, waived = criterion.get("recoverable"), criterion.get("waivable")
    recovers = recovers if isinstance(recovers, dict) else {}
    waiver = (
        Waiver(_shown(waived.get("by")), _shown(waived.get("max_deviation")))
        if isinstance(waived, dict)
        else None
    )
    return _shown(recovers.get("by") or recovers.get("within")), waiver


def _source(source: object) -> str:
    if isinstance(source, dict):
        return ", ".join(
            str(each) for each in chain((source.get("document"),), (source.get("section"),)) if each
        )
    return _shown(source)


def _events(data: dict[str, Any]) -> tuple[str, ...]:
    held = data.get("events")
    return tuple(each for each in held if isinstance(each, str)) if isinstance(held, list) else ()


def _shown(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
