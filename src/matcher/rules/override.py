"""A person's verdict over a computed one: where a judgement of a criterion counts, it decides that criterion.

Hardly any patient has one, so no rulebook has nodes for it until somebody is met who has. Then the criteria in
question, and the roots of their candidates, are made anew behind the graph; every other node keeps its number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import inf

from matcher.domain.judgement import IN_FORCE
from matcher.domain.possible import Interval, Op
from matcher.domain.profile import Profile
from matcher.features.kind import Count, Feature, NumberDomain
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.condition import Bound, Branch, Comparison, Condition
from matcher.rules.graph import GraphBuilder, NodeId
from matcher.rules.judgement import JUDGEMENT, judgements_of, left_to_a_person
from matcher.rules.lowering import Lowering, chosen
from matcher.rules.roots import roots_of, roots_of_any
from matcher.rules.rulebook import Rulebook

#: the word of a comparison that asks whether somebody has judged a computed criterion; no word that authors write
OVERRIDE = "override"


def is_left_to_a_person(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and condition.word == JUDGEMENT


def is_overridden(condition: Condition) -> bool:
    """Whether a person's verdict may stand over this condition; its computed part is then ``otherwise``."""
    return (
        isinstance(condition, Branch)
        and isinstance(condition.condition, Comparison)
        and condition.condition.word == OVERRIDE
    )


def overriding(candidate: Candidate) -> dict[str, Branch]:
    """The criteria over which a person's verdict may stand, each as the branch that asks whether there is one."""
    return {
        each.id: each.condition
        for each in candidate.every_criterion
        if isinstance(each.condition, Branch) and is_overridden(each.condition)
    }


def overrides_of(rulebook: Rulebook, profile: Profile) -> frozenset[tuple[str, str]]:
    """The criteria, each with its candidate, over whose computed verdict somebody's judgement stands on that day."""
    return frozenset(
        (each.candidate, each.criterion)
        for each in profile.judgements
        if each.force == IN_FORCE
        and (each.on is None or each.on.first <= profile.as_of)
        and (held := rulebook.criterion(each.candidate, each.criterion)) is not None
        and not is_left_to_a_person(held.condition)
    )


def overridden(rulebook: Rulebook, pairs: Collection[tuple[str, str]]) -> Rulebook:
    """The rulebook in which a person may have judged these criteria, each given as candidate and criterion."""
    nodes = rulebook.graph.nodes
    builder = GraphBuilder(list(nodes), {node: number for number, node in enumerate(nodes)})
    overriding = _Overriding(builder, frozenset(pairs))
    wanted = {candidate for candidate, _ in pairs}
    candidates = tuple(
        overriding.candidate(each) if each.id in wanted else each for each in rulebook.candidates
    )
    return replace(rulebook, graph=builder.graph(), candidates=candidates)


@dataclass(slots=True)
class _Overriding:
    builder: GraphBuilder
    pairs: frozenset[tuple[str, str]]

    def candidate(self, held: Candidate) -> Candidate:
        criteria = self._criteria(held, held.criteria)
        cohorts = tuple(
            replace(
                each,
                criteria=(own := self._criteria(held, each.criteria)),
                roots=roots_of(self.builder, criteria + own, held.coverage),
            )
            for each in held.cohorts
        )
        roots = held.roots
        if roots is not None:
            roots = (
                roots_of_any(self.builder, cohorts)
                if cohorts
                else roots_of(self.builder, criteria, held.coverage)
            )
        cautions = self._criteria(held, held.cautions)
        return replace(held, criteria=criteria, cautions=cautions, cohorts=cohorts, roots=roots)

    def _criteria(self, held: Candidate, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return tuple(
            self._criterion(held.id, each)
            if (held.id, each.id) in self.pairs and not is_left_to_a_person(each.condition)
            else each
            for each in criteria
        )

    def _criterion(self, candidate: str, held: Criterion) -> Criterion:
        stated = self._lowered(has_been_judged(candidate, held.id))
        judged = self._lowered(left_to_a_person(candidate, held.id, held.text))
        satisfied = self.builder.negate(judged.node) if held.role is Role.EXCLUSION else judged.node

        def over(computed: Condition) -> Branch:
            node = chosen(self.builder, stated.node, judged.node, computed.node)
            return Branch(stated, judged, computed, node=node)

        def either(computed: NodeId) -> NodeId:
            return chosen(self.builder, stated.node, satisfied, computed)

        condition = over(held.condition)
        return replace(
            held,
            condition=condition,
            node=condition.node,
            satisfied=either(held.satisfied),
            recovered=either(held.recovered),
            waived=either(held.waived),
            versions=tuple(
                (since, replace(each, condition=over(each.condition))) for since, each in held.versions
            ),
        )

    def _lowered(self, condition: Comparison) -> Condition:
        return Lowering(self.builder, _no_derivation).lowered(condition)


def _no_derivation(name: str) -> NodeId:
    raise LookupError(name)


def has_been_judged(candidate: str, criterion: str) -> Comparison:
    feature = Feature(
        f"override of {candidate} {criterion}",
        Count("judgements", judgements_of(candidate, criterion), None),
        NumberDomain(Interval(0.0, inf), integer=True),
        title=f"a judgement of {criterion} of {candidate}",
    )
    return Comparison(OVERRIDE, "A person's verdict", (Bound(Op.AT_LEAST, 1.0, ""),), feature)
