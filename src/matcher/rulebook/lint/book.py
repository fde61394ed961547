"""What the checks look at: the rulebook, its files with their marks, and what its nodes can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.errors import Diagnostic
from matcher.rulebook.documents import RuleFile
from matcher.rulebook.lint.satisfiable import Solver
from matcher.rulebook.load import Loaded
from matcher.rulebook.marked import Location, Marked
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Placed:
    """A criterion of a candidate and where it stands in its file."""

    criterion: Criterion
    path: Location


@dataclass(frozen=True)
class Book:
    """A rulebook under the linter."""

    loaded: Loaded
    rulebook: Rulebook

    @cached_property
    def files(self) -> Mapping[str, RuleFile]:
        return {file.name: file for file in self.loaded.files}

    @cached_property
    def solver(self) -> Solver:
        return Solver(self.rulebook.graph.nodes)

    def marked(self, file: str) -> Marked:
        marked = self.files[file].marked
        assert marked is not None
        return marked

    def report(
        self, file: str, code: str, path: Location, message: str, hint: str = "", *, on_key: bool = True
    ) -> Diagnostic:
        return self.marked(file).report(code, path, message, hint, on_key=on_key)


def criteria_of(candidate: Candidate) -> list[Placed]:
    """Every criterion that stands in a candidate's file, cohorts and cautions included, with its path."""
    placed = [Placed(each, (each.role.value, each.id)) for each in candidate.criteria if not each.general]
    for cohort in candidate.cohorts:
        placed += [Placed(each, ("cohorts", cohort.id, each.role.value, each.id)) for each in cohort.criteria]
    return placed + [Placed(each, ("cautions", each.id)) for each in candidate.cautions if not each.general]
