"""Intakes at an engine: a stored document brought to life, and kept alive while it is being filled in.

What is alive is worth nothing: everything is in the document, and a life that was lost is made again from it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock
from typing import Any

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Interview
from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.service.intake.desk import Desk, FieldIssue, Taken
from matcher.service.intake.questions import NextQuestion
from matcher.service.intake.state import IntakeState, RulebookNamed, changes, counts, line, questions_shown
from matcher.service.match import MatchOptions
from matcher.standing.standing import stand

QUESTIONS = 8


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field of the form that an unknown criterion waits for: ``cohort`` is empty for the candidate's own.

    ``again``: the field has an answer, and the answer leaves the criterion open.
    """

    criterion: str
    cohort: str
    field: str
    title: str
    again: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What a session keeps: the answers by field, the day, and what is to be ranked.

    ``unread`` is what the record it began with said in a form that no answer holds.
    """

    answers: Mapping[str, Any]
    as_of: date
    patient: str = ""
    include_closed: bool = False
    unread: tuple[FieldIssue, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Document:
        return cls(
            dict(stored["answers"]),
            date.fromisoformat(stored["as_of"]),
            str(stored.get("patient", "")),
            bool(stored.get("include_closed", False)),
            tuple(FieldIssue(**each) for each in stored.get("unread", ())),
        )

    def stored(self) -> dict[str, Any]:
        return {
            "answers": dict(self.answers),
            "as_of": self.as_of.isoformat(),
            "patient": self.patient,
            "include_closed": self.include_closed,
            "unread": [
                {
                    "field": each.field,
                    "code": each.code,
                    "reason": each.reason,
                    "remedy": each.remedy,
                    "text": each.text,
                }
                for each in self.unread
            ],
        }

    def with_answers(
        self, given: Mapping[str, Any], as_of: date | None = None, include_closed: bool | None = None
    ) -> Document:
        """The document after some answers: a value sets or corrects, null takes back, ``unknown`` is an answer."""
        merged = {**self.answers, **given}
        kept = {name: value for name, value in merged.items() if value is not None}
        closed = self.include_closed if include_closed is None else include_closed
        return replace(self, answers=kept, as_of=as_of or self.as_of, include_closed=closed)


class LiveIntake:
    """One intake at an engine. Used by one thread at a time: ``lock``."""

    def __init__(self, desk: Desk, document: Document) -> None:
        self.desk = desk
        self.lock = Lock()
        self.document = document
        self.taken: Taken = self._take(document)
        self._at, profile = self._sitting()
        self._interview: Interview = self._begin(profile)
        self._shown: PatientShown | None = None
        self.closed = False

    def update(self, document: Document) -> PatientShown:
        """Takes the document as it is now; what was shown before it."""
        before = self.shown
        if document != self.document:
            self.taken = self._take(document)
            at, profile = self._sitting()
            if at is self._at:
                self._profile = profile
                self._interview.update(profile)
            else:
                # Another set of overrides is another graph.
                self._interview.close()
                self._at = at
                self._interview = self._begin(profile)
            self.document, self._shown = document, None
        return before

    def _sitting(self) -> tuple[Desk, Profile]:
        """The desk with what a person has overridden in its graph, and the profile with what counts of it."""
        sitting = self.desk.matcher.sitting(self.taken.profile)
        return self.desk.at(sitting.matcher), sitting.profile

    def _begin(self, profile: Profile) -> Interview:
        matcher = self._at.matcher
        self._profile = profile
        return self._at.engine.interview(matcher.rulebook.graph, profile, roots=matcher.roots)

    def _take(self, document: Document) -> Taken:
        return self.desk.take(document.answers, document.as_of, document.patient)

    @property
    def shown(self) -> PatientShown:
        if self._shown is None:
            options = MatchOptions(include_closed=self.document.include_closed, questions=0)
            words = [f"{each.field}: {each.reason}" for each in (*self.document.unread, *self.taken.issues)]
            self._shown = self._at.matcher.explain(self._profile, self._interview.table, words, (), options)
        return self._shown

    def candidate(self, name: str) -> CandidateShown | None:
        return next((each for each in self.shown.candidates if each.id == name), None)

    def missing(self, name: str) -> tuple[MissingField, ...]:
        """The fields that a candidate's unknown criteria wait for, each once for a criterion."""
        desk, table = self._at, self._interview.table
        wanted = next((each for each in desk.matcher.rulebook.candidates if each.id == name), None)
        standing = None if wanted is None else stand(wanted, table, 0)
        if standing is None:
            return ()
        judged = [("", each) for each in standing.criteria]
        judged += [(cohort.cohort.id, each) for cohort in standing.cohorts for each in cohort.criteria]
        found: dict[MissingField, None] = {}
        for cohort, each in judged:
            if each.satisfied is not Verdict.UNKNOWN:
                continue
            for _, feature in desk.chooser.open_features((each.criterion.satisfied,), table):
                target = desk.chooser.target(feature, self.document.answers, self.taken.profile)
                field = target and desk.form.find(target[0])
                if target and field:
                    found[MissingField(each.criterion.id, cohort, target[0], field.title, target[1])] = None
        return tuple(found)

    def state(
        self, identifier: str, revision: int, expires_at: datetime, before: PatientShown | None = None
    ) -> IntakeState:
        shown, table, desk = self.shown, self._interview.table, self._at
        rulebook = desk.matcher.rulebook
        chosen: tuple[NextQuestion, ...] = ()
        if not shown.deceased:
            ranked = desk.ranked(table, self._profile.as_of, include_closed=self.document.include_closed)
            chosen = desk.chooser.choose(ranked, table, self.taken.profile, self.document.answers, QUESTIONS)
        return IntakeState(
            id=identifier,
            revision=revision,
            expires_at=expires_at,
            as_of=self.document.as_of,
            rulebook=RulebookNamed(rulebook.version, rulebook.short_version),
            engine=self._interview.engine,
            answers=self.document.answers,
            issues=(*self.document.unread, *self.taken.issues),
            summary=shown.summary,
            deceased=shown.deceased,
            trials=tuple(map(line, shown.trials)),
            regimens=tuple(map(line, shown.regimens)),
            counts=counts(shown),
            changes=changes(before, shown),
            questions=questions_shown(desk.form, chosen),
            derived=tuple(each for each in shown.derived if each.known or each.facts),
            conflicts=shown.conflicts,
            assumptions=shown.assumptions,
            profile=self.taken.wire,
            include_closed=self.document.include_closed,
        )

    def close(self) -> None:
        self.closed = True
        self._interview.close()


