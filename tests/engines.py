"""The engines that every specification and every generated comparison runs on.

Soundness is asked of the definition; that the others agree with it on every node is asked apart.
"""

from collections.abc import Sequence

from matcher.engines.base import Engine
from matcher.engines.reference import ReferenceEngine
from matcher.errors import UsageError
from matcher.service.engines import durable_engine

REFERENCE: Engine = ReferenceEngine()


def _durable() -> tuple[Engine, ...]:
    try:
        return (durable_engine(),)
    except UsageError:
        return ()


ENGINES: Sequence[Engine] = (REFERENCE, *_durable())
