"""The durable engine: one patient, whose facts arrive one after the other, on durable-rules."""

from matcher.engines.durable.engine import DurableEngine
from matcher.engines.durable.network import Reader

__all__ = ["DurableEngine", "Reader"]
