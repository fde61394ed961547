"""Derived facts: tables and counts become choices of the graph, each lowered once, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.errors import nearest
from matcher.features.word import Category
from matcher.rules.condition import Comparison, Condition, Group, Path, Problem
from matcher.rules.condition import Gate as GroupGate
from matcher.rules.document import Citation
from matcher.rules.graph import AtLeast, Choice, GraphBuilder, NodeId
from matcher.rules.lexicon import DerivedWord, Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Derivation
from matcher.rules.syntax import DerivationDocument
from matcher.vocabulary import staging

UNKNOWN = "unknown"


@dataclass(slots=True)
class DerivationCompiler:
    """All derivations of a rulebook, by name, with the file each stands in."""

    builder: GraphBuilder
    documents: Mapping[str, tuple[DerivationDocument, str]]
    lexicon: Lexicon
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    suppliers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    compiled: dict[str, Derivation] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    @staticmethod
    def word_for(document: DerivationDocument) -> DerivedWord:
        values = document.values
        if isinstance(values, str):
            tree = staging.STAGE
            leaves = tree.leaves(values) if values in tree else tree.all_leaves
            return DerivedWord(document.derive, document.title, Category(tree=tree, within=leaves), values)
        return DerivedWord(document.derive, document.title, Category(codes=tuple(values)))

    def compile_all(self) -> tuple[Derivation, ...]:
        for name, (document, _) in self.documents.items():
            self._register_supply(name, document)
        for name in self.documents:
            self.node(name)
        return tuple(self.compiled[name] for name in self.documents if name in self.compiled)

    def node(self, name: str) -> NodeId:
        """The choice node of a derivation. One that reads itself is refused and reads as unknown."""
        if name in self.compiled:
            return self.compiled[name].node
        document, file = self.documents[name]
        if name in self._open:
            circle = " -> ".join([*self._open[self._open.index(name) :], name])
            self._refuse(name, ("derive",), "R029", f"these read each other in a circle: {circle}")
            return self.builder.unknown()
        self._open.append(name)
        try:
            derivation = self._compile(document, file)
        finally:
            self._open.pop()
        self.compiled[name] = derivation
        return derivation.node

    def _register_supply(self, name: str, document: DerivationDocument) -> None:
        if document.supplies is None:
            return
        if len(document.supplies) != 1:
            self._refuse(name, ("supplies",), "R021", "one fact is supplied, named with its parameters")
            return
        ((word, given),) = document.supplies.items()
        asked = given if isinstance(given, dict) else {}
        path = ("supplies", word)
        supplied = ""
        # Read as a condition would be, so that it names the very feature; each value must be a leaf of it.
        for value in sorted(self.word_for(document).answer.leaves()):
            problems: list[Problem] = []
            read = ConditionReader(self.lexicon, problems).read({word: {**asked, "in": [value]}}, path[:1])
            if problems:
                self._problems(name).append(problems[0])
                return
            if not isinstance(read, Comparison) or read.feature is None:
                self._refuse(name, path, "R013", f"'{word}' is no recorded fact", at_key=True)
                return
            if read.bounds[0].limit != frozenset({value}):
                message = f"'{value}' stands for several values of '{word}'"
                self._refuse(name, ("values",), "R014", message, "list each of them among the values")
                return
            supplied = read.feature.name
        self.suppliers[supplied] = (*self.suppliers.get(supplied, ()), name)

    def _compile(self, document: DerivationDocument, file: str) -> Derivation:
        name = document.derive
        word = self.lexicon.derived[name]
        reader = ConditionReader(self.lexicon, self._problems(name))
        lowering = Lowering(self.builder, self.node, self.suppliers)

        def read(raw: object, path: Path) -> Condition | None:
            condition = reader.read(raw, path)
            return None if condition is None else lowering.lowered(condition)

        def node_of(condition: Condition | None) -> NodeId:
            return self.builder.unknown() if condition is None else condition.node

        needs = None
        if document.applies_to is not None:
            needs = read(document.applies_to, ("applies_to",))
        applies = self.builder.true() if document.applies_to is None else node_of(needs)
        if (document.table is None) == (document.count is None):
            self._refuse(name, ("derive",), "R010", "give either a `table` or a `count`")
        if isinstance(document.values, str) and document.values not in staging.STAGE:
            self._refuse(
                name,
                ("values",),
                "R014",
                f"'{document.values}' is no staging scheme",
                _scheme_hint(document.values),
            )
        self._check_results(word, document)
        rows: list[tuple[NodeId, frozenset[str]]] = []
        conditions: list[Condition | None] = []
        everything = word.answer.leaves()
        otherwise = everything
        if document.table is not None:
            for index, row in enumerate(document.table):
                conditions.append(read(row.when, ("table", index, "when")))
                rows.append(
                    (node_of(conditions[-1]), self._outcome(word, row.then, ("table", index, "then")))
                )
            if document.otherwise is not None:
                otherwise = self._outcome(word, document.otherwise, ("otherwise",))
            else:
                self._refuse(
                    name, ("table",), "R035", "there is no 'otherwise'", "write 'otherwise: unknown'"
                )
        if document.count is not None:
            self._check_count(document)
            counted = [read(each, ("count", "of", index)) for index, each in enumerate(document.count.of)]
            members = [node_of(each) for each in counted]
            weights = document.count.weights or [1.0] * len(members)
            if not members:
                self._refuse(name, ("count", "of"), "R020", "there is nothing to count")
            if len(weights) != len(members):
                self._refuse(name, ("count", "weights"), "R057", "one number for each member is needed")
            elif members:
                pairs = sorted(zip(members, weights, strict=True))
                gate = AtLeast(
                    document.count.at_least,
                    tuple(node for node, _ in pairs),
                    tuple(weight for _, weight in pairs),
                )
                reached = self.builder.add(gate)
                rows.append((reached, frozenset({"yes"})))
                of = tuple(each for each in counted if each is not None)
                threshold = document.count.at_least
                conditions.append(Group(GroupGate.AT_LEAST, of, threshold, tuple(weights), node=reached))
            otherwise = frozenset({"no"})
        choice = Choice(name, tuple(rows), otherwise, applies, word.answer.domain())
        return Derivation(
            name=name,
            title=document.title,
            node=self.builder.add(choice),
            applies=applies,
            values=tuple(sorted(everything)),
            document=document,
            citation=self._citation(name, document),
            file=file,
            # Where one could not be read the file is refused.
            rows=tuple(each for each in conditions if each is not None),
            needs=needs,
        )

    def _check_count(self, document: DerivationDocument) -> None:
        """A count says yes or no, and can reach its threshold."""
        name, count = document.derive, document.count
        assert count is not None
        if document.otherwise is not None:
            self._refuse(name, ("otherwise",), "R011", "a count that is not reached is 'no'", at_key=True)
        if self.word_for(document).answer.leaves() != {"yes", "no"}:
            self._refuse(name, ("values",), "R036", "the values of a count are 'yes' and 'no'")
        whole = count.at_least.is_integer() and 1 <= count.at_least <= len(count.of)
        if count.of and count.weights is None and not whole:
            self._refuse(
                name, ("count", "at_least"), "R037", f"{count.at_least:g} of {len(count.of)} members"
            )

    def _check_results(self, word: DerivedWord, document: DerivationDocument) -> None:
        for result in document.results:
            if result != UNKNOWN and self._leaves(word, result) is None:
                known = ", ".join(sorted(word.answer.leaves())[:12])
                message = f"'{result}' is not one of the values ({known})"
                self._refuse(word.name, ("results", result), "R036", message, at_key=True)

    def _outcome(
        self, word: DerivedWord, raw: str | list[str], path: tuple[str | int, ...]
    ) -> frozenset[str]:
        if raw == UNKNOWN:
            return word.answer.leaves()
        codes: frozenset[str] = frozenset()
        for value in raw if isinstance(raw, list) else [raw]:
            found = self._leaves(word, value)
            if found is None:
                known = ", ".join(sorted(word.answer.leaves())[:12])
                self._refuse(word.name, path, "R036", f"'{value}' is not one of the values ({known})")
                return word.answer.leaves()
            codes |= found
        return codes

    @staticmethod
    def _leaves(word: DerivedWord, value: str) -> frozenset[str] | None:
        tree = word.answer.tree
        if tree is None:
            return frozenset({value}) if value in word.answer.codes else None
        code = tree.lookup(f"{word.prefix}.{value}") or tree.lookup(value)
        leaves = tree.leaves(code) & word.answer.leaves() if code is not None else frozenset()
        return leaves or None

    def _citation(self, name: str, document: DerivationDocument) -> Citation | None:
        if isinstance(document.source, Citation):
            return document.source
        if document.source not in document.sources:
            self._refuse(
                name, ("source",), "R026", f"'{document.source}' is not among the sources of this file"
            )
        return document.sources.get(document.source)

    def _problems(self, name: str) -> list[Problem]:
        return self.problems.setdefault(name, [])

    def _refuse(
        self,
        name: str,
        path: tuple[str | int, ...],
        code: str,
        message: str,
        hint: str = "",
        *,
        at_key: bool = False,
    ) -> None:
        self._problems(name).append(Problem(path, code, message, hint, at_key))


def _scheme_hint(written: str) -> str:
    suggestion = nearest(written, staging.SCHEMES)
    return f"did you mean '{suggestion}'?" if suggestion else f"one of: {', '.join(staging.SCHEMES)}"
