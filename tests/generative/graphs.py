"""Graphs made from generated conditions, derivations and roots, by the way that rule files take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from matcher.domain.dates import DateSpan
from matcher.domain.verdict import Verdict
from matcher.features.kind import (
    Age,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Is,
    Kind,
    Named,
    SinceDay,
)
from matcher.rules.condition import Branch, Condition
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import Constant, Graph, GraphBuilder, NodeId, Presume, Read, members_of
from matcher.rules.judgement import left_to_a_person
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.override import has_been_judged
from matcher.rules.parse import ConditionReader
from matcher.rules.syntax import DerivationDocument
from matcher.rules.version import in_force
from tests.generative.conditions import EVENTS, GATES, LEAVES, Raw, gate, nested
from tests.generative.profiles import JUDGED, OVERRIDDEN
from tests.small_formulary import SMALL_FORMULARY

#: what a graph is generated for: the node its condition must hold
WANTED = ("Test", *GATES, "Choice", "Combine", "Constant", "Presume", "SinceDay", "Judgement", "Override")


@dataclass(frozen=True)
class Made:
    """A generated rule: its graph, its root, and the raw condition with the derivations it reads."""

    graph: Graph
    root: NodeId
    raw: Raw
    derivations: tuple[Raw, ...]

    @property
    def tables(self) -> frozenset[str]:
        """The parts of a profile that the graph reads."""
        return frozenset(
            table
            for node in self.graph.nodes
            if isinstance(node, Read)
            for kind in kinds_of(node.feature)
            for table in _tables(kind)
        )

    @property
    def names(self) -> frozenset[str]:
        """The observations and laboratory tests among what the graph reads."""
        kinds = {
            kind for node in self.graph.nodes if isinstance(node, Read) for kind in kinds_of(node.feature)
        }
        wanted = {each for kind in kinds for each in filters_of(kind)}
        named = {each.name for each in wanted if isinstance(each, Named)}
        return frozenset(named.union(*(each.codes for each in wanted if isinstance(each, Is))))

    def strict(self) -> list[NodeId]:
        """The nodes whose met and not met are promised: those that neither presume nor hold ``unknown``."""
        tainted: set[NodeId] = set()
        for number, node in enumerate(self.graph.nodes):
            unknown = isinstance(node, Constant) and node.verdict is Verdict.UNKNOWN
            if unknown or isinstance(node, Presume) or any(each in tainted for each in members_of(node)):
                tainted.add(number)
        return [number for number in range(len(self.graph)) if number not in tainted]


def kinds_of(feature: Feature) -> Iterator[Kind]:
    """The kind of a feature, and of the features it is computed from."""
    yield feature.kind
    match feature.kind:
        case Formula(inputs=inner) | FirstOf(sources=inner):
            for each in inner:
                yield from kinds_of(each)


def filters_of(kind: Kind) -> tuple[Filter, ...]:
    return () if isinstance(kind, Age | SinceDay | Formula | FirstOf) else kind.where


def _tables(kind: Kind) -> Iterator[str]:
    match kind:
        case Age():
            yield "birth"
        case SinceDay() | Formula() | FirstOf():
            return
        case _:
            yield kind.table
            if getattr(kind, "events", ()) or any(getattr(each, "events", ()) for each in kind.where):
                yield "events"


def parts(derivations: tuple[Raw, ...]) -> tuple[GraphBuilder, ConditionReader, Lowering]:
    """A builder with the derivations compiled into it, and what reads and lowers conditions over them."""
    documents = {
        each["derive"]: (DerivationDocument.model_validate({"source": _SOURCE, **each}), "generated")
        for each in derivations
    }
    words = {name: DerivationCompiler.word_for(document) for name, (document, _) in documents.items()}
    lexicon = Lexicon(SMALL_FORMULARY, words, EVENTS)
    builder = GraphBuilder()
    deriving = DerivationCompiler(builder, documents, lexicon)
    deriving.compile_all()
    problems = [each for found in deriving.problems.values() for each in found]
    assert not problems, problems
    return builder, ConditionReader(lexicon), Lowering(builder, deriving.node, deriving.suppliers)


_SOURCE = {"document": "generated", "section": "property"}


def read(reader: ConditionReader, raw: Mapping[str, Any]) -> Condition:
    condition = reader.read(raw, ())
    assert condition is not None, reader.problems
    assert not reader.problems
    return condition


@st.composite
def derived_facts(draw: st.DrawFn) -> tuple[Raw, ...]:
    """A table, a count, and two tables that are sources for recorded facts."""
    # A derivation never reads the fact it supplies.
    condition = nested(1).filter(lambda raw: "resectability" not in str(raw))

    def table(name: str, values: list[str], supplies: Raw | None) -> Raw:
        found: Raw = {
            "derive": name,
            "title": name,
            "values": values,
            "table": [
                {"when": draw(condition), "then": draw(st.sampled_from([*values, "unknown", values[:2]]))}
                for _ in range(draw(st.integers(1, 3)))
            ],
            "otherwise": draw(st.sampled_from([*values, "unknown"])),
        }
        if supplies is not None:
            found["supplies"] = supplies
        if draw(st.booleans()):
            found["applies_to"] = draw(condition)
        return found

    count: Raw = {
        "derive": "counted",
        "title": "counted",
        "values": ["yes", "no"],
        "count": {"at_least": draw(st.integers(1, 2)), "of": [draw(condition), draw(condition)]},
    }
    return (
        table("tabled", ["a", "b", "c"], None),
        count,
        table("called", ["resectable", "unresectable"], {"resectability": {}}),
        table("called_again", ["resectable", "unresectable"], {"resectability": {}}),
    )


_READS: Mapping[str, st.SearchStrategy[Raw]] = {
    "Choice": st.sampled_from(({"tabled": "a"}, {"tabled": {"in": ["a", "b"]}}, {"counted": True})),
    "Combine": st.sampled_from(({"resectability": "resectable"}, {"resectability": "unresectable"})),
}


@st.composite
def graphs(draw: st.DrawFn, wanted: str | None = None) -> Made:
    """A graph that holds the wanted node."""
    kind = wanted or draw(st.sampled_from(WANTED))
    derivations: tuple[Raw, ...] = ()
    if kind in _READS:
        derivations = draw(derived_facts())
        raw = draw(_READS[kind])
    elif kind in GATES:
        raw = draw(gate(kind, 3))
    else:
        raw = draw(nested(1)) if kind != "Test" else draw(LEAVES)
    builder, reader, lowering = parts(derivations)
    root = lowering.lower(read(reader, raw))
    match kind:
        case "Constant":
            root = builder.all([root, builder.unknown() if draw(st.booleans()) else builder.true()])
        case "Presume":
            root = builder.add(Presume(root))
        case "SinceDay":
            # Before, in doubt and after: profiles are dated around the middle of January 2026.
            first = date(2026, 1, 15) + timedelta(days=draw(st.integers(-2, 1)))
            since = DateSpan(first, first + timedelta(days=draw(st.sampled_from((0, 2)))))
            branch = Branch(in_force(since), read(reader, raw), read(reader, draw(nested(1))))
            root = lowering.lower(branch)
        case "Judgement":
            judged = left_to_a_person(*JUDGED, "In good shape")
            root = (
                builder.all([root, lowering.lower(judged)]) if draw(st.booleans()) else lowering.lower(judged)
            )
        case "Override":
            verdict = left_to_a_person(*OVERRIDDEN, "Adults")
            root = lowering.lower(Branch(has_been_judged(*OVERRIDDEN), verdict, read(reader, raw)))
    return Made(builder.graph(), root, raw, derivations)
