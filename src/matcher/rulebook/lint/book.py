"""What the checks look at: the rulebook, its files with their marks, and its conditions as nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.errors import Diagnostic
from matcher.rulebook.documents import RuleFile
from matcher.rulebook.lint.satisfiable import Solver
from matcher.rulebook.load import Loaded
from matcher.rulebook.marked import Location, Marked
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Condition
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import GraphBuilder, NodeId
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Derivation, Rulebook


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
    def builder(self) -> GraphBuilder:
        """The rulebook's own graph, to which parts of conditions are added as nodes."""
        nodes = list(self.rulebook.graph.nodes)
        return GraphBuilder(nodes, {node: number for number, node in enumerate(nodes)})

    @cached_property
    def solver(self) -> Solver:
        return Solver(self.builder.nodes)

    @cached_property
    def lexicon(self) -> Lexicon:
        derived = {
            name: DerivationCompiler.word_for(each.document) for name, each in self.rulebook.derived.items()
        }
        return Lexicon(self.rulebook.formulary, derived)

    def node(self, condition: Condition) -> NodeId:
        lowering = Lowering(
            self.builder, lambda name: self.rulebook.derived[name].node, self.rulebook.suppliers
        )
        return lowering.lower(condition)

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


def rows_of(derivation: Derivation, lexicon: Lexicon) -> Iterator[tuple[Location, Condition]]:
    """The conditions of a derivation's table or count, with their paths."""
    document = derivation.document
    reader = ConditionReader(lexicon)
    written: list[tuple[Location, object]] = []
    if document.applies_to is not None:
        written.append((("applies_to",), document.applies_to))
    written += [(("table", index, "when"), row.when) for index, row in enumerate(document.table or ())]
    if document.count is not None:
        written += [(("count", "of", index), raw) for index, raw in enumerate(document.count.of)]
    for path, raw in written:
        condition = reader.read(raw, path)
        if condition is not None:
            yield path, condition
