"""The reference engine."""

from matcher.engines.reference.engine import ReferenceEngine, value_of, verdict_of, walk
from matcher.engines.reference.kinds import find

__all__ = ["ReferenceEngine", "find", "value_of", "verdict_of", "walk"]
