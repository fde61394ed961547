"""A rulebook, compiled: one graph, its candidates and derived facts, and the order of a ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain

from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Condition, Group
from matcher.rules.document import Citation
from matcher.rules.graph import Graph, NodeId
from matcher.rules.syntax import DerivationDocument, RankingDocument
from matcher.vocabulary.formulary import Formulary


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derived fact: its node, its values as leaves, and what the document says of each result.

    ``rows`` are the conditions of its table in their order, or the one of its count; ``needs`` is what it applies to.
    """

    name: str
    title: str
    node: NodeId
    applies: NodeId
    values: tuple[str, ...]
    document: DerivationDocument
    citation: Citation | None
    file: str = ""
    rows: tuple[Condition, ...] = ()
    needs: Condition | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those written: what it applies to, the rows of its table, and each that it counts."""
        needs = () if self.needs is None else (self.needs,)
        counted = (each.members for each in self.rows if isinstance(each, Group))
        return needs + (self.rows if self.document.count is None else tuple(chain(*counted)))


@dataclass(frozen=True)
class Rulebook:
    """Everything an engine and the rooms above it need. ``version`` is the hash of the files' content."""

    graph: Graph
    candidates: tuple[Candidate, ...]
    derivations: tuple[Derivation, ...]
    formulary: Formulary
    ranking: RankingDocument
    version: str
    files: tuple[str, ...] = ()
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    def criterion(self, candidate: str, name: str) -> Criterion | None:
        held = self.by_id.get(candidate)
        return next((each for each in held.every_criterion if each.id == name), None) if held else None

    @cached_property
    def derived(self) -> Mapping[str, Derivation]:
        return {derivation.name: derivation for derivation in self.derivations}

    @cached_property
    def known_until(self) -> Mapping[str, date]:
        """How late each cited document is: what came after it, the rulebook does not know."""
        latest: dict[str, date] = {}
        for citation in self._citations():
            if citation is not None and citation.as_of is not None:
                held = latest.get(citation.document, citation.as_of)
                latest[citation.document] = max(held, citation.as_of)
        return dict(sorted(latest.items()))

    def _citations(self) -> Iterator[Citation | None]:
        for candidate in self.candidates:
            yield from (each.citation for each in candidate.all_criteria)
            yield from (each.citation for each in candidate.cautions)
            yield from (each.citation for each in candidate.evidence)
        yield from (each.citation for each in self.derivations)

    @property
    def short_version(self) -> str:
        return self.version[:12]
