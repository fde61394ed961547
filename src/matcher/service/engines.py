"""Engines by name, and the one for interviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matcher.engines.base import Engine
from matcher.engines.reference import ReferenceEngine
from matcher.engines.reference.kinds import find
from matcher.errors import UsageError
from matcher.rules.graph import Graph, NodeId

if TYPE_CHECKING:
    from matcher.engines.durable import DurableEngine


def durable_engine() -> DurableEngine:
    """The durable engine, its features read by the reference engine's kinds; U016 where it does not run."""
    try:
        from matcher.engines.durable import DurableEngine
    except ImportError as error:
        raise UsageError(
            "the durable engine does not run here: durable-rules is not installed, or not for this Python (3.11 and 3.12)",
            "use --engine auto",
            "U016",
        ) from error
    return DurableEngine(find)


def interviewing(graph: Graph, roots: Sequence[NodeId]) -> Engine:
    """The engine for answers that come one after the other, ready for this graph.

    Where the durable engine does not run, or the rulebook is beyond its limits, the reference engine evaluates
    again: for one patient it is the next best, and unlike the columnar it knows the records behind each value.
    """
    try:
        engine = durable_engine()
        engine.prepare(graph, roots=roots)
    except UsageError:
        return ReferenceEngine()
    return engine
