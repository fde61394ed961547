"""The roots that a standing is read from, made of criteria."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcher.rules.candidate import Cohort, Coverage, Criterion, Roots
from matcher.rules.graph import GraphBuilder, NodeId, Presume


def roots_of(build: GraphBuilder, criteria: Sequence[Criterion], coverage: Coverage) -> Roots:
    """``strict`` holds unknown where the coverage is partial; the others presume what screening establishes."""
    missing = [build.unknown()] if coverage is not Coverage.FULL else []

    def screened(node: Callable[[Criterion], NodeId]) -> NodeId:
        nodes = [build.add(Presume(node(each))) if each.at_screening else node(each) for each in criteria]
        return build.all(nodes or [build.true()])

    strict = build.all([each.satisfied for each in criteria] + missing or [build.true()])
    return Roots(
        strict,
        screened(lambda each: each.satisfied),
        screened(lambda each: each.recovered),
        screened(lambda each: each.waived),
    )


def roots_of_any(build: GraphBuilder, cohorts: Sequence[Cohort]) -> Roots:
    """Of a candidate with cohorts: one of them is enough."""
    return Roots(
        build.any([cohort.roots.strict for cohort in cohorts]),
        build.any([cohort.roots.screening for cohort in cohorts]),
        build.any([cohort.roots.recovered for cohort in cohorts]),
        build.any([cohort.roots.waived for cohort in cohorts]),
    )
