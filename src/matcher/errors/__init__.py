"""The closed list of error codes, the findings that carry them, and the exceptions.

A code is data: to add one, append a ``Code`` to the family it belongs to and run ``python scripts/docs.py``.
"""

from matcher.errors.code import Code, Family, Severity
from matcher.errors.diagnostic import REFERENCE_PAGE, Diagnostic, in_order
from matcher.errors.failure import MatcherError, PatientDataError, RuleError, UsageError
from matcher.errors.nearest import misspelt, nearest
from matcher.errors.reference import error_reference
from matcher.errors.registry import CODES, FAMILIES

__all__ = [
    "CODES",
    "FAMILIES",
    "REFERENCE_PAGE",
    "Code",
    "Diagnostic",
    "Family",
    "MatcherError",
    "PatientDataError",
    "RuleError",
    "Severity",
    "UsageError",
    "error_reference",
    "in_order",
    "misspelt",
    "nearest",
]
