"""One way through a graph: only what depends on something that came out otherwise than before.

For one patient, of whom a few dozen of some hundred features speak: all else is as of a patient of whom nothing is
known, and that is worked out once. The same again for one more answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from matcher.engines.planes.algebra import Known, Said, gate, value
from matcher.engines.planes.worlds import WORLDS, Bits, Values, said, tested
from matcher.rules.graph import Choice, Combine, Gate, Graph, NodeId, Read, Test

#: a node above features, and its number
Above: TypeAlias = tuple[NodeId, Gate | Choice | Combine]


def above_features(graph: Graph, nodes: Iterable[NodeId]) -> list[Above]:
    """Those of the nodes that are worked out from others, in order."""
    return [(each, node) for each in nodes if not isinstance(node := graph[each], Read)]


class Run:
    """Both planes of every gate, and the values behind them, as far as they are known to differ from ``before``."""

    def __init__(self, users: Sequence[Sequence[NodeId]], before: Run | None = None) -> None:
        """``users`` are, for each node, those computed from it directly."""
        self._users, self._first = users, before is None
        self._again: set[NodeId] = set()
        self.sure: list[Bits] = [0] * len(users) if before is None else before.sure.copy()
        self.possible: list[Bits] = [0] * len(users) if before is None else before.possible.copy()
        self.features: dict[NodeId, Values] = {} if before is None else before.features.copy()
        self.derived: dict[NodeId, Said[Bits]] = {} if before is None else before.derived.copy()
        self._known = Known(self.sure.__getitem__, self.possible.__getitem__, self._said)

    def suppose(self, feature: NodeId, values: Values) -> None:
        """What is known of a feature, now and in the worlds supposed."""
        self.features[feature] = values
        self._again.update(self._users[feature])

    def go_on(self, above: Iterable[Above]) -> list[Above]:
        """Work out, in order, what depends on something that came out otherwise; those that may have changed."""
        again, users, sure, possible = self._again, self._users, self.sure, self.possible
        features, known, changed = self.features, self._known, list[Above]()
        for each in above:
            number, node = each
            if number not in again and not self._first:
                continue
            if isinstance(node, (Choice, Combine)):
                # The same may be said for other reasons.
                changed.append(each)
                before, self.derived[number] = self.derived.get(number), value(node, known, WORLDS)
                if self.derived[number] == before:
                    continue
            else:
                if isinstance(node, Test) and node.value in features:
                    surely, possibly = tested(node, features[node.value])
                else:
                    surely, possibly = gate(node, known, WORLDS)
                if surely == sure[number] and possibly == possible[number]:
                    continue
                sure[number], possible[number] = surely, possibly
                changed.append(each)
            again.update(users[number])
        return changed

    def _said(self, number: NodeId) -> Said[Bits]:
        found = self.derived.get(number)
        return said(self.features[number]) if found is None else found
