"""A specification: one condition of the rule language, patients, and what must be said of each.

The tables run on every engine by the real path (wire form, profile, condition, graph, engine), and the
reference page is printed from the same tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.domain.profile import Profile
from matcher.engines.base import Engine
from matcher.readers.assemble import assemble
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import Graph, GraphBuilder, NodeId
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.parse import ConditionReader
from matcher.rules.syntax import DerivationDocument
from tests.small_formulary import SMALL_FORMULARY

AS_OF = date(2026, 1, 15)
MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"
Wire = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A patient in wire form and the verdict; ``why`` says what is to be noticed.

    ``unreadable``: something in the wire form cannot be read on purpose; it is left out and reported.
    """

    patient: Wire
    verdict: str
    why: str = ""
    unreadable: bool = False


@dataclass(frozen=True)
class Table:
    """One condition and its rows. ``derivations`` are documents, as a rule file would hold them."""

    title: str
    text: str
    condition: Wire
    rows: Sequence[Row]
    events: tuple[str, ...] = ()
    derivations: tuple[Wire, ...] = ()
    as_of: date = field(default=AS_OF)


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    tables: Sequence[Table]


def row(verdict: str, why: str = "", /, *, unreadable: bool = False, **patient: Any) -> Row:
    return Row(patient, verdict, why, unreadable)


def compiled(table: Table) -> tuple[Graph, NodeId]:
    """The table's condition as a graph; a condition or derivation with a problem is a mistake of the table."""
    documents = {
        each["derive"]: (DerivationDocument.model_validate({"source": _SOURCE, **each}), "specification")
        for each in table.derivations
    }
    words = {name: DerivationCompiler.word_for(document) for name, (document, _) in documents.items()}
    lexicon = Lexicon(SMALL_FORMULARY, words, table.events)
    builder = GraphBuilder()
    deriving = DerivationCompiler(builder, documents, lexicon)
    deriving.compile_all()
    reader = ConditionReader(lexicon)
    condition = reader.read(table.condition, ())
    problems = [*reader.problems, *(each for found in deriving.problems.values() for each in found)]
    assert condition is not None, problems
    assert not problems
    node = Lowering(builder, deriving.node, deriving.suppliers).lower(condition)
    return builder.graph(), node


_SOURCE = {"document": "specification", "section": "table"}


def profile_of(patient: Wire, as_of: date, *, unreadable: bool = False) -> Profile:
    assembled = assemble({"id": "p", **patient}, as_of=as_of, formulary=SMALL_FORMULARY)
    assert assembled.profile is not None, assembled.reject
    assert bool(assembled.issues) == unreadable, assembled.issues
    return assembled.profile


def verdicts(table: Table, engine: Engine) -> list[str]:
    """What the engine says of each patient of the table, all in one batch."""
    graph, node = compiled(table)
    patients = [profile_of(each.patient, table.as_of, unreadable=each.unreadable) for each in table.rows]
    answered = engine.evaluate(graph, patients, roots=[node])
    return [answered.verdict(node, number).value for number in range(len(patients))]


def words_in(raw: object) -> Iterator[str]:
    """Every key of a condition: among them the words of the catalogue it uses."""
    if isinstance(raw, Mapping):
        for name, inner in raw.items():
            yield str(name)
            yield from words_in(inner)
    elif isinstance(raw, list | tuple):
        for inner in raw:
            yield from words_in(inner)
