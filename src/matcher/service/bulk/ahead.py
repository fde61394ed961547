"""Imported where processes of a run are forked from: what they will need, and no work on patients yet."""

import pyarrow as pa

import matcher.service.bulk.pool
from matcher.vocabulary.units import convert

__all__ = ["matcher"]

# With its first array Arrow looks for pandas, with the first conversion the units are read.
pa.array([0])
convert(1, "g/dL", "g/L")
