"""The columnar engine: features in columns, verdicts in bit planes."""

from matcher.engines.columnar.engine import ColumnarEngine, GivenValues
from matcher.engines.columnar.frame import PatientFrame
from matcher.engines.planes.chunk import Planes

__all__ = ["ColumnarEngine", "GivenValues", "PatientFrame", "Planes"]
