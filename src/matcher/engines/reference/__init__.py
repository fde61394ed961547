"""The reference engine."""

from matcher.engines.reference.engine import ReferenceEngine, walk

__all__ = ["ReferenceEngine", "walk"]
