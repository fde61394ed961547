"""Matching: rulebook and profiles in, ranked and explained candidates out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from matcher.domain.profile import Profile
from matcher.engines.base import Engine, VerdictTable
from matcher.engines.planes.single import MANY_NODES, SingleEngine
from matcher.engines.reference import ReferenceEngine
from matcher.errors import UsageError
from matcher.explanation.answer import PatientShown
from matcher.explanation.common import Common
from matcher.explanation.explain import MANY_CANDIDATES, Explainer, Selection
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.service.engines import durable_engine
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import StandingKind

if TYPE_CHECKING:
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

    @cached_property
    def common(self) -> Common:
        """What is said of everybody alike."""
        return self._explainer.common()

    @property
    def explains_together(self) -> bool:
        """Whether many patients are explained in planes of bits: not by an engine that was asked for by name.

        A rulebook of thousands has too many gates to hold with all that its patients might answer.
        """
        few = len(self.rulebook.candidates) < MANY_CANDIDATES and len(self.rulebook.graph) < MANY_NODES
        return few and self.options.engine not in ("reference", "durable")

    def together(
        self, top: int | None, standings: Collection[StandingKind], also: Sequence[NodeId]
    ) -> Together:
        """What explains many patients: the first ``top`` of each kind among those that stand so."""
        from matcher.explanation.together import Together

        selection = replace(self.options.selection(), top=top)
        return Together(self._explainer, self.common, selection, standings, also)

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
        return self.explain(profile, self.evaluate(profile), issues, assumptions, options)

    def evaluate(self, profile: Profile) -> VerdictTable:
        return self.engine.evaluate(self.rulebook.graph, (profile,), roots=self.roots)

    def explain(
        self,
        profile: Profile,
        table: VerdictTable,
        issues: Sequence[str] = (),
        assumptions: Sequence[str] = (),
        options: MatchOptions | None = None,
    ) -> PatientShown:
        """The same of verdicts that were found before."""
        return self._explainer.explain(
            profile, table, 0, (options or self.options).selection(), issues, assumptions
        )

    def trace(
        self, profile: Profile, candidates: Sequence[str], written: Written
    ) -> dict[str, tuple[Step, ...]]:
        """Every criterion of these candidates, followed down to what was written; by the candidates' names."""
        from matcher.explanation.trace import Tracer

        reading = ConditionReading(self.rulebook.graph, self.evaluate(profile), 0)
        tracer = Tracer(self.rulebook, reading, profile, written)
        return {name: tracer.candidate(self.rulebook.by_id[name]) for name in candidates}
