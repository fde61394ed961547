"""Matching: rulebook and profiles in, ranked and explained candidates out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from matcher.domain.profile import Profile
from matcher.engines.base import Engine, VerdictTable
from matcher.engines.planes.single import SingleEngine
from matcher.engines.reference import ReferenceEngine
from matcher.errors import UsageError
from matcher.explanation.answer import PatientShown
from matcher.explanation.common import Common
from matcher.explanation.explain import MANY_CANDIDATES, Explainer, Selection
from matcher.readers.outcome import Issue, issue_in_words
from matcher.rules.graph import NodeId
from matcher.rules.override import overridden
from matcher.rules.rulebook import Rulebook
from matcher.service.engines import durable_engine
from matcher.service.judging import judging
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import StandingKind

if TYPE_CHECKING:
    from matcher.explanation.questions import Asker
    from matcher.explanation.together import Together
    from matcher.explanation.trace import Step, Written

#: what evaluates one patient for each name of an engine: where many are matched in columns, those that are
#: explained are explained from their profiles
_SINGLY: Mapping[str, Callable[[], Engine]] = {
    "auto": SingleEngine,
    "reference": ReferenceEngine,
    "columnar": SingleEngine,
    "spark": SingleEngine,
    "durable": durable_engine,
}
ENGINES = tuple(_SINGLY)
#: gates of so many nodes, with a world for each answer of a hundred patients, take half a gigabyte
_MANY_NODES = 5_000
#: so many sets of overridden criteria are kept ready
_MOST_OVERRIDDEN = 32


def check_engine(name: str) -> None:
    if name not in ENGINES:
        raise UsageError(f"there is no engine '{name}'", f"one of: {', '.join(ENGINES)}")


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """What to rank and how much of it to show; ``top`` counts within trials and within regimens.

    ``about`` names candidates that alone are shown and asked about; their ranks are those among all.
    """

    top: int | None = None
    include_closed: bool = False
    include_deceased: bool = False
    engine: str = "auto"
    questions: int = 8
    about: tuple[str, ...] = ()

    def selection(self) -> Selection:
        return Selection(self.include_closed, self.include_deceased, self.top, self.questions, self.about)


@dataclass(frozen=True)
class Matcher:
    """A rulebook made ready to match: the engine, the nodes that are needed, and the words."""

    rulebook: Rulebook
    options: MatchOptions = field(default_factory=MatchOptions)

    @cached_property
    def engine(self) -> Engine:
        check_engine(self.options.engine)
        return _SINGLY[self.options.engine]()

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.rulebook)

    @property
    def asker(self) -> Asker:
        """What finds the next question."""
        return self._explainer.asker

    @cached_property
    def common(self) -> Common:
        """What is said of everybody alike."""
        return self._explainer.common()

    @property
    def explains_together(self) -> bool:
        """Whether many patients are explained in planes of bits: not by an engine that was asked for by name.

        A rulebook of thousands has too many gates to hold with all that its patients might answer.
        """
        few = len(self.rulebook.candidates) < MANY_CANDIDATES and len(self.rulebook.graph) < _MANY_NODES
        return few and self.options.engine not in ("reference", "durable")

    def together(
        self,
        top: int | None,
        standings: Collection[StandingKind],
        also: Sequence[NodeId],
        period: int | None = None,
    ) -> Together:
        """What explains many patients: the first ``top`` of each kind among those that stand so.

        ``period``: that of the recruitment in which all of them are seen.
        """
        from matcher.explanation.together import Together

        selection = replace(self.options.selection(), top=top)
        return Together(self._explainer, self.common, selection, standings, also, period)

    @cached_property
    def roots(self) -> tuple[NodeId, ...]:
        nodes = [node for candidate in self.rulebook.candidates for node in candidate.root_nodes()]
        nodes += [derivation.node for derivation in self.rulebook.derivations]
        return tuple(dict.fromkeys(nodes))

    def match_one(
        self,
        profile: Profile,
        issues: Sequence[str] = (),
        assumptions: Sequence[str] = (),
        options: MatchOptions | None = None,
    ) -> PatientShown:
        """The patient's two rankings, explained; ``options`` where they are this patient's own."""
        sitting = self.sitting(profile)
        at, seen = sitting.matcher, sitting.profile
        said = [*issues, *(issue_in_words(each) for each in sitting.issues)]
        return at.explain(seen, at.evaluate(seen), dict.fromkeys(said), assumptions, options)

    def sitting(self, profile: Profile) -> Sitting:
        """What matches this patient: with the overrides of a person, where there are any, in the graph."""
        if not profile.judgements:
            return Sitting(self, profile)
        judged = judging(self.rulebook, profile, self.engine)
        return Sitting(self.overridden(judged.overrides), judged.profile, judged.issues, judged.overrides)

    def overridden(self, pairs: frozenset[tuple[str, str]]) -> Matcher:
        """The same in which these criteria, each of a candidate, may have been judged by a person."""
        if not pairs:
            return self
        found = self._overridden.get(pairs)
        if found is None:
            if len(self._overridden) >= _MOST_OVERRIDDEN:
                self._overridden.clear()
            found = Matcher(overridden(self.rulebook, pairs), self.options)
            self._overridden[pairs] = found
        return found

    @cached_property
    def _overridden(self) -> dict[frozenset[tuple[str, str]], Matcher]:
        return {}

    def evaluate(self, profile: Profile) -> VerdictTable:
        return self.engine.evaluate(self.rulebook.graph, (profile,), roots=self.roots)

    def explain(
        self,
        profile: Profile,
        table: VerdictTable,
        issues: Iterable[str] = (),
        assumptions: Sequence[str] = (),
        options: MatchOptions | None = None,
    ) -> PatientShown:
        """The same of verdicts that were found before."""
        return self._explainer.explain(
            profile, table, 0, (options or self.options).selection(), tuple(issues), assumptions
        )

    def trace(
        self, profile: Profile, candidates: Sequence[str], written: Written
    ) -> dict[str, tuple[Step, ...]]:
        """Every criterion of these candidates, followed down to what was written; by the candidates' names."""
        from matcher.explanation.trace import Tracer

        sitting = self.sitting(profile)
        at, seen = sitting.matcher, sitting.profile
        reading = ConditionReading(at.rulebook.graph, at.evaluate(seen), 0)
        tracer = Tracer(at.rulebook, reading, seen, written)
        return {name: tracer.candidate(at.rulebook.by_id[name]) for name in candidates}


@dataclass(frozen=True, slots=True)
class Sitting:
    """One patient at a matcher: the profile with the judgements that count, and what is to be said of the others."""

    matcher: Matcher
    profile: Profile
    issues: tuple[Issue, ...] = ()
    overrides: frozenset[tuple[str, str]] = frozenset()