@dataclass
class LiveIntakes:
    """The intakes that are alive, at most so many: the one not used for longest goes first.

    Each takes memory (`make soak`); one that went is made again from its document.
    """

    most: int = 100
    _held: OrderedDict[str, LiveIntake] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def at(self, identifier: str, desk: Desk, document: Document) -> Iterator[LiveIntake]:
        """The intake of a session, alive and one's own for a while, and as its document says.

        As it was left; made from the document where it is not alive, or answers from another rulebook.
        """
        while True:
            live = self._find(identifier, desk, document)
            with live.lock:
                if live.closed:
                    continue
                try:
                    live.update(document)
                    yield live
                except BaseException:
                    # Whatever state it is in now, the document is in order.
                    self._drop(identifier, live)
                    live.close()
                    raise
                return

    def _find(self, identifier: str, desk: Desk, document: Document) -> LiveIntake:
        with self._lock:
            held = self._held.get(identifier)
            if held is not None and held.desk is desk:
                self._held.move_to_end(identifier)
                return held
        made = LiveIntake(desk, document)
        with self._lock:
            gone = [self._held.pop(identifier)] if identifier in self._held else []
            self._held[identifier] = made
            while len(self._held) > self.most:
                gone.append(self._held.popitem(last=False)[1])
        for each in gone:
            with each.lock:
                each.close()
        return made

    def _drop(self, identifier: str, live: LiveIntake) -> None:
        with self._lock:
            if self._held.get(identifier) is live:
                del self._held[identifier]

    def forget(self, identifier: str) -> None:
        with self._lock:
            held = self._held.pop(identifier, None)
        if held is not None:
            with held.lock:
                held.close()

    def __len__(self) -> int:
        return len(self._held)
