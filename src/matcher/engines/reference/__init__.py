"""The reference engine."""

from matcher.engines.reference.engine import ReferenceEngine, value_of, verdict_of, walk

__all__ = ["ReferenceEngine", "value_of", "verdict_of", "walk"]
