"""One comparison for one patient in words: what was found, what was asked, and what else matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from matcher.domain.possible import Interval, test
from matcher.domain.record import Absence, Course, Event
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Note, NoteKind
from matcher.explanation.facts import doubt_of, has_no_certain_day, is_denied, is_not_understood, text_of
from matcher.explanation.wording import (
    NOT_RECORDED,
    TIMES_NORMAL,
    UNREADABLE,
    condition_in_words,
    count_in_words,
    is_presence,
    limits_in_words,
    number_in_words,
    unit_of,
    value_in_words,
    worked_out_in_words,
)
from matcher.features.kind import CodeDomain, Count, Domain, Feature, FirstOf, Formula, Latest, Since, Total
from matcher.rules.candidate import Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, asked_whether
from matcher.rules.judgement import JUDGEMENT
from matcher.rules.version import VERSION
from matcher.vocabulary.codes import event_in_words
from matcher.vocabulary.laboratory import UNDETECTABLE, VIRAL_LOADS
from matcher.vocabulary.text import in_sentence

#: what a criterion does with what it asks
_ASKS = {Role.INCLUSION: "asked", Role.EXCLUSION: "excludes", Role.CAUTION: "warns of"}
#: no derived fact has it, so that no set of values is all of them
_ANY_VALUE = frozenset({"any value"})
_DEPENDS = "depends on"
_WHETHER = "whether"
_VIRAL_LOADS = frozenset(f"lab:{each}" for each in VIRAL_LOADS)
_MANY = 6
_MOST_ALIKE = 20
_WORKED_OUT = "worked out from "
"""Records of which the same is said one by one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comparison stands: under an odd number of ``not``, and in which branch of a condition.

    ``branch`` is "depends on" for what a branch depends on, else the words of the case.
    """

    denied: bool = False
    branch: str = ""


def places(condition: Condition, place: Place | None = None) -> Iterator[tuple[Comparison, Place]]:
    """Every comparison with its place: under ``not`` what is asked is its opposite."""
    here = place or Place()
    match condition:
        case Comparison():
            yield condition, here
        case Group(gate=Gate.NOT, members=(member,)):
            yield from places(member, replace(here, denied=not here.denied))
        case Group(members=members):
            if asked_whether(condition) is not None:
                here = replace(here, branch=_WHETHER)
            for each in members:
                yield from places(each, here)
        case Branch(condition=asked, then=then, otherwise=otherwise):
            case_ = f"if {in_sentence(condition_in_words(asked))}"
            yield from places(asked, replace(here, branch=_DEPENDS))
            yield from places(then, replace(here, branch=case_))
            yield from places(otherwise, replace(here, branch="otherwise"))


def asks(comparison: Comparison, role: Role, place: Place) -> str:
    """What a criterion does with what it asks; of a mere presence there is nothing to add unless it is denied."""
    verb = _ASKS[role]
    if place.branch == _WHETHER:
        return "has to be known"
    if place.branch == _DEPENDS:
        return "" if is_presence(comparison) else f"{_DEPENDS}: {limits_in_words(comparison)}"
    if place.branch:
        verb += f" {place.branch}"
    if is_presence(comparison):
        return f"{verb}: none" if place.denied else (verb if place.branch else "")
    return f"{verb}: {limits_in_words(comparison, denied=place.denied)}"


@dataclass(frozen=True, slots=True)
class Reason:
    """``title``: ``found`` (``said``)."""

    title: str
    found: str
    said: tuple[str, ...] = ()

    def __str__(self) -> str:
        in_brackets = f" ({'; '.join(self.said)})" if self.said else ""
        return f"{self.title}: {self.found}{in_brackets}"


def reason(
    comparison: Comparison,
    finding: Finding,
    asked: str,
    derived: Domain | None,
    named: Iterable[str] = (),
    origin: Iterable[str] = (),
    beside: Iterable[str] = (),
) -> Reason:
    """``named`` is what was found present, ``origin`` where a derived value comes from.

    ``beside`` is what was recorded and does not count as the fact.
    """
    if comparison.word == JUDGEMENT:
        return Reason(comparison.title, "; ".join(beside))
    if comparison.word == VERSION:
        return Reason(comparison.title, _in_force(comparison, finding))
    found = value_of(comparison, finding, derived)
    said = [*named] if is_presence(comparison) and found == "yes" else []
    said += [asked] if asked else []
    if finding.notes:
        open_question = not _is_decided(comparison, finding)
        said += _notes_in_words([note for note in finding.notes if matters(note, open_question)])
    aside = tuple(beside)
    if found in (NOT_RECORDED, UNREADABLE):
        found = _not_known(comparison, finding)
    if aside and found == NOT_RECORDED:
        found = "not known"
    return Reason(comparison.title, found, tuple(dict.fromkeys([*said, *aside, *origin])))


def _not_known(comparison: Comparison, finding: Finding) -> str:
    """Why nothing is known of what may have been recorded all the same."""
    if any(note.kind is NoteKind.STALE for note in finding.notes):
        return "nothing recent enough"
    if any(is_not_understood(fact) for fact in finding.facts):
        return f"recorded, and {UNREADABLE}"
    if finding.facts and comparison.feature is not None and unit_of(comparison.feature) in TIMES_NORMAL:
        return "recorded, without the limit of normal of that laboratory"
    if any(has_no_certain_day(fact) for fact in finding.facts):
        return "recorded, on a day that is not known well enough"
    return NOT_RECORDED


def _in_force(comparison: Comparison, finding: Finding) -> str:
    if not _is_decided(comparison, finding):
        return "not known whether in force on this day"
    assert isinstance(finding.value, Interval)
    return f"{'' if finding.value.low >= 0 else 'not yet '}in force on this day"


def together(reasons: Iterable[Reason], most: int = _MANY, between: str = "; ") -> str:
    """Reasons in a row. What differs in nothing but what was asked, or in its name, is said once."""
    by_value: dict[tuple[str, str], list[str]] = {}
    for each in reasons:
        by_value.setdefault((each.title, each.found), []).extend(each.said)
    by_rest: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (title, found), said in by_value.items():
        kind, colon, name = title.partition(": ")
        key = (kind + colon, found, tuple(dict.fromkeys(said))) if colon else (title, found, tuple(said))
        by_rest.setdefault(key, []).append(name)
    told = [
        str(Reason(start + _listed(names), found, said)) for (start, found, said), names in by_rest.items()
    ]
    return between.join(told[:most])


def _listed(names: list[str]) -> str:
    if len(names) <= _MANY:
        return ", ".join(names)
    return f"{', '.join(names[: _MANY - 1])} and {len(names) - _MANY + 1} others"


def value_of(comparison: Comparison, finding: Finding, derived: Domain | None = None) -> str:
    """``derived`` is the domain of a derived fact: every one of its values open is nothing said."""
    feature = comparison.feature
    if feature is None:
        words = value_in_words(finding.value, derived or CodeDomain(_ANY_VALUE))
        return "cannot be said" if finding.silent or words == NOT_RECORDED else words
    if isinstance(feature.kind, Count) and isinstance(finding.value, Interval) and is_presence(comparison):
        return count_in_words(finding.value)
    if feature.topic in _VIRAL_LOADS and finding.value == Interval.exactly(0.0):
        return UNDETECTABLE
    limits = tuple(each.limit for each in comparison.bounds if isinstance(each.limit, float))
    return value_in_words(finding.value, feature.domain, unit_of(feature), number_words(feature, limits))


def number_words(feature: Feature, limits: tuple[float, ...] = ()) -> Callable[[float], str]:
    """How the numbers of a feature are printed: as recorded, or, worked out, no finer than people say them."""
    words = worked_out_in_words if _is_worked_out(feature) else number_in_words
    return partial(words, limits=limits)


def _is_worked_out(feature: Feature) -> bool:
    match feature.kind:
        case Formula() | Total() | Since():
            return True
        case Latest(field=field):
            return field.startswith("times_")
        case FirstOf(sources=sources):
            return any(map(_is_worked_out, sources))
    return False


def _is_decided(comparison: Comparison, finding: Finding) -> bool:
    return all(test(finding.value, each.op, each.limit) is not Verdict.UNKNOWN for each in comparison.bounds)


def matters(note: Note, open_question: bool) -> bool:
    """What leaves a question open is said only while it is open; what assumptions list is not repeated."""
    if note.kind in (
        NoteKind.OPEN_LIST,
        NoteKind.UNRESOLVED,
        NoteKind.NO_EVENT_DATE,
        NoteKind.IMPRECISE_DATE,
    ):
        return open_question
    return note.kind is not NoteKind.UNDATED


def _notes_in_words(notes: Sequence[Note]) -> list[str]:
    """Of hundreds of records of which the same is to be said, as of a list that was pasted, the first and how many."""
    by_kind: dict[NoteKind, list[Note]] = {}
    for each in notes:
        by_kind.setdefault(each.kind, []).append(each)
    if len(converted := by_kind.get(NoteKind.CONVERTED, [])) > 1:
        others = [note for note in notes if note.kind is not NoteKind.CONVERTED]
        return [converted_in_words(converted), *_notes_in_words(others)]
    if all(len(alike) <= _MOST_ALIKE for alike in by_kind.values()):
        return [note_in_words(note) for note in notes]
    said: list[str] = []
    for alike in by_kind.values():
        said += [note_in_words(note) for note in alike[:_MOST_ALIKE]]
        if len(alike) > _MOST_ALIKE:
            said.append(f"and so of {len(alike) - _MOST_ALIKE} more")
    return said


def converted_in_words(notes: Sequence[Note]) -> str:
    """The facts that one value was worked out from, in one breath."""
    facts = [note_in_words(note).removeprefix(_WORKED_OUT) for note in notes]
    *first, last = dict.fromkeys(facts)
    return _WORKED_OUT + (f"{', '.join(first)} and {last}" if first else last)


def note_in_words(note: Note) -> str:
    about = note.about
    named = about if isinstance(about, str) else ""
    record = text_of(about) if about is not None and not isinstance(about, str) else ""
    on = getattr(about, "on", None) or getattr(about, "start", None)
    dated = f" of {on}" if on is not None else ""
    match note.kind:
        case NoteKind.STALE:
            return f"{record}{dated} is too old to count"
        case NoteKind.UNDATED:
            return f"{record} has no date and is taken as current"
        case NoteKind.CONFLICT:
            if isinstance(about, Absence):
                return f"contradicted by {record}"
            if about is not None and not isinstance(about, str) and is_denied(about):
                return f"{record} is recorded, and denied by another statement"
            if isinstance(about, Course) and about.line is not None:
                line = number_in_words(about.line.low)
                return f"{record} is said to be line {line}, and fewer lines are listed"
            return f"sources disagree{': ' + record if record else ''}"
        case NoteKind.CONVERTED:
            is_birth = isinstance(about, Event) and about.name == "birth"
            return _WORKED_OUT + ("the date of birth" if is_birth else record)
        case NoteKind.OPEN_LIST:
            return "nobody has said that the list is complete"
        case NoteKind.UNRESOLVED:
            why = doubt_of(about) if about is not None and not isinstance(about, str) else ""
            return f"{record} may count or not{why}"
        case NoteKind.NO_EVENT_DATE:
            return f"no date for {event_in_words(named)}"
        case NoteKind.IMPRECISE_DATE:
            return "a date is not exact"
