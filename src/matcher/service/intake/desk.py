"""The desk where intakes are taken: answers in, where the patient stands and what to ask next out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from matcher.domain.profile import Profile
from matcher.domain.source import Source
from matcher.engines.base import Engine, VerdictTable
from matcher.readers.assemble import assemble
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.rules.candidate import SHUT, CandidateKind
from matcher.service.engines import interviewing
from matcher.service.intake.form import Form
from matcher.service.intake.questions import Chooser
from matcher.service.intake.remedy import Meant, Suggestion, remedy
from matcher.service.intake.sections import form_of
from matcher.service.intake.wire import SOURCE, Answers, Draft, draft
from matcher.service.match import Matcher
from matcher.standing.deciding import ConditionReading
from matcher.standing.ranking import Ranked, Ranker
from matcher.standing.standing import stand


@dataclass(frozen=True, slots=True)
class FieldIssue:
    """An answer, or a part of it, that could not be read, or deserves a second look: ``field`` is its name."""

    field: str
    code: str
    reason: str
    remedy: str
    text: str = ""
    #: what the answer may have meant, to be chosen with a click
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What a set of answers says: the profile, its wire form, and what of it could not be read."""

    profile: Profile
    wire: Mapping[str, Any]
    issues: tuple[FieldIssue, ...]


@dataclass(frozen=True)
class Desk:
    """A rulebook made ready for intakes. The desk of the last overrides is kept: most of it is made when used."""

    matcher: Matcher
    _last: Desk | None = field(default=None, init=False, repr=False, compare=False)

    @cached_property
    def engine(self) -> Engine:
        """What answers an intake: made for answers that come one after the other, where it runs."""
        return interviewing(self.matcher.rulebook.graph, self.matcher.roots)

    @cached_property
    def form(self) -> Form:
        return form_of(self.matcher.rulebook)

    @cached_property
    def chooser(self) -> Chooser:
        return Chooser(self.matcher.rulebook, self.form, self.matcher.asker)

    @cached_property
    def _ranker(self) -> Ranker:
        return Ranker(self.matcher.rulebook)

    def at(self, matcher: Matcher) -> Desk:
        """The desk of the same rulebook with overrides in it."""
        if matcher is self.matcher:
            return self
        if self._last is None or self._last.matcher is not matcher:
            object.__setattr__(self, "_last", Desk(matcher))
        assert self._last is not None
        return self._last

    def take(self, answers: Answers, as_of: date, patient: str = "") -> Taken:
        """The profile of the answers on a day. Nothing an answer says can keep the others from counting."""
        made = draft(self.form, answers, self.matcher.rulebook.formulary, as_of)
        wire = {**made.wire, "as_of": as_of.isoformat(), **({"id": patient} if patient else {})}
        assembled = assemble(
            wire, as_of=as_of, formulary=self.matcher.rulebook.formulary, sources=self._sources(made)
        )
        assert assembled.profile is not None, "a form has one index cancer and a day"
        names, meant = made.names, Meant(self.form.terms, as_of)
        issues = [self._issue(name, each, meant) for name, each in made.issues]
        issues += [self._issue(names.of(each.fact).column, each, meant) for each in assembled.issues]
        return Taken(
            assembled.profile, wire, tuple(sorted(issues, key=lambda each: self.form.place(each.field)))
        )

    def _issue(self, name: str, each: Issue, meant: Meant) -> FieldIssue:
        found = meant.by(each, self.form.find(name))
        told = remedy(each, looked_up=found is not None)
        return FieldIssue(name, each.code, each.reason, told, each.text, found or ())

    def _sources(self, made: Draft) -> Places:
        titles = {path: self.form.find(name) for path, name in made.places.items()}
        return Places(
            Source(SOURCE),
            {path: Source(SOURCE, None, each.title) for path, each in titles.items() if each is not None},
        )

    def ranked(self, table: VerdictTable, day: date, *, include_closed: bool = False) -> tuple[Ranked, ...]:
        """Trials, then regimens, in their order, as of a day."""
        rulebook = self.matcher.rulebook
        standings = [stand(each, table, 0, day) for each in rulebook.candidates]
        shown = [
            each
            for each in standings
            if each is not None and (include_closed or each.availability not in SHUT)
        ]
        ordered = self._ranker.rank(shown, ConditionReading(rulebook.graph, table, 0))
        return tuple(each for kind in CandidateKind for each in ordered[kind])

    def evaluate(self, profile: Profile) -> VerdictTable:
        return self.matcher.evaluate(profile)
