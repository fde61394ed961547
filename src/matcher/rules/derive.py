"""Derived facts: tables and counts become choices of the graph, each lowered once, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.features.word import Category
from matcher.rules.condition import Comparison, Condition, Problem
from matcher.rules.graph import AtLeast, Choice, GraphBuilder, NodeId
from matcher.rules.lexicon import DerivedWord, Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Derivation
from matcher.rules.syntax import Citation, DerivationDocument
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
            leaves = tree.leaves(values) if values in tree else frozenset({values})
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
        # Read as a condition would be, so that it names the very feature: any one value serves.
        ((word, given),) = list(document.supplies.items())[:1] or ((None, None),)
        value = next(iter(self.word_for(document).answer.leaves()))
        asked = {**(given or {}), "in": [value]} if isinstance(given, dict) or given is None else given
        reader = ConditionReader(self.lexicon, self._problems(name))
        read = reader.read({word: asked}, ("supplies",))
        if isinstance(read, Comparison) and read.feature is not None:
            feature = read.feature.name
            self.suppliers[feature] = (*self.suppliers.get(feature, ()), name)

    def _compile(self, document: DerivationDocument, file: str) -> Derivation:
        name = document.derive
        word = self.lexicon.derived[name]
        reader = ConditionReader(self.lexicon, self._problems(name))
        lowering = Lowering(self.builder, self.node, self.suppliers)

        def lower(condition: Condition | None) -> NodeId:
            return self.builder.unknown() if condition is None else lowering.lower(condition)

        applies = self.builder.true()
        if document.applies_to is not None:
            applies = lower(reader.read(document.applies_to, ("applies_to",)))
        if (document.table is None) == (document.count is None):
            self._refuse(name, ("derive",), "R010", "give either a `table` or a `count`")
        rows: list[tuple[NodeId, frozenset[str]]] = []
        everything = word.answer.leaves()
        otherwise = everything
        if document.table is not None:
            for index, row in enumerate(document.table):
                condition = lower(reader.read(row.when, ("table", index, "when")))
                rows.append((condition, self._outcome(word, row.then, ("table", index, "then"))))
            if document.otherwise is not None:
                otherwise = self._outcome(word, document.otherwise, ("otherwise",))
            else:
                self._refuse(
                    name, ("table",), "R035", "there is no `otherwise`", "write `otherwise: unknown`"
                )
        if document.count is not None:
            members = [
                lower(reader.read(each, ("count", "of", index)))
                for index, each in enumerate(document.count.of)
            ]
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
                rows.append((self.builder.add(gate), frozenset({"yes"})))
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
        )

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
        self, name: str, path: tuple[str | int, ...], code: str, message: str, hint: str = ""
    ) -> None:
        self._problems(name).append(Problem(path, code, message, hint))
