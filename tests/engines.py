"""The engines that every specification and every generated comparison runs on."""

from collections.abc import Sequence

from matcher.engines.base import Engine
from matcher.engines.reference import ReferenceEngine

REFERENCE: Engine = ReferenceEngine()
ENGINES: Sequence[Engine] = (REFERENCE,)
